"""The one way in for what comes back, whoever brings it: kept first, read afterwards by the feedback process."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import psycopg
from django.db import connection
from django.utils import timezone

from accounts.wording import storable
from delivery.models import Returned

# More of a mail is not kept: what a report says, and the headers it returns, stand in front.
LARGEST_BYTES = 1_000_000
MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Item:
    """A mail, or a request in a form that delivery.feedback.forms knows."""

    raw: bytes
    envelope_to: str = ""
    form: str = MAIL
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`ids` in the order of what was handed in; None: it had come before, by this way or another."""

    ids: Sequence[int | None]


def take(items: Iterable[Item], *, way: Returned.Way, source: str, provider_id: int | None = None) -> Receipt:
    """Once this has returned (and its transaction committed), what was handed in is safe. Raises DatabaseError."""
    now = timezone.now()
    rows = [(item, _kept(item.form, item.raw)) for item in items]
    digests = [digest(item.form, raw) for item, raw in rows]
    connection.ensure_connection()
    # Not Django's cursor, which writes values into the statement: megabytes of hexadecimal digits to parse.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            _TAKE,
            [
                str(way),
                source[:80],
                provider_id,
                str(Returned.State.WAITING),
                [item.form for item, _ in rows],
                [storable(item.envelope_to, 320) for item, _ in rows],
                [raw for _, raw in rows],
                digests,
                [item.received_at or now for item, _ in rows],
            ],
        )
        taken = {bytes(of): number for number, of in cursor.fetchall()}
    return Receipt([taken.pop(of, None) for of in digests])


def digest(form: str, raw: bytes) -> bytes:
    return blake2b(_kept(form, raw), digest_size=16, key=form.encode()).digest()


def _kept(form: str, raw: bytes) -> bytes:
    """A request says nothing when it is cut off: whoever takes it in bounds it."""
    return raw[:LARGEST_BYTES] if form == MAIL else raw


_TAKE = """
INSERT INTO delivery_returned (way, source, provider_id, state, form, envelope_to, raw, digest, received_at, words,
    due_at, tries, is_believed)
SELECT %s, %s, %s, %s, form, envelope_to, raw, digest, received_at, '', now(), 0, false
FROM unnest(%s::text[], %s::text[], %b::bytea[], %b::bytea[], %s::timestamptz[])
    AS given (form, envelope_to, raw, digest, received_at)
ON CONFLICT (digest) DO NOTHING RETURNING id, digest
"""
