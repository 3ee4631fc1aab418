"""Finished chunks and changed clicks become months of people, and those become sums. Costs by what is new.

A click belongs to the month of its mail, so that nobody clicked who was not mailed, and a click in January on a mail of
December takes nothing from January. Whether somebody clicked in a month is looked up anew whenever one of its clicks
came or went: nothing adds up wrongly over time.
"""

from typing import Any

from django.db import connection, transaction

from accounts.database import locks
from accounts.models import Organisation

_CHUNKS_AT_ONCE = 100
_CLICKS_AT_ONCE = 5_000
_MOST_STEPS = 100  # a run: an installation that begins with a long past leaves the queue to others in between


def fold() -> None:
    """Carry over what there is. Safe to run twice: what another one is folding is left to it."""
    if not _has_news():
        return
    values = {"zone": Organisation.zone()}
    for sql, limit in ((_SENT, _CHUNKS_AT_ONCE), (_CLICKED, _CLICKS_AT_ONCE)):
        for _ in range(_MOST_STEPS):
            if _step(sql, values | {"limit": limit}) < limit:
                break


def _has_news() -> bool:
    """One look into two small indexes in the minutes in which nothing happened."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWS)
        return bool(cursor.fetchone() == (True,))


def recount() -> None:
    """The sums anew from the months of people, without those who are no more. Nobody may fold meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        locks.hold(cursor, locks.Kind.COHORTS)
        cursor.execute(_FORGET)
        cursor.execute("DELETE FROM tracking_cohort")
        cursor.execute(_RECOUNT)


def _step(sql: str, values: dict[str, Any]) -> int:
    """How many were taken."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not locks.try_hold(cursor, locks.Kind.COHORTS):
            return 0
        cursor.execute(sql, values)
        (taken,) = cursor.fetchone() or (0,)
    return int(taken)


_NEWS = """
SELECT EXISTS (SELECT FROM tracking_foldedchunk WHERE NOT in_cohorts) OR EXISTS (SELECT FROM tracking_clickchange)
"""
# Where clicks are not counted by person, nobody can be said not to have clicked.
REAL = "NOT b.rehearsal AND b.stream = 'marketing' AND b.tracking = 'individual'"
MONTH = "date_trunc('month', {} AT TIME ZONE %(zone)s)::date"
_MONTH, _JOINED = MONTH.format("m.accepted_at"), MONTH.format("c.created_at")

_SENT = f"""
WITH taken AS (
    UPDATE tracking_foldedchunk SET in_cohorts = true WHERE chunk_id IN (
        SELECT chunk_id FROM tracking_foldedchunk WHERE NOT in_cohorts ORDER BY chunk_id LIMIT %(limit)s)
    RETURNING chunk_id
), chunk AS (
    SELECT k.* FROM taken t JOIN delivery_chunk k ON k.id = t.chunk_id JOIN delivery_batch b ON b.id = k.batch_id
    WHERE {REAL}
), mail AS (
    SELECT m.contact_id, m.accepted_at FROM chunk k JOIN delivery_message m ON m.id BETWEEN k.first_id AND k.last_id
    WHERE m.batch_id = k.batch_id AND m.accepted_at IS NOT NULL
    UNION ALL
    SELECT m.contact_id, m.accepted_at FROM chunk k JOIN delivery_message m ON m.id = ANY(k.ids)
    WHERE m.batch_id = k.batch_id AND m.accepted_at IS NOT NULL
), fresh AS (
    INSERT INTO tracking_mailedmonth (contact_id, month, joined, clicked)
    SELECT DISTINCT c.id, {_MONTH}, least({_JOINED}, {_MONTH}), false
    FROM mail m JOIN contacts_contact c ON c.id = m.contact_id
    ON CONFLICT (contact_id, month) DO NOTHING RETURNING joined, month
), sums AS (
    INSERT INTO tracking_cohort AS k (joined, month, mailed, clicked)
    SELECT joined, month, count(*), 0 FROM fresh GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (joined, month) DO UPDATE SET mailed = k.mailed + excluded.mailed
)
SELECT count(*) FROM taken
"""  # noqa: S608

# A click may be quicker than the word that its mail was accepted: it waits for that, for a day at most.
_CLICKED = f"""
WITH taken AS (
    DELETE FROM tracking_clickchange WHERE id IN (
        SELECT k.id FROM tracking_clickchange k LEFT JOIN delivery_message m ON m.id = k.message_id
        WHERE m.accepted_at IS NOT NULL OR k.at < now() - interval '1 day' ORDER BY k.id LIMIT %(limit)s)
    RETURNING message_id
), touched AS (
    SELECT DISTINCT c.id AS contact_id, {_MONTH} AS month, least({_JOINED}, {_MONTH}) AS joined
    FROM taken t JOIN delivery_message m ON m.id = t.message_id JOIN delivery_batch b ON b.id = m.batch_id
    JOIN contacts_contact c ON c.id = m.contact_id
    WHERE m.accepted_at IS NOT NULL AND {REAL}
), looked_up AS (
    SELECT contact_id, month, joined, EXISTS (
        SELECT 1 FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
        JOIN tracking_engagement e ON e.message_id = m.id
        WHERE m.contact_id = touched.contact_id AND {_MONTH} = touched.month AND {REAL}
        AND e.kind = 2 AND e.link_id = 0 AND NOT e.is_machine) AS clicked
    FROM touched
), changed AS (
    INSERT INTO tracking_mailedmonth AS p (contact_id, month, joined, clicked)
    SELECT contact_id, month, joined, clicked FROM looked_up
    ON CONFLICT (contact_id, month) DO UPDATE SET clicked = excluded.clicked WHERE p.clicked <> excluded.clicked
    RETURNING joined, month, clicked, xmax = 0 AS is_new
), sums AS (
    INSERT INTO tracking_cohort AS k (joined, month, mailed, clicked)
    SELECT joined, month, count(*) FILTER (WHERE is_new),
        count(*) FILTER (WHERE clicked) - count(*) FILTER (WHERE NOT clicked AND NOT is_new)
    FROM changed GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (joined, month) DO UPDATE SET mailed = k.mailed + excluded.mailed,
        clicked = k.clicked + excluded.clicked
)
SELECT count(*) FROM taken
"""  # noqa: S608

_FORGET = """
DELETE FROM tracking_mailedmonth p WHERE NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.id = p.contact_id)
"""
_RECOUNT = """
INSERT INTO tracking_cohort (joined, month, mailed, clicked)
SELECT joined, month, count(*), count(*) FILTER (WHERE clicked) FROM tracking_mailedmonth GROUP BY 1, 2
"""
