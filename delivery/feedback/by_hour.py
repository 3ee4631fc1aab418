"""What came back, by the hour over all batches that count in trends: what a chart of bounces and complaints reads.

A message counts in the hour of the heaviest word on it: one that bounced for now and later for good moves on.
"""

from collections.abc import Collection

from django.db import connection

from delivery.models import Term

COUNTS = "NOT b.rehearsal AND b.stream = 'marketing'"  # SQL: the batch b counts in trends
_COUNTERS = [term.counter for term in Term]
_COLUMNS = ", ".join(_COUNTERS)


def moved(changed: str) -> str:
    """SQL: carry over the rows of the CTE `changed` (batch_id, term, old_term, old_at)."""
    change = ", ".join(f"sum(n * (term = {term})::int) AS {term.counter}" for term in Term)
    return f"""
    INSERT INTO delivery_feedbackhour AS h (hour, {_COLUMNS})
    SELECT date_trunc('hour', at, 'UTC'), {change} FROM (
        SELECT batch_id, term, now() AS at, 1 AS n FROM {changed}
        UNION ALL SELECT batch_id, old_term, old_at, -1 FROM {changed} WHERE old_term <> 0
    ) AS moves JOIN delivery_batch b ON b.id = batch_id WHERE {COUNTS} GROUP BY 1 ORDER BY 1
    ON CONFLICT (hour) DO UPDATE SET {", ".join(f"{name} = h.{name} + excluded.{name}" for name in _COUNTERS)}
    """  # noqa: S608


def forget(batch_ids: Collection[int]) -> None:
    """Take these batches out again: to be called in the transaction that deletes them, before that."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [list(batch_ids)])


def recount() -> None:
    """From where each message stands: for whoever has written that by itself. Nobody may write meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_feedbackhour")
        cursor.execute(_RECOUNT)


_COUNTED = ", ".join(f"count(*) FILTER (WHERE f.term = {term}) AS {term.counter}" for term in Term)
_STANDING = f"""
SELECT date_trunc('hour', f.at, 'UTC') AS hour, {_COUNTED}
FROM delivery_feedback f JOIN delivery_batch b ON b.id = f.batch_id WHERE {COUNTS}
"""  # noqa: S608
_RECOUNT = f"INSERT INTO delivery_feedbackhour (hour, {_COLUMNS}) {_STANDING} GROUP BY 1"
_FORGET = f"""
UPDATE delivery_feedbackhour h SET {", ".join(f"{name} = h.{name} - gone.{name}" for name in _COUNTERS)}
FROM ({_STANDING} AND f.batch_id = ANY(%s) GROUP BY 1) AS gone WHERE gone.hour = h.hour
"""  # noqa: S608
