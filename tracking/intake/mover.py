"""The intake: carries what stands in this host's spools into the database, each act exactly once.

A spool's offset moves in the transaction that stores what was read. Whoever else reads the same spool finds the offset
moved and stores nothing; whoever dies before the commit has stored nothing either.
"""

import contextlib
import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.backends.utils import CursorWrapper

from tracking import spool
from tracking.intake import storing
from tracking.spool import SUFFIX, Act

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.2
_PAUSE_AFTER_FAILURE_SECONDS = 1.0
_BLOCK_BYTES = 2 * 1024 * 1024


class Intake:
    def __init__(self, folder: Path, block_bytes: int = _BLOCK_BYTES) -> None:
        self._folder = folder
        self._block_bytes = block_bytes
        self._offsets: dict[str, int] = {}

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. A database that is away is waited for; nothing is lost meanwhile."""
        pause = 0.0
        while not stop.wait(pause):
            try:
                pause = 0.0 if self.read_all() else _PAUSE_SECONDS
            except (DatabaseError, InterfaceError, OSError) as problem:
                logger.warning("The intake tries again in a second: %s", problem)
                self._offsets.clear()
                connection.close()
                pause = _PAUSE_AFTER_FAILURE_SECONDS

    def read_all(self) -> int:
        """Read every spool as far as it goes now; how many acts were stored."""
        stored = 0
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            with contextlib.suppress(FileNotFoundError):  # another intake finished it
                stored += self._read(path)
        return stored

    def _read(self, path: Path) -> int:
        stored = 0
        # Asked before reading: after it, nothing more can have come.
        is_abandoned = spool.is_abandoned(path)
        while True:
            offset = self._offset(path.name)
            if path.stat().st_size == offset:
                break
            acts, end = spool.read(path, offset, self._block_bytes)
            if end == offset:  # only a torn or unfinished line is left
                break
            stored += self._store(path.name, offset, end, acts)
        if is_abandoned:
            self._forget(path)
        return stored

    def _store(self, name: str, offset: int, end: int, acts: list[Act]) -> int:
        """One transaction. Zero when another intake was faster."""
        del self._offsets[name]
        with _no_collecting(), transaction.atomic(), connection.cursor() as cursor:
            if not _move(cursor, name, offset, end):
                return 0
            storing.store(cursor, acts)
        self._offsets[name] = end
        return len(acts)

    def _offset(self, name: str) -> int:
        if name not in self._offsets:
            with connection.cursor() as cursor:
                cursor.execute(
                    'INSERT INTO tracking_spool (name, "offset", updated_at) VALUES (%s, 0, now())'
                    " ON CONFLICT (name) DO NOTHING",
                    [name],
                )
                cursor.execute('SELECT "offset" FROM tracking_spool WHERE name = %s', [name])
                (self._offsets[name],) = cursor.fetchone() or (0,)
        return self._offsets[name]

    def _forget(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._offsets.pop(path.name, None)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tracking_spool WHERE name = %s", [path.name])


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """A block's events are many small objects without a circle: looking for circles took a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _move(cursor: CursorWrapper, name: str, offset: int, end: int) -> bool:
    cursor.execute(
        'UPDATE tracking_spool SET "offset" = %s, updated_at = now() WHERE name = %s AND "offset" = %s',
        [end, name, offset],
    )
    return bool(cursor.rowcount)
