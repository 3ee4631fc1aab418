"""A ZIP file of anybody's: one mail and its pictures, read within bounds and never unpacked to the disk."""

import posixpath
import zipfile
import zlib
from dataclasses import replace
from typing import IO

from campaigns.mail_imports import reading
from campaigns.mail_imports.reading import Brought, Unusable

LARGEST_FILE = 10_000_000
_MOST_MEMBERS = 500
_LARGEST_WHOLE = 60_000_000
_MAILS = (".html", ".htm", ".mjml", ".json")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp")
_ADVICE = "Leave out what the mail does not use."
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def opened(file: IO[bytes], name: str) -> Brought:
    """Raises Unusable."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as problem:
        if isinstance(problem, Unusable):
            raise
        raise Unusable("This ZIP file is damaged, or needs a password. Pack it anew.") from None


def _read(archive: zipfile.ZipFile, name: str) -> Brought:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MOST_MEMBERS:
        raise Unusable(f"The ZIP file holds {len(members):,} files; {_MOST_MEMBERS} are the most. {_ADVICE}")
    paths = {path: member for member in members if (path := _path(member.filename))}
    mails = sorted((path for path in paths if path.lower().endswith(_MAILS)), key=_likelihood)
    if not mails:
        raise Unusable("There is no HTML file in this ZIP file.")
    room = _LARGEST_WHOLE
    brought = reading.text(reading.decoded(_content(archive, paths[mails[0]], room)), name=name)
    room -= len(brought.text)
    pictures = {}
    for path, member in paths.items():
        if path.lower().endswith(_PICTURES):
            pictures[path] = _content(archive, member, room)
            room -= len(pictures[path])
    notes = list(brought.notes)
    if len(mails) > 1:
        others = ", ".join(mails[1:4]) + (" …" if len(mails) > 4 else "")
        notes.append(f"The ZIP file holds several mails; this is {mails[0]}. Not taken: {others}.")
    return replace(brought, notes=tuple(notes), folder=posixpath.dirname(mails[0]), pictures=pictures)


def _path(name: str) -> str:
    """As addresses in the mail spell it; "" for what leads elsewhere or is a system's own."""
    path = posixpath.normpath(name.replace("\\", "/"))
    is_hidden = any(part.startswith(".") for part in path.split("/")) or "__MACOSX" in path
    return "" if path.startswith("/") or is_hidden or ":" in path else path


def _likelihood(path: str) -> tuple[bool, int, bool, str]:
    base = posixpath.basename(path).lower()
    return (base.endswith(".json"), path.count("/"), not base.startswith(("index.", "mail.", "email.")), path)


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    """By what it really unpacks to, whatever it says of itself."""
    if member.compress_type not in _METHODS:
        raise Unusable(
            f"“{member.filename[:80]}” is packed in a way that is not read. Pack it as an ordinary ZIP file."
        )
    most = min(LARGEST_FILE, room)
    with archive.open(member) as packed:
        data = packed.read(most + 1)
    if len(data) > most:
        of_one = f"“{member.filename[:80]}” has more than {LARGEST_FILE // 1_000_000} MB"
        of_all = f"Unpacked, it is larger than {_LARGEST_WHOLE // 1_000_000} MB"
        raise Unusable(f"{of_one if most == LARGEST_FILE else of_all}. {_ADVICE}")
    return data
