"""Draining: no new chunk is taken, what is in hand is finished, and then the provider is paused."""

from threading import Thread
from typing import Any

import pytest
from django.db import connection

from delivery.dispatch import tick
from delivery.engine import turn
from delivery.ledger import tally
from delivery.models import ProviderHour, Route
from delivery.providers import draining, hours
from tests.delivery.engine import conftest
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.test_failover import second


def test_what_is_in_hand_leaves_and_the_rest_goes_on_through_the_next(
    serve: Any, provider_of: Any, batch_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "CHUNK", 10)
    server, other = serve(delay=0.01, hold_after=4), serve()
    provider = provider_of(server, connections=2)
    batch = batch_of(provider, 300)
    thread = Thread(target=run, args=(provider.pk, batch.stream))
    thread.start()
    server.wait_until_held()
    provider.drain("Drained by hand.")
    settle()
    provider.refresh_from_db()
    assert provider.is_draining, "something is in hand yet"
    assert draining.in_hand(provider)
    server.release()
    thread.join(60)
    taken = len(server.accepted())
    assert 0 < taken < 300
    assert not batch.chunks.filter(is_done=False, accepted__gt=0).exists(), "chunks in hand were finished"
    settle()
    provider.refresh_from_db()
    assert provider.is_paused
    assert provider.state_reason == "Drained by hand."
    backup = second(other)
    Route.objects.create(provider=provider)
    Route.objects.create(provider=backup, position=2)
    (onward,) = draining.left(provider)
    assert (onward.people, onward.names) == (300 - taken, "Second")
    offer(batch, to=backup)
    turn.run(backup.pk, batch.stream)
    assert len({*server.accepted(), *other.accepted()}) == 300
    assert tally(batch).words == "300 = 300 + 0 + 0 + 0 + 0"
    assert hours.last_day(provider).accepted == taken
    assert hours.last_day(backup).accepted == 300 - taken


def test_a_provider_with_nothing_in_hand_is_paused_by_the_next_tick(serve: Any, provider_of: Any) -> None:
    provider = provider_of(serve())
    provider.drain("Drained by hand.")
    tick.tick()
    provider.refresh_from_db()
    assert provider.is_paused
    provider.resume()
    assert not provider.is_stopped


def test_every_try_is_counted_once_in_its_hour(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    replies = {"p1@example.org": "550 5.1.1 No such user", "p2@example.org": "452 4.2.2 Full"}
    server = serve(rules={"rcpt": lambda talk: replies.get(talk.recipient)})
    provider = provider_of(server)
    send(batch_of(provider, 20))
    tries = hours.last_day(provider)
    assert (tries.accepted, tries.deferred, tries.refused, tries.uncertain) == (18, 1, 1, 0)
    assert tries.total == 20
    assert tries.seconds_each
    ProviderHour.objects.update(hour="2020-01-01T00:00Z")
    assert hours.last_day(provider).total == 0
    hours.forget_old()
    assert not ProviderHour.objects.exists()


def run(provider_id: int, stream: str) -> None:
    turn.run(provider_id, stream)
    connection.close()


def settle() -> None:
    with connection.cursor() as cursor:
        draining.settle(cursor)
