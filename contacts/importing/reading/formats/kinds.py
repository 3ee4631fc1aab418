"""What a file is by its first bytes."""

import zipfile
from typing import BinaryIO

WORKBOOK, ARCHIVE, VCARD = "workbook", "archive", "vcard"
TABLES = (".csv", ".tsv", ".txt", ".tab")  # how the names of members end that are tables of text already
MOST_MEMBERS = 50
MOST_BYTES = 1 << 30  # unpacked, all together
MOST_TIMES = 300  # larger than packed


class NotUsable(ValueError):
    """The message says what is wrong with the file and what to do."""


def kind_of(file: BinaryIO) -> str:
    """Empty for what is read as text."""
    file.seek(0)
    begin = file.read(4096)
    file.seek(0)
    if begin.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCARD"):
        return VCARD
    if not begin.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return ARCHIVE  # reading it will say what is wrong
    finally:
        file.seek(0)
    return WORKBOOK if "[Content_Types].xml" in names else ARCHIVE


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, once its own list of contents promises no more than can be taken."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise NotUsable("The file is damaged: it cannot be unpacked. Download or save it once more.") from None
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > 10_000 or size > MOST_BYTES or size > MOST_TIMES * max(packed, 10_000):
        raise NotUsable("Unpacked, the file is too large. Save its table as CSV and upload that.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise NotUsable("The file is locked by a password. Save it without one and upload that.")
    return archive
