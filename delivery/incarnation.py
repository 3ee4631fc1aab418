"""A database that was restored or copied does not know what was sent since: going on by itself could mail people twice.

The database counts its ticks, and a file beside it remembers the count. A count that has gone back was restored; a
count nobody here remembers came from another installation. Either way everything stops and asks.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

log = logging.getLogger(__name__)

_LATELY_SECONDS = 60
_REASON = (
    "The database was restored from a backup or copied from elsewhere. What was sent since then is not known here: "
    "resuming it may mail people a second time."
)
_PAUSE = """
UPDATE delivery_batch SET state = 'paused', state_reason = %s
WHERE finished_at IS NULL AND state IN ('building', 'held', 'sending')
"""
_COUNT = """
UPDATE delivery_incarnation n SET beat = greatest(n.beat, %s) + 1, beat_at = statement_timestamp()
FROM delivery_incarnation before
RETURNING n.name::text, n.beat, before.beat, before.beat_at > statement_timestamp() - %s * interval '1 second'
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file remembers."""

    name: str
    beat: int


def guard() -> None:
    """To be called before anything is offered. Cheap: one row and one small file."""
    kept = _read()
    with transaction.atomic(), connection.cursor() as cursor:
        now = _judge(cursor, kept)
    try:
        _write(now)
    except OSError as problem:
        log.warning("a restored database would go unnoticed: %s", problem)


def _judge(cursor: Any, kept: Kept | None) -> Kept:
    cursor.execute("SELECT name::text FROM delivery_incarnation")
    is_known = kept is not None and kept.name == cursor.fetchone()[0]
    remembered = kept.beat if kept is not None and is_known else 0
    cursor.execute(_COUNT, [remembered, _LATELY_SECONDS])
    name, beat, before, was_lately = cursor.fetchone()
    # Another host that ticks for the same database has a file of its own.
    came_from_elsewhere = not is_known and before > 0 and not was_lately
    if remembered > before or came_from_elsewhere:
        cursor.execute(_PAUSE, [_REASON])
        log.error("the database was restored or copied: %s campaigns are paused", cursor.rowcount)
    return Kept(name, beat)


def _file() -> Path:
    return Path(settings.VAR_DIR) / "incarnation"


def _read() -> Kept | None:
    try:
        name, beat = _file().read_text().split()
        return Kept(name, int(beat))
    except (OSError, ValueError):
        return None


def _write(kept: Kept) -> None:
    new = _file().with_suffix(".new")
    new.write_text(f"{kept.name} {kept.beat}\n")
    new.replace(_file())
