"""The people of a batch, by where their message is or by what they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from delivery import ledger
from delivery.models import Batch, MessageState
from delivery.providers import health
from tracking.message_log import wording
from tracking.message_log.wording import Words
from tracking.models import EventKind

TERMS = {
    "all": "Everyone",
    "accepted": "Accepted",
    "waiting": "Waiting",
    "refused": "Refused",
    "uncertain": "May have arrived",
    "skipped": "Skipped",
    "unaccounted": "Unaccounted for",
}
# Parts of the refused: what stop rules count.
REASONS = {"hard": "Do not exist", "blocked": "Refused as spam"}
ACTS = {
    "opened": ("Opened", EventKind.OPEN),
    "clicked": ("Clicked", EventKind.CLICK),
    "unsubscribed": ("Unsubscribed", EventKind.UNSUBSCRIBE),
    "complained": ("Marked as spam", EventKind.COMPLAINT),
}
LABELS = TERMS | REASONS | {term: label for term, (label, _) in ACTS.items()}

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


def people(
    batch: Batch, term: str, *, link_id: int = 0, after: int = 0, limit: int = 50, search: str = ""
) -> list[Person]:
    """Up to `limit` people with message ids above `after`. `link_id` narrows "clicked" to one link."""
    if term in ACTS:
        label, kind = ACTS[term]
        return _acting(batch, kind, label, link_id=link_id, after=after, limit=limit, search=search)
    rows = ledger.messages(batch, term, after=after, limit=limit, search=search)
    holdup = health.words(batch) if any(row.state == MessageState.PENDING for row in rows) else ""
    return [
        Person(
            message_id=row.id,
            contact_id=row.contact_id,
            email=row.email,
            words=wording.of_message(row.state, row.category, row.retry_at, batch, holdup),
            at=row.accepted_at,
            reply=row.reply,
            attempts=row.attempts,
        )
        for row in rows
    ]


def everyone(batch: Batch, term: str, *, link_id: int = 0, search: str = "") -> Iterator[Person]:
    """All of them, page by page, in constant memory."""
    after = 0
    while page := people(batch, term, link_id=link_id, after=after, limit=_EXPORT_PAGE, search=search):
        yield from page
        after = page[-1].message_id


_ACTING = """
SELECT m.id, m.contact_id, m.email, m.attempts, e.first_at
FROM tracking_engagement e JOIN delivery_message m ON m.id = e.message_id
WHERE e.batch_id = %s AND e.kind = %s AND e.link_id = %s AND NOT e.is_machine AND e.message_id > %s
AND strpos(lower(m.email), %s) > 0
ORDER BY e.message_id LIMIT %s
"""


def _acting(
    batch: Batch, kind: EventKind, label: str, *, link_id: int, after: int, limit: int, search: str
) -> list[Person]:
    with connection.cursor() as cursor:
        cursor.execute(_ACTING, [batch.pk, int(kind), link_id, after, search.strip().lower(), limit])
        rows = cursor.fetchall()
    words = Words("bad" if kind == EventKind.COMPLAINT else "good", label)
    return [
        Person(message_id=message_id, contact_id=contact_id, email=email, words=words, at=at, attempts=n)
        for message_id, contact_id, email, n, at in rows
    ]
