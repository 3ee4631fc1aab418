"""The people of a batch, by where their message is or by what they did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Unpack

from django.db import connection

from delivery import ledger
from delivery.models import Batch, MessageState
from delivery.providers import health
from tracking.message_log import wording
from tracking.message_log.wording import Words
from tracking.models import EventKind
from tracking.reports import machines, returned
from tracking.reports.narrowing import Narrow, Narrowing

TERMS = {
    "all": "Everyone",
    "accepted": "Accepted",
    "waiting": "Waiting",
    "refused": "Refused",
    "uncertain": "May have arrived",
    "skipped": "Skipped",
    "unaccounted": "Unaccounted for",
}
# What stop rules count, said at once or later.
REASONS = {"hard": "Do not exist", "blocked": "Refused as spam"}
# What was done, and whether by a machine: who was opened for by machines alone has not opened.
ACTS = {
    "opened": ("Opened", EventKind.OPEN, False),
    "clicked": ("Clicked", EventKind.CLICK, False),
    "unsubscribed": ("Unsubscribed", EventKind.UNSUBSCRIBE, False),
    "opened-by-machines": ("Opened by machines", EventKind.OPEN, True),
    "clicked-by-machines": ("Clicked by machines", EventKind.CLICK, True),
}
LABELS = (
    TERMS
    | REASONS
    | {term: label for term, (label, _, _) in ACTS.items()}
    | {machines.ALONE: machines.ALONE_LABEL}
    | returned.LABELS
)

_EXPORT_PAGE = 2000


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the list: whose message, how it stands or what was done, and when."""

    message_id: int
    contact_id: int | None
    email: str
    words: Words
    at: datetime | None
    reply: str = ""
    attempts: int = 0


def people(batch: Batch, term: str, *, after: int = 0, limit: int = 50, **narrow: Unpack[Narrow]) -> list[Person]:
    """Up to `limit` people with message ids above `after`, in the order of those."""
    narrowing = Narrowing(**narrow)
    if term in ACTS:
        return _acting(batch, term, narrowing, after=after, limit=limit)
    if term == machines.ALONE:
        found_alone = machines.alone(batch, narrowing, after=after, limit=limit)
        return _people_of(found_alone, Words("none", LABELS[term]))
    if term in returned.TERMS:
        return _returned(batch, term, narrowing, after=after, limit=limit)
    if term == returned.NO_WORD:
        return _without_word(batch, narrowing, after=after, limit=limit)
    found = _by_ledger(batch, term, narrowing, after=after, limit=limit)
    if term in REASONS:
        later = "bounced-hard" if term == "hard" else "bounced-soft"
        found += _returned(batch, later, narrowing, blocked=term == "blocked", after=after, limit=limit)
        found = sorted(found, key=attrgetter("message_id"))[:limit]
    return found


def _by_ledger(batch: Batch, term: str, narrowing: Narrowing, *, after: int, limit: int) -> list[Person]:
    rows = ledger.messages(
        batch,
        term,
        after=after,
        limit=limit,
        search=narrowing.search,
        lane=narrowing.lane,
        since=narrowing.since,
        until=narrowing.until,
    )
    holdup = health.words(batch) if any(row.state == MessageState.PENDING for row in rows) else ""
    return [
        Person(
            message_id=row.id,
            contact_id=row.contact_id,
            email=row.email,
            words=wording.of_message(
                row.state, row.category, row.retry_at, batch, holdup, wording.of_pause(batch, row.email)
            ),
            at=row.accepted_at,
            reply=row.reply,
            attempts=row.attempts,
        )
        for row in rows
    ]


def everyone(batch: Batch, term: str, *, after: int = 0, **narrow: Unpack[Narrow]) -> Iterator[Person]:
    """All of them, page by page, in constant memory."""
    while page := people(batch, term, after=after, limit=_EXPORT_PAGE, **narrow):
        yield from page
        after = page[-1].message_id


_ACTING = """
SELECT m.id, m.contact_id, m.email, m.attempts, e.first_at
FROM tracking_engagement e JOIN delivery_message m ON m.id = e.message_id
WHERE e.batch_id = %(batch)s AND e.kind = %(kind)s AND e.link_id = %(link)s AND e.is_machine = %(machine)s
AND e.message_id > %(after)s {narrowed}
ORDER BY e.message_id LIMIT %(limit)s
"""


