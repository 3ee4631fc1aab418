"""Opens and clicks of mails that carry one address for everybody: sums of the batch by the hour, and nothing else.

No row names a person, an internet address or a program: what a spool said of them goes with its file.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db.backends.utils import CursorWrapper

from tracking.intake import sums
from tracking.models import EventKind
from tracking.public.spool import ANONYMOUS, Act
from tracking.scoring import requests, verdicts
from tracking.scoring.networks import Network


def count(cursor: CursorWrapper, acts: Sequence[Act]) -> list[Act]:
    """Add the anonymous ones up, in the caller's transaction; returns the others."""
    nameless = [act for act in acts if act.note.startswith(ANONYMOUS)]
    if not nameless:
        return list(acts)
    rehearsals = _batches(cursor, {act.first for act in nameless})
    tally = sums.Sums()
    for act in nameless:
        if act.first not in rehearsals:
            continue
        verdict = requests.judge(
            requests.Request(
                is_open=act.kind == EventKind.OPEN,
                note=act.note[len(ANONYMOUS) :].strip(),
                user_agent=act.user_agent,
                network=Network.UNKNOWN,
                age=None,
                is_rehearsal=rehearsals[act.first],
            )
        )
        if verdict == verdicts.HEAD:
            continue
        at = datetime.fromtimestamp(act.at, UTC)
        tally.add_anonymous(act.first, at, act.kind, act.second, verdict != verdicts.HUMAN)
    tally.write(cursor)
    return [act for act in acts if not act.note.startswith(ANONYMOUS)]


def _batches(cursor: CursorWrapper, ids: set[int]) -> dict[int, bool]:
    """Of those that are there, whether they are rehearsals."""
    cursor.execute("SELECT id, rehearsal FROM delivery_batch WHERE id = ANY(%s)", [list(ids)])
    return dict(cursor.fetchall())
