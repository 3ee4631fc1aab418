"""A relay that refuses everybody in the words for a dead mailbox: nobody is suppressed until it accepts somebody."""

from typing import Any

from django.utils import timezone

from contacts.models import Suppression
from delivery.dispatch import tick
from delivery.ledger import proving, states, tally
from delivery.models import Batch, Message, MessageState, Waiting
from tests.delivery.engine.conftest import offer


def refuse_everybody(talk: Any) -> str:
    return f"550 Invalid recipient: <{talk.recipient}>"


def due_now(batch: Batch) -> None:
    Waiting.objects.filter(batch=batch).update(retry_at=timezone.now())


def test_a_relay_that_refuses_everybody_stops_the_campaign_and_suppresses_nobody(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(rules={"rcpt": refuse_everybody})
    batch = batch_of(provider_of(server), 400)
    send(batch)
    assert tally(batch).words == "400 = 0 + 400 + 0 + 0 + 0", "all wait"
    assert set(Waiting.objects.values_list("category", flat=True)) == {"unproven"}
    proving.settle_all()
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    assert batch.state_reason.startswith("Relay has refused everybody so far (400 people)")
    assert not Suppression.objects.exists()


def test_once_it_relays_everybody_gets_the_mail(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    relays: list[bool] = []
    server = serve(rules={"rcpt": lambda talk: None if relays else refuse_everybody(talk)})
    begun = {"built_at": timezone.now(), "started_at": timezone.now()}
    batch = batch_of(provider_of(server), 30, **begun)
    send(batch)
    proving.settle_all()
    batch.refresh_from_db()
    relays.append(True)
    states.resume(batch)
    proving.settle_all()
    batch.refresh_from_db()
    assert batch.state == Batch.State.SENDING, "a person has seen these"
    due_now(batch)
    tick.tick()
    offer(batch)
    send(batch)
    assert len(server.accepted()) == 30
    assert tally(batch).words == "30 = 30 + 0 + 0 + 0 + 0"
    assert not Suppression.objects.exists()


def test_dead_addresses_are_settled_when_somebody_else_is_accepted(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """The first two are dead, and refused before anybody is accepted."""
    opened: list[bool] = []

    def rule(talk: Any) -> str | None:
        dead = talk.recipient in {"p0@example.org", "p1@example.org"}
        return refuse_everybody(talk) if dead or not opened else None

    server = serve(rules={"rcpt": rule})
    batch = batch_of(provider_of(server), 10)
    send(batch)
    assert tally(batch).words == "10 = 0 + 10 + 0 + 0 + 0"
    opened.append(True)
    Waiting.objects.exclude(message_id__in=dead_ids(batch)).update(retry_at=timezone.now())
    tick.tick()
    offer(batch)
    send(batch)
    assert tally(batch).words == "10 = 8 + 2 + 0 + 0 + 0"
    proving.settle_all()
    batch.refresh_from_db()
    assert tally(batch).words == "10 = 8 + 0 + 2 + 0 + 0"
    assert batch.hard == 2
    assert set(Suppression.objects.values_list("email", flat=True)) == {"p0@example.org", "p1@example.org"}
    proving.settle_all()
    assert tally(batch).words == "10 = 8 + 0 + 2 + 0 + 0", "once"


def test_words_that_name_the_mailbox_need_no_proof(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(rules={"rcpt": lambda talk: "550 5.1.1 User unknown"})
    batch = batch_of(provider_of(server), 3)
    send(batch)
    assert tally(batch).refused == 3
    assert Suppression.objects.count() == 3


def dead_ids(batch: Batch) -> list[int]:
    dead = Message.objects.filter(batch=batch, email__in=["p0@example.org", "p1@example.org"])
    return list(dead.filter(state=MessageState.DEFERRED).values_list("pk", flat=True))
