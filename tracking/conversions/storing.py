"""Conversions are written down once each, for people whose clicks may be counted, while the goal's days run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.backends.utils import CursorWrapper

from contacts import addresses
from contacts.tracking_consent import Part, measured
from tracking.conversions.models import Conversion
from tracking.conversions.reported import Told
from tracking.models import EventKind
from tracking.public.spool import REPORTED, Act

# A page of the site is believed by whoever carries a sign: nobody makes a fortune of one mail.
_MOST_OF_ONE_MAIL = 50


@dataclass(frozen=True, slots=True)
class Reached:
    """`message_id`: whose reader it was."""

    goal_id: int
    message_id: int
    at: datetime
    told: Told
    via: str


def take(cursor: CursorWrapper, acts: Sequence[Act]) -> list[Act]:
    """Store what sites reported among the acts of a spool, in the caller's transaction; returns the others."""
    reported = [act for act in acts if act.kind == REPORTED]
    if not reported:
        return list(acts)
    said = [
        Reached(act.second, act.first, datetime.fromtimestamp(act.at, UTC), Told.from_note(act.note), _PAGE)
        for act in reported
    ]
    if reached := [one for one in said if not one.told.is_refund]:
        store(cursor, reached)
    for one in said:
        if one.told.is_refund:
            refund(cursor, one)
    return [act for act in acts if act.kind != REPORTED]


_PAGE = Conversion.Via.PAGE.value
_STORE = f"""
INSERT INTO tracking_conversion (goal_id, at, message_id, batch_id, contact_id, "order", worth, currency, via)
SELECT g.id, r.at, m.id, m.batch_id, m.contact_id, r."order", coalesce(r.worth, g.worth),
    CASE WHEN coalesce(r.worth, g.worth) IS NULL THEN '' ELSE coalesce(nullif(r.currency, ''), g.currency) END, r.via
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[], %s::numeric[], %s::text[], %s::text[])
    AS r (goal_id, message_id, at, "order", worth, currency, via)
JOIN tracking_goal g ON g.id = r.goal_id AND NOT g.is_paused
JOIN delivery_message m ON m.id = r.message_id
LEFT JOIN contacts_contact c ON c.id = m.contact_id
WHERE {measured(Part.CLICKS, "c")} AND r.at <= coalesce(m.accepted_at, r.at) + make_interval(days => g.days)
AND (SELECT count(*) FROM tracking_conversion o WHERE o.message_id = m.id) < {_MOST_OF_ONE_MAIL}
ON CONFLICT DO NOTHING
"""  # noqa: S608


def store(cursor: CursorWrapper, reached: Sequence[Reached]) -> int:
    """How many were new and may be counted."""
    rows = [
        (one.goal_id, one.message_id, one.at, one.told.order, one.told.worth, one.told.currency, one.via)
        for one in reached
    ]
    cursor.execute(_STORE, [list(column) for column in zip(*rows, strict=True)])
    return int(cursor.rowcount)


_REFUND = """
UPDATE tracking_conversion o SET refunded_at = %(at)s,
    refunded = CASE WHEN %(worth)s::numeric IS NULL THEN coalesce(o.worth, 0)
        ELSE greatest(o.refunded, least(%(worth)s::numeric, coalesce(o.worth, 0))) END,
    is_taken_back = o.is_taken_back OR %(worth)s::numeric IS NULL OR %(worth)s::numeric >= coalesce(o.worth, 0)
WHERE o.goal_id = %(goal)s AND o."order" = %(order)s AND (%(message)s::bigint IS NULL OR o.message_id = %(message)s)
AND NOT o.is_taken_back AND (%(worth)s::numeric IS NULL OR %(worth)s::numeric > o.refunded)
"""


def refund(cursor: CursorWrapper, one: Reached) -> bool:
    """Take an order back, in part where a worth is told: what was refunded of it so far, so that telling it twice does
    nothing. False: there is no such order, or it was refunded that far before. A page is believed of orders of its own
    sign, the server (`message_id` 0) of all.
    """
    values = {
        "at": one.at,
        "worth": one.told.worth,
        "goal": one.goal_id,
        "order": one.told.order,
        "message": one.message_id or None,
    }
    cursor.execute(_REFUND, values)
    return bool(cursor.rowcount)


_LAST_CLICKED = f"""
SELECT m.id FROM contacts_contact c
JOIN delivery_message m ON m.contact_id = c.id
JOIN delivery_batch b ON b.id = m.batch_id AND NOT b.rehearsal
JOIN tracking_engagement e ON e.message_id = m.id AND e.kind = {int(EventKind.CLICK)} AND e.link_id = 0
    AND NOT e.is_machine
WHERE lower(c.email) = %s ORDER BY e.first_at DESC LIMIT 1
"""  # noqa: S608


def last_clicked(cursor: CursorWrapper, email: str) -> int | None:
    """The message in which somebody clicked last, whose order names a normalised address instead of a sign."""
    cursor.execute(_LAST_CLICKED, [addresses.key(email)])
    row = cursor.fetchone()
    return row[0] if row else None