def _acting(batch: Batch, term: str, narrowing: Narrowing, *, after: int, limit: int) -> list[Person]:
    label, kind, is_machine = ACTS[term]
    values: dict[str, Any] = {
        "batch": batch.pk,
        "kind": int(kind),
        "link": narrowing.link_id,
        "machine": is_machine,
        "after": after,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _ACTING.format(narrowed=narrowing.where(email="m.email", at="e.first_at")), values | narrowing.values
        )
        return _people_of(cursor.fetchall(), Words("none" if is_machine else "good", label))


def _people_of(rows: Sequence[tuple[Any, ...]], words: Words) -> list[Person]:
    return [
        Person(message_id=message_id, contact_id=contact_id, email=email, words=words, at=at, attempts=n)
        for message_id, contact_id, email, n, at in rows
    ]


# Also those whose message is gone by now: the count has them.
_RETURNED = f"""
SELECT f.message_id, m.contact_id, coalesce(m.email, ''), coalesce(m.attempts, 0), {returned.CATEGORY},
    coalesce(e.happened_at, f.at), coalesce(e.words, '')
FROM delivery_feedback f LEFT JOIN delivery_message m ON m.id = f.message_id
LEFT JOIN LATERAL (
    SELECT {returned.SAID} AS words, happened_at FROM delivery_feedbackevent
    WHERE message_id = f.message_id AND kind = %(kind)s ORDER BY id DESC LIMIT 1) e ON true
WHERE f.batch_id = %(batch)s AND f.term = %(term)s AND f.message_id > %(after)s
AND (%(reason)s = '' OR {returned.CATEGORY} = %(reason)s) AND (f.is_blocked OR NOT %(blocked)s) {{narrowed}}
ORDER BY f.message_id LIMIT %(limit)s
"""  # noqa: S608
_KINDS = {"delivered": "delivered", "complained": "complaint"}
_WITHOUT_WORD = """
SELECT m.id, m.contact_id, m.email, m.attempts, m.accepted_at
FROM delivery_message m LEFT JOIN delivery_waiting w ON w.message_id = m.id
WHERE m.batch_id = %(batch)s AND m.id BETWEEN %(first)s AND %(last)s AND m.state = %(accepted)s AND w.state IS NULL
AND NOT EXISTS (SELECT 1 FROM delivery_feedback f WHERE f.message_id = m.id) {narrowed}
ORDER BY m.id LIMIT %(limit)s
"""


def _returned(
    batch: Batch, term: str, narrowing: Narrowing, *, blocked: bool = False, after: int, limit: int
) -> list[Person]:
    label, number = returned.TERMS[term]
    values: dict[str, Any] = {
        "batch": batch.pk,
        "term": int(number),
        "kind": _KINDS.get(term, "bounce"),
        "after": after,
        "reason": narrowing.reason,
        "blocked": blocked,
        "limit": limit,
    }
    narrowed = narrowing.where(email="coalesce(m.email, '')", at="coalesce(e.happened_at, f.at)", lane="f.lane")
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED.format(narrowed=narrowed), values | narrowing.values)
        rows = cursor.fetchall()
    return [
        Person(
            message_id=message_id,
            contact_id=contact_id,
            email=email,
            words=Words(returned.KINDS[term], label, wording.of_bounce(category) if term in returned.BOUNCED else ""),
            at=at,
            reply=reply,
            attempts=attempts,
        )
        for message_id, contact_id, email, attempts, category, at, reply in rows
    ]


def _without_word(batch: Batch, narrowing: Narrowing, *, after: int, limit: int) -> list[Person]:
    if batch.first_id is None or batch.last_id is None:
        return []
    values: dict[str, Any] = {
        "batch": batch.pk,
        "first": max(batch.first_id, after + 1),
        "last": batch.last_id,
        "accepted": int(MessageState.ACCEPTED),
        "limit": limit,
    }
    narrowed = narrowing.where(email="m.email", at="m.accepted_at")
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_WORD.format(narrowed=narrowed), values | narrowing.values)
        return _people_of(cursor.fetchall(), Words("good", "Accepted"))
