"""The XML out of what a report was sent in: plain, gzip or zip, by what it is and not by what it is called. Pure."""

import io
import zipfile
import zlib

MOST_BYTES = 20_000_000  # unpacked; of the largest receivers' reports on the largest senders a few
_SUSPECT_BYTES, _MOST_RATIO = 1_000_000, 100  # XML of this kind becomes a tenth to a fortieth of its size
_STEP = 65_536
_MOST_FILES = 10
_PACKED_BY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Unpackable(Exception):
    """Its words are for people."""


def unpacked(content: bytes) -> bytes | None:
    """None: it is none of the three. Raises Unpackable."""
    if content.startswith(b"\x1f\x8b"):
        return _out_of_gzip(content)
    if content.startswith(b"PK\x03\x04"):
        return _out_of_zip(content)
    text = content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    return content if text.startswith(b"<") else None


def _out_of_gzip(content: bytes) -> bytes:
    opener = zlib.decompressobj(zlib.MAX_WBITS | 16)
    found = bytearray()
    try:
        piece = opener.decompress(content, _STEP)
        while piece or (opener.unconsumed_tail and not opener.eof):
            found += piece
            _judge(len(found), len(content))
            piece = opener.decompress(opener.unconsumed_tail, _STEP)
    except zlib.error:
        raise Unpackable("Its attachment is damaged: it cannot be unpacked.") from None
    if not opener.eof:
        raise Unpackable("Its attachment is cut off in the middle.")
    return bytes(found)


def _out_of_zip(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [one for one in archive.infolist()[: _MOST_FILES + 1] if not one.is_dir()]
            if len(files) > _MOST_FILES:
                raise Unpackable("Its attachment holds many files; a report is one.")
            named = [one for one in files if one.filename.lower().endswith(".xml")] or files
            if len(named) != 1:
                raise Unpackable("Its attachment does not hold one file; a report is one.")
            if named[0].flag_bits & 1 or named[0].compress_type not in _PACKED_BY:
                raise Unpackable("Its attachment is encrypted, or packed in an unusual way.")
            return _inside(archive, named[0], len(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        raise Unpackable("Its attachment is damaged or cut off: it cannot be unpacked.") from None


def _inside(archive: zipfile.ZipFile, one: zipfile.ZipInfo, packed: int) -> bytes:
    """What the archive says of sizes is not believed."""
    found = bytearray()
    with archive.open(one) as file:
        while piece := file.read(_STEP):
            found += piece
            _judge(len(found), packed)
    return bytes(found)


def _judge(size: int, packed: int) -> None:
    if size > MOST_BYTES or (size > _SUSPECT_BYTES and size > packed * _MOST_RATIO):
        raise Unpackable("Its attachment becomes far larger when it is unpacked than any report is.")
