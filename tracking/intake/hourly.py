"""Sums over all batches by the hour, which trends read: rehearsals, test mails and single mails stay out.

Intakes of several hosts only add rows, so that none of them waits for another at the hour's row; the fold makes one of
an hour's rows. Whoever reads sums them up, folded or not.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from delivery.feedback.by_hour import COUNTS


def add(cursor: CursorWrapper, columns: Sequence[list[Any]]) -> None:
    """The columns of rollups that are being written: batch, hour, kind, link, machine, total, people."""
    cursor.execute(_ADD, columns)


def forget(batch_ids: Collection[int]) -> None:
    """Take these batches out of the sums again: to be called in the transaction that deletes them, before that."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [list(batch_ids)])


def recount() -> None:
    """From the batches' own sums: for whoever has written those without the intake. Nobody may write meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tracking_hourly")
        cursor.execute(_RECOUNT)


_ADD = f"""
INSERT INTO tracking_hourly (hour, kind, is_machine, total, people)
SELECT g.hour, g.kind, g.is_machine, sum(g.total), sum(g.people)
FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[], %s::bigint[], %s::boolean[], %s::bigint[], %s::bigint[])
    AS g (batch_id, hour, kind, link_id, is_machine, total, people)
JOIN delivery_batch b ON b.id = g.batch_id
WHERE g.link_id = 0 AND {COUNTS} GROUP BY 1, 2, 3
"""  # noqa: S608

_FORGET = f"""
INSERT INTO tracking_hourly (hour, kind, is_machine, total, people)
SELECT r.hour, r.kind, r.is_machine, -sum(r.total), -sum(r.people)
FROM tracking_rollup r JOIN delivery_batch b ON b.id = r.batch_id
WHERE r.batch_id = ANY(%s) AND r.link_id = 0 AND {COUNTS} GROUP BY 1, 2, 3
"""  # noqa: S608

_RECOUNT = f"""
INSERT INTO tracking_hourly (hour, kind, is_machine, total, people, is_folded)
SELECT r.hour, r.kind, r.is_machine, sum(r.total), sum(r.people), true
FROM tracking_rollup r JOIN delivery_batch b ON b.id = r.batch_id
WHERE r.link_id = 0 AND {COUNTS} GROUP BY 1, 2, 3
"""  # noqa: S608

# A row that somebody else is folding at this moment is left to them.
FOLD = """
WITH taken AS (
    DELETE FROM tracking_hourly WHERE id IN (
        SELECT id FROM tracking_hourly WHERE NOT is_folded ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING hour, kind, is_machine, total, people
), folded AS (
    INSERT INTO tracking_hourly AS h (hour, kind, is_machine, total, people, is_folded)
    SELECT hour, kind, is_machine, sum(total), sum(people), true FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (hour, kind, is_machine) WHERE is_folded
    DO UPDATE SET total = h.total + excluded.total, people = h.people + excluded.people
)
SELECT count(*) FROM taken
"""
