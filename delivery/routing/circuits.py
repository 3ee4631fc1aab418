"""A provider's circuit, read and changed by all workers: what a turn met becomes a state in the database."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from delivery import replies
from delivery.models import Breaker, Provider
from delivery.policy import circuit_breaker
from delivery.policy.circuit_breaker import Circuit
from delivery.replies import Category

_WANTS_TLS = "{host} takes no mail in plain text. Choose STARTTLS as its encryption."
_CANNOT = "{host} cannot be used at the moment: {why}."
_BROKE_OFF = "{host} breaks off before it has taken a message: {why}."
_THROTTLED = "{host} asked us to slow down in more than one answer of five."


def refused(provider: Provider, category: Category, detail: str, wait_seconds: float = 0.0) -> None:
    """The server said something after which it is to be left alone; `wait_seconds`: for how long, if it said so."""
    words = _WANTS_TLS if "STARTTLS" in detail else f"{{host}}: {replies.WORDS[category]}"
    words = words.format(host=provider.host)
    hint = wait_seconds or replies.hint_seconds(detail)
    cause = circuit_breaker.cause_of(category)
    _change(provider, lambda was, now: circuit_breaker.opened(was, cause, now, hint_seconds=hint), words, detail)


def could_not_connect(provider: Provider, why: str, detail: str = "") -> None:
    words = _CANNOT.format(host=provider.host, why=why.rstrip("."))
    _change(provider, circuit_breaker.could_not_connect, words, detail)


def broke_off(provider: Provider, why: str, times: int) -> None:
    """Connections were opened and lost again, and not one message was taken."""
    words = _BROKE_OFF.format(host=provider.host, why=why.rstrip("."))
    _change(provider, lambda was, now: circuit_breaker.could_not_connect(was, now, times), words)


def connected(provider: Provider) -> None:
    _change(provider, lambda was, _: circuit_breaker.connected(was))


def answered(provider: Provider, accepted: int, throttled: int) -> None:
    words = _THROTTLED.format(host=provider.host)
    _change(provider, lambda was, now: circuit_breaker.answered(was, accepted, throttled, now), words)


def circuits() -> dict[int, Circuit]:
    """Of the providers that had trouble, by id."""
    return {found.provider_id: found.circuit for found in Breaker.objects.all()}


def begin_probe(provider_id: int) -> bool:
    """Whether the caller, and nobody else, is to try the provider now, with one message."""
    with transaction.atomic():
        found = Breaker.objects.select_for_update().filter(pk=provider_id).first()
        half_open = circuit_breaker.probing(found.circuit, timezone.now()) if found else None
        if found is None or half_open is None:
            return False
        found.take(half_open, "", "")
        return True


def end_probe(provider: Provider, *, arrived: bool | None) -> None:
    """None: nothing could be tried."""
    if arrived:
        _change(provider, circuit_breaker.closed)
    elif arrived is None:
        _change(provider, circuit_breaker.probe_without_message)
    else:
        _change(provider, circuit_breaker.probe_failed)


def close(provider_id: int) -> None:
    """A person's test of the connection passed."""
    _change(Provider(pk=provider_id), circuit_breaker.closed)


def try_now(provider: Provider) -> None:
    """Its settings have changed: it need not wait for its next try."""
    Breaker.objects.filter(pk=provider.pk, state=Breaker.State.OPEN).update(next_try_at=timezone.now())


def _change(
    provider: Provider, change: Callable[[Circuit, datetime], Circuit], words: str = "", detail: str = ""
) -> None:
    with transaction.atomic():
        found = Breaker.objects.select_for_update().filter(pk=provider.pk).first()
        if found is None:
            Breaker.objects.bulk_create([Breaker(provider_id=provider.pk)], ignore_conflicts=True)
            found = Breaker.objects.select_for_update().get(pk=provider.pk)
        was = found.circuit
        became = change(was, timezone.now())
        if became != was:
            found.take(became, words, detail)
