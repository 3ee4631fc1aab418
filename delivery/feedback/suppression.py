"""Addresses that a server says do not exist: suppressed, unless a whole domain denies its people at once."""

import time
from collections.abc import Iterable

from django.db import connection

from contacts import consent
from contacts.models import Suppression
from contacts.suppression import holding
from delivery.models import Batch, MessageState
from delivery.outcomes import Outcome
from delivery.policy import stop_rules

BOUNCE = holding.BOUNCE
_WINDOW_SECONDS = 600
BOUNCES_WITHIN_SECONDS = 5 * 86_400
# Counting what a domain got is a look at many rows: only when it has denied twice as many as last time.
_looked: dict[tuple[int, str], tuple[float, int]] = {}


def suppress(outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        words = f"{outcome.code} {outcome.text}"
        consent.suppress(
            outcome.email,
            Suppression.Reason.HARD_BOUNCE,
            detail=words,
            source=holding.SMTP,
            message_id=outcome.message_id,
        )


def hold_mass_events(batch_id: int, outcomes: Iterable[Outcome], *, tried_within: int = _WINDOW_SECONDS) -> None:
    """Put on hold what a domain denied lately if that is too much to be true; a person reviews it.

    Called after the outcomes are written, because they are among what the domain got. `tried_within`: seconds that a
    denial may come after the mail; an answer at once leaves no room, a returned mail takes days.
    """
    domains = {outcome.email.rpartition("@")[2].lower() for outcome in outcomes}
    if not domains:
        return
    held = holding.domains(domains)
    denied = holding.recently_denied(domains - held, _WINDOW_SECONDS, at_least=stop_rules.ENOUGH_DENIED)
    for domain, count in denied.items():
        if not _is_worth_a_look(batch_id, domain, count):
            continue
        if stop_rules.is_mass_event(count, _tried(batch_id, domain, count, tried_within)):
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


def _tried(batch_id: int, domain: str, denied: int, within_seconds: int) -> int:
    """How many of the domain the batch has tried lately, counted no further than it takes to judge."""
    enough = 10 * denied
    first_id, last_id = Batch.objects.values_list("first_id", "last_id").get(pk=batch_id)
    if first_id is None or last_id is None:  # single mails, one by one: no domain answers for many at once
        return enough
    with connection.cursor() as cursor:
        cursor.execute(_TRIED, [batch_id, first_id, last_id, domain, within_seconds, enough])
        return int(cursor.fetchone()[0])


_TRIED = f"""
SELECT count(*) FROM (
    SELECT 1 FROM delivery_message m
    WHERE m.batch_id = %s AND m.id BETWEEN %s AND %s AND substring(lower(m.email) FROM '[^@]*$') = %s
    AND (m.state = {MessageState.REFUSED} OR m.accepted_at > now() - %s * interval '1 second')
    LIMIT %s) tried
"""  # noqa: S608
