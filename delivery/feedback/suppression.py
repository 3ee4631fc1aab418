"""Addresses that a server says do not exist: suppressed, unless a whole domain denies its people at once."""

import time
from collections import Counter
from collections.abc import Iterable

from django.db import connection

from contacts import consent
from contacts.consent import Suppressing
from contacts.models import Suppression
from contacts.suppression import holding
from delivery.models import Batch, MessageState
from delivery.outcomes import Outcome
from delivery.policy import stop_rules

BOUNCE = holding.BOUNCE
_WINDOW_SECONDS = 600
_BATCHES_KEPT = 4
_sent: dict[int, tuple[float, Counter[str] | None]] = {}
# Counting what a domain got is a look at many rows: only when it has denied twice as many as last time.
_looked: dict[tuple[int, str], tuple[float, int]] = {}


def suppress(outcomes: Iterable[Outcome]) -> None:
    reason = Suppression.Reason.HARD_BOUNCE
    consent.suppress_all(
        Suppressing(outcome.email, reason, f"{outcome.code} {outcome.text}", holding.SMTP, outcome.message_id)
        for outcome in outcomes
    )


def hold_mass_events(batch_id: int, outcomes: Iterable[Outcome], *, came_later: bool = False) -> None:
    """Put on hold what a domain denied lately if that is too much to be true; a person reviews it.

    Called after the outcomes are written, because they are among what the domain got. An answer at once is compared
    with what the domain got lately, a returned mail, which may take days (`came_later`), with all of its batch.
    """
    domains = {outcome.email.rpartition("@")[2].lower() for outcome in outcomes}
    if not domains:
        return
    held = holding.domains(domains)
    denied = holding.recently_denied(domains - held, _WINDOW_SECONDS, at_least=stop_rules.ENOUGH_DENIED)
    for domain, count in denied.items():
        if not _is_worth_a_look(batch_id, domain, count):
            continue
        tried = _tried_in_all(batch_id, domain, count) if came_later else _tried(batch_id, domain, count)
        if stop_rules.is_mass_event(count, tried):
            held.add(domain)
    for domain in held:
        holding.hold(domain, _WINDOW_SECONDS)


def _is_worth_a_look(batch_id: int, domain: str, denied: int) -> bool:
    now = time.monotonic()
    at, before = _looked.get((batch_id, domain), (-_WINDOW_SECONDS, 0))
    if now - at < _WINDOW_SECONDS and denied < 2 * before:
        return False
    if len(_looked) > 10_000:
        _looked.clear()
    _looked[batch_id, domain] = (now, denied)
    return True


def _tried(batch_id: int, domain: str, denied: int) -> int:
    """How many of the domain the batch has tried lately, counted no further than it takes to judge."""
    enough = 10 * denied
    first_id, last_id = Batch.objects.values_list("first_id", "last_id").get(pk=batch_id)
    if first_id is None or last_id is None:  # single mails, one by one: no domain answers for many at once
        return enough
    with connection.cursor() as cursor:
        cursor.execute(_TRIED, [batch_id, first_id, last_id, domain, _WINDOW_SECONDS, enough])
        return int(cursor.fetchone()[0])


def _tried_in_all(batch_id: int, domain: str, denied: int) -> int:
    """How many of the domain the whole batch has tried: one look at all of its rows, good for some minutes."""
    at, sent = _sent.get(batch_id, (-_WINDOW_SECONDS, None))
    if time.monotonic() - at >= _WINDOW_SECONDS:
        if len(_sent) >= _BATCHES_KEPT:
            _sent.clear()
        sent = _sent_by_domain(batch_id)
        _sent[batch_id] = time.monotonic(), sent
    return 10 * denied if sent is None else sent[domain]


def _sent_by_domain(batch_id: int) -> Counter[str] | None:
    """None for single mails, one by one: no domain answers for many at once."""
    first_id, last_id = Batch.objects.values_list("first_id", "last_id").get(pk=batch_id)
    if first_id is None or last_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [batch_id, first_id, last_id])
        return Counter(dict(cursor.fetchall()))


_SENT = f"""
SELECT split_part(lower(m.email), '@', -1), count(*) FROM delivery_message m
WHERE m.batch_id = %s AND m.id BETWEEN %s AND %s AND m.state IN ({MessageState.REFUSED}, {MessageState.ACCEPTED})
GROUP BY 1
"""  # noqa: S608
_TRIED = f"""
SELECT count(*) FROM (
    SELECT 1 FROM delivery_message m
    WHERE m.batch_id = %s AND m.id BETWEEN %s AND %s AND split_part(lower(m.email), '@', -1) = %s
    AND (m.state = {MessageState.REFUSED} OR m.accepted_at > now() - %s * interval '1 second')
    LIMIT %s) tried
"""  # noqa: S608
