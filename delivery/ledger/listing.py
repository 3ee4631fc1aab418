"""The people behind each term of the tally: exactly as many as it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from delivery.ledger import counters
from delivery.models import Batch, MessageState
from delivery.policy import mailbox_providers
from delivery.replies import categories
from delivery.replies.categories import Category


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message and why it is where it is. `email` is empty and `state` None where the row itself is gone."""

    id: int
    email: str
    contact_id: int | None
    state: int | None
    attempts: int
    reply: str
    accepted_at: datetime | None
    category: str
    retry_at: datetime | None

    @property
    def state_words(self) -> str:
        return _WORDS.get(self.state, "Unaccounted for")


_WORDS: dict[int | None, str] = {state.value: str(state.label) for state in MessageState}


def _categories(found: frozenset[Category]) -> str:
    return "(" + ", ".join(f"'{category}'" for category in sorted(found)) + ")"


# What a row says must be borne out by its row in the waiting list, or the lack of one: the audit counts the same way.
_UNLISTED = (MessageState.PENDING, MessageState.ACCEPTED)
_BORNE_OUT = {
    state.counter: f"m.state = {state} AND w.state {'IS NULL' if state in _UNLISTED else f'= {state}'}"
    for state in MessageState
}
WHICH = {
    **_BORNE_OUT,
    # Parts of the refused, as stop rules count them.
    "hard": f"{_BORNE_OUT['refused']} AND w.category IN {_categories(categories.HARD)}",
    "blocked": f"{_BORNE_OUT['refused']} AND w.category IN {_categories(categories.BLOCKED)}",
    "waiting": f"({_BORNE_OUT['pending']} OR {_BORNE_OUT['deferred']})",
    "all": "true",
    "unaccounted": "coalesce(NOT (" + " OR ".join(f"({borne})" for borne in _BORNE_OUT.values()) + "), true)",
}
# These have a row in the waiting list, whose index lists them without a look at the accepted.
LISTED = {state.counter: int(state) for state in MessageState if state not in _UNLISTED} | dict.fromkeys(
    counters.PARTS, int(MessageState.REFUSED)
)

_COLUMNS = """m.id, m.email, m.contact_id, m.state, m.attempts, coalesce(m.reply, ''), m.accepted_at,
    coalesce(w.category, ''), w.retry_at"""
_BY_MESSAGE = """
SELECT {columns} FROM delivery_message m LEFT JOIN delivery_waiting w ON w.message_id = m.id
WHERE m.batch_id = %(batch)s AND m.id BETWEEN %(first)s AND %(last)s AND {which} AND {found}
ORDER BY m.id LIMIT %(limit)s
"""
_BY_WAITING = """
SELECT {columns} FROM delivery_waiting w JOIN delivery_message m ON m.id = w.message_id
WHERE w.batch_id = %(batch)s AND w.state = %(state)s AND w.message_id BETWEEN %(first)s AND %(last)s
AND {which} AND {found}
ORDER BY w.message_id LIMIT %(limit)s
"""
_MISSING = """
SELECT n, '', NULL::bigint, NULL::smallint, 0, '', NULL::timestamptz, '', NULL::timestamptz
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
WHERE NOT EXISTS (SELECT 1 FROM delivery_message m WHERE m.id = n) ORDER BY n LIMIT %(limit)s
"""


def messages(
    batch: Batch,
    term: str = "all",
    *,
    after: int = 0,
    limit: int = 50,
    search: str = "",
    lane: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[MessageRow]:
    """Up to `limit` messages of a term with ids above `after`, in the order of their ids.

    `term` is a term of the tally, "unaccounted", "all", or a part: of waiting "pending" and "deferred", of refused
    "hard" and "blocked". `search` finds any part of the address, `lane` the mailboxes of one provider; `since` and
    `until` (which is left out itself) are moments of acceptance.
    """
    if batch.first_id is None or batch.last_id is None or not batch.total:
        return []
    values: dict[str, Any] = {
        "batch": batch.pk,
        "first": max(batch.first_id, after + 1),
        "last": batch.last_id,
        "limit": limit,
        "state": LISTED.get(term),
        "like": f"%{_literally(search.strip().lower())}%",
    }
    found = "lower(m.email) LIKE %(like)s" if search.strip() else "true"
    if lane in mailbox_providers.LANES:
        lane_of, domains = mailbox_providers.named_sql("m.email")
        found += f" AND {lane_of} = '{lane}'"
        values |= domains
    for sign, name, moment in ((">=", "since", since), ("<", "until", until)):
        if moment is not None:
            found += f" AND m.accepted_at {sign} %({name})s"
            values[name] = moment
    template = _BY_WAITING if term in LISTED else _BY_MESSAGE
    rows = _rows(template.format(columns=_COLUMNS, which=WHICH[term], found=found), values)
    if term == "unaccounted" and batch.kind == Batch.Kind.CLOSED and found == "true":
        rows = sorted([*rows, *_rows(_MISSING, values)], key=lambda row: row.id)[:limit]
    return rows


def _rows(sql: str, values: dict[str, Any]) -> list[MessageRow]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [MessageRow(*row) for row in cursor.fetchall()]


def _literally(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
