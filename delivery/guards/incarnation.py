"""An installation that was restored or copied does not know what was sent since: going on could mail people twice.

The database counts its ticks, and a file beside it remembers the count and where it lies. A count that has gone back
was restored; a count nobody here remembers, or a file that was noted elsewhere, came from another installation; a long
silence may hide that both were played back together. Each time everything stops and asks.
"""

import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.wording import moment
from delivery.guards.whereabouts import Whereabouts

log = logging.getLogger(__name__)

_LATELY_SECONDS = 60
_SILENCE_SECONDS = 3600
_RESTORED = (
    "The database was restored from a backup or copied from elsewhere. What was sent since then is not known here: "
    "resuming it may mail people a second time."
)
_SILENT = (
    "Tallypost has not been at work since {since}. If it was played back from a backup, resuming this may mail people "
    "a second time; if it was only switched off, resume it."
)
_PAUSE = """
UPDATE delivery_batch SET state = 'paused', state_reason = %s
WHERE finished_at IS NULL AND state IN ('building', 'held', 'sending') AND (%s OR state = 'sending'
    OR coalesce(not_before, hold_until) <= statement_timestamp())
"""
# It was paused when the backup was made, and may have gone on since.
_WARN = """
UPDATE delivery_batch SET state_reason = left(%(reason)s || ' ' || state_reason, 500)
WHERE finished_at IS NULL AND state = 'paused' AND NOT starts_with(state_reason, %(reason)s)
"""
_LOOK = """
SELECT name::text, beat, beat_at, coalesce(beat_at > statement_timestamp() - %s * interval '1 second', false),
    coalesce(beat_at < statement_timestamp() - %s * interval '1 second', false)
FROM delivery_incarnation FOR UPDATE
"""
_COUNT = "UPDATE delivery_incarnation SET beat = %s, beat_at = statement_timestamp()"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file remembers. `place` None: it was written before places were."""

    name: str
    beat: int
    place: Whereabouts | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What this process found at its last look; `is_ours`: it has counted on from there."""

    name: str
    beat: int
    is_ours: bool


_seen: Seen | None = None


def guard() -> bool:
    """Whether something may be offered or sent. To be asked before; cheap: one row and one small file.

    False: whose database this is will be known within a minute, by whether somebody else counts in it.
    """
    global _seen
    kept, place = _read(), Whereabouts.of(Path(settings.VAR_DIR))
    with transaction.atomic(), connection.cursor() as cursor:
        seen = _judge(cursor, kept, place)
    _seen = seen  # not before the commit: a count that was rolled back would be one that the database has lost
    if not _seen.is_ours:
        return False
    try:
        _write(Kept(_seen.name, _seen.beat, place))
    except OSError as problem:
        log.warning("a restored database would go unnoticed: %s", problem)
    return True


def _judge(cursor: Any, kept: Kept | None, place: Whereabouts) -> Seen:
    cursor.execute(_LOOK, [_LATELY_SECONDS, _SILENCE_SECONDS])
    name, beat, at, was_lately, was_silent = cursor.fetchone()
    before = _seen if _seen is not None and _seen.name == name else None
    is_going_on = before is not None and before.is_ours
    remembered = max(kept.beat if kept and kept.name == name else 0, before.beat if before else 0)
    is_here = kept is not None and kept.name == name and (kept.place is None or place.may_be(kept.place))
    # Another host of the same installation counts on; a copy's original counts elsewhere.
    is_shared = before is not None and beat > before.beat
    if remembered > beat:
        _pause(cursor, _RESTORED)
    elif beat and not (is_here or is_going_on or is_shared):
        if was_lately:
            return Seen(name, beat, is_ours=False)
        _pause(cursor, _RESTORED)
    elif was_silent and not is_going_on:
        _pause(cursor, _SILENT.format(since=_moment(at)), is_certain=False)
    now = max(remembered, beat) + 1
    cursor.execute(_COUNT, [now])
    return Seen(name, now, is_ours=True)


def _pause(cursor: Any, reason: str, *, is_certain: bool = True) -> None:
    """Unless it is certain, what waits for a time to come can wait on."""
    cursor.execute(_PAUSE, [reason, is_certain])
    if cursor.rowcount or is_certain:
        log.error("%s campaigns are paused: %s", cursor.rowcount, reason)
    if is_certain:
        cursor.execute(_WARN, {"reason": reason})


def _moment(at: datetime) -> str:
    return moment(timezone.localtime(at), timezone.localtime())


def _file() -> Path:
    return Path(settings.VAR_DIR) / "incarnation"


def _read() -> Kept | None:
    try:
        text = _file().read_text()
        if text.startswith("{"):
            stored = json.loads(text)
            return Kept(stored["name"], stored["beat"], Whereabouts(**stored["place"]))
        name, beat = text.split()
        return Kept(name, int(beat), None)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(kept: Kept) -> None:
    new = _file().with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(asdict(kept)))
    new.replace(_file())
