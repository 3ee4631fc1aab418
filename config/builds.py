"""Builds of the front end: several products may run from one checkout, each with the build that it was started with.

The build leaves older files where they are. Those of a build that runs stay, and for a week those of one that ran: a
page that is open in a browser still asks for its scripts.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

_KEPT = 7 * 86_400  # seconds


@contextlib.contextmanager
def in_use(built: Path) -> Iterator[None]:
    """Forget the files that nobody needs any more, and hold those of the last build meanwhile.

    Nothing is forgotten where nobody listed what was built (vite.config.js), or the folder cannot be written to.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            record = _record(built)
            handle = held.enter_context(record.open())
            fcntl.flock(handle, fcntl.LOCK_SH)
            os.utime(record)
            _forget(built, record)
        yield


def _record(built: Path) -> Path:
    """A file for each build that was ever started, which names its files."""
    names = (built / "files.json").read_text()
    record = built / "builds" / f"{sha256(names.encode()).hexdigest()[:16]}.json"
    if not record.exists():
        record.parent.mkdir(exist_ok=True)
        begun = record.with_suffix(f".{os.getpid()}")
        begun.write_text(names)
        begun.replace(record)
    return record


def _forget(built: Path, own: Path) -> None:
    needed: set[str] = set()
    for record in own.parent.glob("*.json"):
        if record == own or _is_young(record) or _is_held(record):
            needed |= set(json.loads(record.read_text()))
        else:
            record.unlink(missing_ok=True)
    for file in (built / "assets").iterdir():
        if f"assets/{file.name}" not in needed and not _is_young(file):
            file.unlink(missing_ok=True)


def _is_young(file: Path) -> bool:
    return time.time() - file.stat().st_mtime < _KEPT


def _is_held(record: Path) -> bool:
    with record.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
