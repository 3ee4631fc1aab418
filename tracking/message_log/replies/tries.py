"""Tries that were not simply accepted: rows of their own, the latest first. They are only ever added, so their numbers
follow the time, but for the moments that two transactions overlap."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from delivery.ledger.uncertain import DECIDED, HEARD
from tracking.message_log.replies.asking import Wanted
from tracking.message_log.replies.row import Reply

# So many tries are looked through for one page; whoever asks for something rarer goes on from there.
LOOKED_THROUGH = 100_000
_OVERLAP = timedelta(minutes=10)


def newest() -> int:
    """Above the last of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM delivery_attempt")
        return int(cursor.fetchone()[0])


def page(wanted: Wanted, before: int, limit: int) -> tuple[list[Reply], int]:
    """Up to `limit` with numbers below `before`, and below which to go on; 0: there is nothing more."""
    with connection.cursor() as cursor:
        first = _number_at(cursor, wanted.since - _OVERLAP) if wanted.since else 0
        last = min(before, _number_at(cursor, wanted.until + _OVERLAP)) if wanted.until else before
        lowest = first if wanted.address else max(first, _lowest(cursor, wanted.provider_id, last))
        rows = list(_rows(cursor, wanted, lowest, last, limit))
    if len(rows) == limit:
        return rows, rows[-1].number
    return rows, lowest if lowest > max(first, 1) else 0


def at(number: int) -> datetime | None:
    """When the try with this number, or the next one, was made."""
    with connection.cursor() as cursor:
        return _at(cursor, number)


def _rows(cursor: Any, wanted: Wanted, first: int, last: int, limit: int) -> Iterator[Reply]:
    narrowed = wanted.where(provider="a.provider_id", at="a.at") + wanted.where_code
    among = " AND a.message_id = ANY(ARRAY(SELECT id FROM delivery_message WHERE lower(email) = %(address)s))"
    sql = _TRIES.format(narrowed=narrowed + (among if wanted.address else ""))
    ours = {"ours": [DECIDED, HEARD], "first": first, "last": last, "limit": limit}
    cursor.execute(sql, wanted.values | ours)
    for row in cursor.fetchall():
        yield Reply(*row)


def _lowest(cursor: Any, provider_id: int, last: int) -> int:
    """How far back one page looks; of a provider, which has an index, so many of its own tries are looked through."""
    if not provider_id:
        return last - LOOKED_THROUGH
    cursor.execute(_OF_PROVIDER, [provider_id, last, LOOKED_THROUGH])
    row = cursor.fetchone()
    return int(row[0]) + 1 if row else 0


def _number_at(cursor: Any, moment: datetime) -> int:
    """The first try's number at or after a moment, found by halving: no index on the time is needed."""
    low, high = 0, newest()
    while low < high:
        middle = (low + high) // 2
        found = _at(cursor, middle)
        if found is not None and found < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _at(cursor: Any, number: int) -> datetime | None:
    cursor.execute("SELECT at FROM delivery_attempt WHERE id >= %s ORDER BY id LIMIT 1", [number])
    row = cursor.fetchone()
    return row[0] if row else None


_OF_PROVIDER = """
SELECT id FROM delivery_attempt WHERE provider_id = %s AND id < %s ORDER BY id DESC OFFSET %s LIMIT 1
"""
_TRIES = """
SELECT a.id, a.message_id, coalesce(m.email, ''), a.batch_id, a.at, a.decision, a.stage, a.code, a.enhanced, a.text,
    a.category, a.provider_id
FROM delivery_attempt a LEFT JOIN delivery_message m ON m.id = a.message_id
WHERE a.id >= %(first)s AND a.id < %(last)s AND a.decision = ANY(%(decisions)s) AND a.category <> ALL(%(ours)s)
    {narrowed}
ORDER BY a.id DESC LIMIT %(limit)s
"""
