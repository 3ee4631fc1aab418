"""The intake: carries what stands in this host's spools into the database, each act exactly once.

A spool's offset moves in the transaction that stores what was read. Whoever else reads the same spool finds the offset
moved and stores nothing; whoever dies before the commit has stored nothing either. So spools that are far behind may be
read by several processes at once: helpers are forked for them, and end with them.
"""

import contextlib
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.backends.utils import CursorWrapper

from tracking.intake import storing
from tracking.public import spool
from tracking.public.spool import SUFFIX, Act

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.2
_PAUSE_AFTER_FAILURE_SECONDS = 1.0
_BLOCK_BYTES = 2 * 1024 * 1024
_CORES = len(os.sched_getaffinity(0))
_AWAY = (DatabaseError, InterfaceError, OSError)


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
            except _AWAY as problem:
                logger.warning("The intake tries again in a second: %s", problem)
                self._offsets.clear()
                connection.close()
                pause = _PAUSE_AFTER_FAILURE_SECONDS

    def read_all(self) -> int:
        """Read every spool as far as it goes now; how many acts were stored."""
        paths = sorted(self._folder.glob(f"*{SUFFIX}"))
        helped = self._far_behind(paths)[1:_CORES]
        with self._helping(helped) as counts:
            stored = sum(self._read(path) for path in paths if path not in helped)
        return stored + sum(int(count.value) for count in counts)

    def _far_behind(self, paths: Sequence[Path]) -> list[Path]:
        """Those with more than a block to read."""
        behind = []
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                size = path.stat().st_size
                if size > self._block_bytes and size - self._offset(path.name) > self._block_bytes:
                    behind.append(path)
        return behind

    @contextlib.contextmanager
    def _helping(self, paths: Sequence[Path]) -> Iterator[list[Any]]:
        """A process reads each of `paths` meanwhile; gives where it says how many acts it has stored."""
        if paths:
            connection.close()  # nobody shares one
        context = multiprocessing.get_context("fork")
        helpers = []
        for path in paths:
            del self._offsets[path.name]
            count = context.Value("q")
            helpers.append((context.Process(target=self._help, args=(path, count), daemon=True), count))
            helpers[-1][0].start()
        try:
            yield [count for _, count in helpers]
        finally:
            for process, _ in helpers:
                process.join()

    def _help(self, path: Path, count: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            count.value = self._read(path)
        except _AWAY as problem:
            logger.warning("A spool is read again later: %s", problem)
        finally:
            connection.close()

    def _read(self, path: Path) -> int:
        with contextlib.suppress(FileNotFoundError):  # another intake finished it
            return self._read_to_end(path)
        return 0

    def _read_to_end(self, path: Path) -> int:
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
