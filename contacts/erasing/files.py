"""Uploaded files that wait to be imported, and files of refused rows: without the rows of one person."""

import io
import re
import zipfile
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from contacts.erasing.registry import Part, Person
from contacts.erasing.words import pattern
from contacts.models import ExportJob, ImportJob

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_CONTAINER = b"PK\x03\x04"  # XLSX and ZIP: rows cannot be taken out of them
_OVER = (ImportJob.State.DONE, ImportJob.State.FAILED, ImportJob.State.CANCELLED)
_GONE = "Its file held somebody who was erased since, and is gone. Upload it again without them."


def erase(person: Person) -> int:
    """How many rows or files."""
    count = _exports(person)
    for job in ImportJob.objects.exclude(storage_name="", refused_storage_name=""):
        for name in filter(default_storage.exists, filter(None, (job.storage_name, job.refused_storage_name))):
            rows = _erase(name, person)
            count += rows
            if rows and not default_storage.exists(name) and job.state not in _OVER:
                ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.FAILED, problem=_GONE)
    return count


def _exports(person: Person) -> int:
    """Which are lists of people as they were when somebody asked for it: a row less, or no longer kept."""
    count = 0
    for job in ExportJob.objects.exclude(storage_name=""):
        if default_storage.exists(job.storage_name):
            count += _erase(job.storage_name, person)
            if not default_storage.exists(job.storage_name):
                ExportJob.objects.filter(pk=job.pk).update(state=ExportJob.State.GONE, storage_name="")
    return count


def _erase(name: str, person: Person) -> int:
    with default_storage.open(name, "rb") as stored:
        content = stored.read()
    if not any(_finds(part, person) for part in _texts(content)):
        return 0
    default_storage.delete(name)
    if content.startswith(_CONTAINER):
        return 1
    lines = content.splitlines(keepends=True) if b"\0" not in content else _wide_lines(content)
    kept = [line for line in lines if not _finds(line, person)]
    if len(kept) < len(lines):
        default_storage.save(name, ContentFile(b"".join(kept)))
    return max(1, len(lines) - len(kept))


def _texts(content: bytes) -> Iterator[bytes]:
    if not content.startswith(_CONTAINER):
        yield content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from (packed.read(member) for member in packed.infolist() if member.file_size < 2**29)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return


def _finds(content: bytes, person: Person) -> bool:
    lower = content.lower()
    for encoding in _ENCODINGS:
        if person.address.encode(encoding) in lower:
            text = content.decode(encoding, "replace")
            if re.search(pattern(person.address), text, re.IGNORECASE) or encoding != "utf-8":
                return True
    return False


def _wide_lines(content: bytes) -> list[bytes]:
    """Of UTF-16, whose line ends take two bytes."""
    little = content.startswith(b"\xff\xfe") or b"\n\0" in content
    encoding = "utf-16-le" if little else "utf-16-be"
    return [line.encode(encoding) for line in content.decode(encoding, "replace").splitlines(keepends=True)]


PART = Part("files", "Rows in files of imports and exports", erase)
