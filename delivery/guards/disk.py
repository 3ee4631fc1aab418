"""Room on the disk: sending stops by itself before a journal or the database finds none, and goes on when there is."""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

_KEY = "delivery.guards.disk"
_TOLD_SECONDS = 10  # whoever finds it short says so again every second or two
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Shortage:
    host: str
    free_mb: int
    needed_mb: int


def has_room() -> bool:
    """Whether this host may send. If not, the pages of every host are told."""
    found = shortage()
    if found is not None:
        with contextlib.suppress(RedisError):
            cache.set(_KEY, asdict(found), timeout=_TOLD_SECONDS)
    return found is None


def shortage() -> Shortage | None:
    """Of this host now, where its journals or its other data lie."""
    free = min(_free(folder) for folder in _folders()) // _MB
    if free >= settings.DISK_RESERVE_MB:
        return None
    return Shortage(os.uname().nodename, free, settings.DISK_RESERVE_MB)


def known_shortage() -> Shortage | None:
    """Of this host, or of another one that works for us."""
    found = shortage()
    if found is None:
        with contextlib.suppress(RedisError):
            told = cache.get(_KEY)
            found = Shortage(**told) if told else None
    return found


def _folders() -> Iterable[Path]:
    return Path(settings.JOURNAL_DIR), Path(settings.VAR_DIR)


def _free(folder: Path) -> int:
    """Bytes that we may still use; of the nearest folder that is there already."""
    for place in (folder, *folder.parents):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            found = os.statvfs(place)
            return found.f_bavail * found.f_frsize
    return 0
