"""What tracking keeps of people who are merged. Opens and clicks belong to mails and move with these."""

from typing import Any

from django.db import connection

from accounts.database.locks import Kind
from contacts.merging import registry
from contacts.merging.registry import Pair, Part, Record
from tracking.recent import anew


def register() -> None:
    registry.register(
        registry.rows_of("tracking_conversion"),
        Part("months", _months, _months_again, locks=(Kind.COHORTS,)),
        Part("last campaigns", _last, _last_again, locks=(Kind.FOLDING,)),
    )


def _months(pair: Pair) -> Record:
    """Of a month in which both were mailed one row is left, and one person in the sums."""
    values = {"kept": pair.kept_id, "gone": pair.gone_id}
    with connection.cursor() as cursor:
        cursor.execute(_BOTH, values)
        both = cursor.fetchall()
        for month, joined, clicked, kept_joined, kept_clicked in both:
            cursor.execute(_LEAVE_ONE, values | {"month": month, "clicked": clicked})
            _add(cursor, joined, month, -1, -int(clicked))
            _add(cursor, kept_joined, month, 0, int(clicked and not kept_clicked))
        cursor.execute(_MOVE, values)
        moved = [number for (number,) in cursor.fetchall()]
    return {"moved": moved, "both": [[month, joined, clicked] for month, joined, clicked, *_ in both]}


def _months_again(pair: Pair, record: Record) -> None:
    """Whether the one who was kept clicked in a month is looked up by the next fold: their mails are theirs again."""
    values = {"kept": pair.kept_id, "gone": pair.gone_id}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_BACK, values | {"moved": record["moved"]})
        for month, joined, clicked in record["both"]:
            cursor.execute(_PART, values | {"month": month, "joined": joined, "clicked": clicked})
            _add(cursor, joined, month, cursor.rowcount, int(clicked) * cursor.rowcount)
        cursor.execute(_LOOK_UP, values)


def _add(cursor: Any, joined: str, month: str, mailed: int, clicked: int) -> None:
    if mailed or clicked:
        cursor.execute(_SUMS, {"joined": joined, "month": month, "mailed": mailed, "clicked": clicked})


def _last(pair: Pair) -> Record:
    anew.look_up_again([pair.kept_id])


def _last_again(pair: Pair, record: Record) -> None:
    anew.look_up_again([pair.kept_id, pair.gone_id])


_BOTH = """
SELECT g.month::text, g.joined::text, g.clicked, k.joined::text, k.clicked
FROM tracking_mailedmonth g JOIN tracking_mailedmonth k ON k.contact_id = %(kept)s AND k.month = g.month
WHERE g.contact_id = %(gone)s ORDER BY g.month
"""
_LEAVE_ONE = """
WITH gone AS (DELETE FROM tracking_mailedmonth WHERE contact_id = %(gone)s AND month = %(month)s)
UPDATE tracking_mailedmonth SET clicked = clicked OR %(clicked)s WHERE contact_id = %(kept)s AND month = %(month)s
"""
_MOVE = "UPDATE tracking_mailedmonth SET contact_id = %(kept)s WHERE contact_id = %(gone)s RETURNING id"
_MOVE_BACK = """
UPDATE tracking_mailedmonth SET contact_id = %(gone)s WHERE contact_id = %(kept)s AND id = ANY(%(moved)s::bigint[])
"""
_PART = """
INSERT INTO tracking_mailedmonth (contact_id, month, joined, clicked)
VALUES (%(gone)s, %(month)s, %(joined)s, %(clicked)s) ON CONFLICT (contact_id, month) DO NOTHING
"""
_SUMS = """
INSERT INTO tracking_cohort AS k (joined, month, mailed, clicked)
VALUES (%(joined)s, %(month)s, greatest(%(mailed)s, 0), greatest(%(clicked)s, 0))
ON CONFLICT (joined, month) DO UPDATE SET mailed = k.mailed + %(mailed)s, clicked = k.clicked + %(clicked)s
"""
_LOOK_UP = """
INSERT INTO tracking_clickchange (message_id, at)
SELECT id, now() FROM delivery_message WHERE contact_id = %(kept)s AND accepted_at IS NOT NULL
"""
