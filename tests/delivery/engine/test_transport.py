"""The engine over a transport that knows nothing of SMTP: requests of many letters, each with an answer or none."""

from typing import Any

import pytest

from contacts.models import Suppression
from delivery.ledger import tally
from delivery.models import Attempt, Message, MessageState, Provider
from delivery.transports import kinds
from delivery.transports.smtp.wire import Reply
from tests.delivery.engine.service import BATCH, Requests, Service


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """What providers of kind SMTP are reached by, in these tests."""
    made = Service()
    monkeypatch.setitem(kinds._OF_KIND, Provider.Kind.SMTP, lambda provider: Requests(made))
    return made


@pytest.fixture
def provider(transactional_db: None) -> Provider:
    return Provider.objects.create(name="Service", host="api.example.org", connections=3)


def test_mail_leaves_by_requests_and_the_receipt_of_each_is_kept(
    service: Service, provider: Provider, batch_of: Any, send: Any
) -> None:
    batch = batch_of(provider, 65)
    send(batch)
    assert tally(batch).words == "65 = 65 + 0 + 0 + 0 + 0"
    asked = [email for request in service.requests for email in request]
    assert sorted(asked) == sorted(set(asked))
    assert max(map(len, service.requests)) == BATCH
    message = Message.objects.get(batch=batch, email="p3@example.org")
    assert message.reply is not None
    assert "<p3@example.org." in message.reply


def test_no_more_requests_are_on_their_way_than_the_provider_has_connections(
    service: Service, provider: Provider, batch_of: Any, send: Any
) -> None:
    send(batch_of(provider, 300))
    assert 1 < service.most_at_once <= 3


def test_a_request_without_an_answer_leaves_its_letters_uncertain_and_unsent(
    service: Service, provider: Provider, batch_of: Any, send: Any
) -> None:
    service.is_silent = lambda number: number == 2
    batch = batch_of(provider, 60)
    send(batch, turns=2)
    silent = service.requests[1]
    uncertain = Message.objects.filter(batch=batch, state=MessageState.UNCERTAIN)
    assert sorted(uncertain.values_list("email", flat=True)) == sorted(silent)
    assert tally(batch).accepted == 60 - len(silent)
    assert sum(email in silent for request in service.requests for email in request) == len(silent)


def test_each_letter_of_a_request_has_an_answer_of_its_own(
    service: Service, provider: Provider, batch_of: Any, send: Any
) -> None:
    refusal = Reply(550, ("5.1.1 no such user",))
    service.answer = lambda email: refusal if email.startswith("p7@") else None
    batch = batch_of(provider, 20)
    send(batch)
    assert tally(batch).words == "20 = 19 + 0 + 1 + 0 + 0"
    assert Suppression.objects.get().email == "p7@example.org"
    assert Attempt.objects.get(decision="refused").code == 550


def test_what_the_transport_cannot_carry_is_skipped_with_its_words(
    service: Service, provider: Provider, batch_of: Any, send: Any
) -> None:
    batch = batch_of(provider, ["a@example.org", "sms1@example.org"])
    send(batch)
    assert tally(batch).words == "2 = 1 + 0 + 0 + 0 + 1"
    assert Message.objects.get(email="sms1@example.org").reply == "The service takes mail only"
