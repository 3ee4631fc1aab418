"""The calendar of a provider's retries, shared by all batches and workers: many deferred at once come back spread."""

from typing import Any

from accounts.database import locks
from delivery.models import Provider
from delivery.policy.retry import Calendar
from delivery.throttling import limits

_BOOKED = (
    "SELECT minute, count FROM delivery_retryminute WHERE provider_id = %s AND minute > now() - interval '1 minute'"
)
_BOOK = """
    INSERT INTO delivery_retryminute AS r (provider_id, minute, count)
    SELECT %s, o.minute, o.count FROM unnest(%s::timestamptz[], %s::int[]) AS o(minute, count)
    ON CONFLICT (provider_id, minute) DO UPDATE SET count = r.count + excluded.count
"""
_FORGET = "DELETE FROM delivery_retryminute WHERE provider_id = %s AND minute < now() - interval '1 hour'"


def open_calendar(cursor: Any, provider: Provider | None) -> Calendar | None:
    """None for a provider without a pace. Until the end of the transaction nobody else books with this provider."""
    rate = limits.Limits.of(provider).rate_per_second if provider else None
    if provider is None or rate is None:
        return None
    locks.hold(cursor, locks.Kind.RETRIES, provider.pk)
    cursor.execute(_BOOKED, [provider.pk])
    return Calendar(rate, dict(cursor.fetchall()))


def keep(cursor: Any, provider: Provider | None, calendar: Calendar | None) -> None:
    """Write what was booked, in the transaction that defers the messages."""
    if provider is None or calendar is None or not calendar.added:
        return
    minutes = sorted(calendar.added)
    cursor.execute(_BOOK, [provider.pk, minutes, [calendar.added[minute] for minute in minutes]])
    cursor.execute(_FORGET, [provider.pk])
