"""Which files may go along with a mail: by their ending, and by what is in them. Nothing here touches the database."""

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import PurePath

LONGEST_NAME = 120
_MOST_ENTRIES = 5_000
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


class Refused(ValueError):
    """Its text may be shown."""


def media_type(name: str, data: bytes) -> str:
    """Raises Refused for a file that is not of the kinds taken, or not what its name says."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending not in _KINDS:
        raise Refused(f"Files of the kind “.{ending[:20]}” are not taken. {IN_WORDS}" if ending else IN_WORDS)
    if not data:
        raise Refused("The file is empty.")
    found, is_one = _KINDS[ending]
    if not is_one(data):
        raise Refused(f"What is in the file is not what its ending “.{ending}” says. Save it again as such a file.")
    return found


def clean_name(name: str) -> str:
    """Of a file that came with its folders: see as_name."""
    return as_name(name.replace("\\", "/").rpartition("/")[2])


def as_name(words: str) -> str:
    """A name that every system can store, with its ending; nothing in it turns its letters round."""
    name = " ".join(_UNFIT.sub(" ", words).split()).strip(". ")
    path = PurePath(name or "file")
    return f"{path.stem[: LONGEST_NAME - len(path.suffix)].rstrip()}{path.suffix}"


def _begins(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(starts)


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return b"\0" not in data and not any(byte < 9 for byte in data)  # of an older character set


def _is_calendar(data: bytes) -> bool:
    return _is_text(data) and data.removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(b"BEGIN:VCALENDAR")


def _names(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return []
    return names if len(names) <= _MOST_ENTRIES else []


def _open_xml(folder: str) -> Callable[[bytes], bool]:
    """Without macros: a mailbox would refuse those."""

    def is_one(data: bytes) -> bool:
        names = _names(data)
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and any(name.startswith(folder) for name in names) and not has_macros

    return is_one


def _open_document(kind: str) -> Callable[[bytes], bool]:
    wanted = f"{_OPEN_DOCUMENT}.{kind}".encode()

    def is_one(data: bytes) -> bool:
        names = _names(data)
        has_macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
        return data.startswith(b"PK\3\4") and wanted in data[:200] and not has_macros

    return is_one


_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    "pdf": ("application/pdf", _begins(b"%PDF-")),
    "png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    "gif": ("image/gif", _begins(b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP"),
    "csv": ("text/csv", _is_text),
    "txt": ("text/plain", _is_text),
    "ics": ("text/calendar", _is_calendar),
    "docx": (f"{_OPEN_XML}.wordprocessingml.document", _open_xml("word/")),
    "xlsx": (f"{_OPEN_XML}.spreadsheetml.sheet", _open_xml("xl/")),
    "pptx": (f"{_OPEN_XML}.presentationml.presentation", _open_xml("ppt/")),
    "odt": (f"{_OPEN_DOCUMENT}.text", _open_document("text")),
    "ods": (f"{_OPEN_DOCUMENT}.spreadsheet", _open_document("spreadsheet")),
    "odp": (f"{_OPEN_DOCUMENT}.presentation", _open_document("presentation")),
}
ENDINGS = tuple(_KINDS)
IN_WORDS = (
    "Taken are PDF, pictures (PNG, JPEG, GIF, WebP), CSV, plain text, calendar files, and documents, sheets and "
    "slides of Office and OpenDocument without macros. Archives are not: mailboxes refuse what they cannot look into."
)
