"""Accepted mails: one row a message and no other, so they are told from the ledger, the newest mail first.

What changes in the ledger has no index, and so neither has who accepted it, and when. A campaign whose time or whose
providers do not fit is left out as a whole, by its range of numbers; the rest is looked through, so much a page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from delivery.models import MessageState
from tracking.message_log.replies.asking import Wanted
from tracking.message_log.replies.row import Reply

LOOKED_THROUGH = 200_000
_MOST_RANGES = 50
# What was uncertain may be found to have been accepted after its campaign had ended.
_HEARD_LATER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Range:
    first: int
    end: int  # not itself


def newest() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_id FROM delivery_idblock")
        return int(cursor.fetchone()[0])


def page(wanted: Wanted, before: int, limit: int) -> tuple[list[Reply], int]:
    """Up to `limit` with numbers below `before`, and below which to go on; 0: there is nothing more."""
    with connection.cursor() as cursor:
        if wanted.address:
            rows = _read(cursor, wanted, _Range(0, before), limit)
            return rows, rows[-1].number if len(rows) == limit else 0
        return _search(cursor, wanted, before, limit)


def _search(cursor: Any, wanted: Wanted, before: int, limit: int) -> tuple[list[Reply], int]:
    rows: list[Reply] = []
    left = LOOKED_THROUGH
    for number, each in enumerate(_ranges(cursor, wanted, before)):
        if number == _MOST_RANGES:
            return rows, each.end
        part = _Range(max(each.first, each.end - left), each.end)
        rows += _read(cursor, wanted, part, limit - len(rows))
        if len(rows) == limit:
            return rows, rows[-1].number
        left -= part.end - part.first
        if left <= 0:
            return rows, part.first if part.first > 1 else 0
    return rows, 0


def _ranges(cursor: Any, wanted: Wanted, before: int) -> Iterator[_Range]:
    """Downwards, what may hold such a mail: all but the campaigns that cannot."""
    end = before
    for first, last in _left_out(cursor, wanted, before):
        if last + 1 < end:
            yield _Range(last + 1, end)
        end = min(end, first)
    if end > 0:
        yield _Range(0, end)


def _left_out(cursor: Any, wanted: Wanted, before: int) -> list[tuple[int, int]]:
    if not (wanted.provider_id or wanted.since or wanted.until):
        return []
    cursor.execute(_LEFT_OUT, wanted.values | {"before": before, "later": _HEARD_LATER})
    return list(cursor.fetchall())


def _read(cursor: Any, wanted: Wanted, part: _Range, limit: int) -> list[Reply]:
    narrowed = wanted.where(provider="m.provider_id", at="m.accepted_at")
    narrowed += " AND lower(m.email) = %(address)s" if wanted.address else ""
    given = {"first": part.first, "end": part.end, "accepted": int(MessageState.ACCEPTED), "limit": limit}
    cursor.execute(_ACCEPTED.format(narrowed=narrowed), wanted.values | given)
    return [
        Reply(id_, id_, email, batch_id, at, "accepted", "", 250, "", reply, "", provider_id)
        for id_, email, batch_id, at, reply, provider_id in cursor.fetchall()
    ]


_ACCEPTED = """
SELECT m.id, m.email, m.batch_id, m.accepted_at, coalesce(m.reply, ''), m.provider_id FROM delivery_message m
WHERE m.id >= %(first)s AND m.id < %(end)s AND m.state = %(accepted)s{narrowed}
ORDER BY m.id DESC LIMIT %(limit)s
"""
# A provider that has taken mail of a batch has a proof of it (engine.bookkeeping.checkpoint).
_LEFT_OUT = """
SELECT b.first_id, b.last_id FROM delivery_batch b
WHERE b.kind = 'closed' AND b.first_id < %(before)s AND b.last_id >= b.first_id AND (
    b.started_at IS NULL OR b.started_at >= coalesce(%(until)s::timestamptz, 'infinity')
    OR b.finished_at + %(later)s < coalesce(%(since)s::timestamptz, '-infinity')
    OR (%(provider)s > 0 AND b.provider_id IS DISTINCT FROM %(provider)s AND NOT EXISTS (
        SELECT 1 FROM delivery_proof p WHERE p.batch_id = b.id AND p.provider_id = %(provider)s)))
ORDER BY b.first_id DESC
"""
