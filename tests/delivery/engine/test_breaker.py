"""Servers in trouble are left alone, tried with one message, and used again."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from delivery.dispatch import tick
from delivery.engine import process, turn
from delivery.ledger import tally
from delivery.models import Batch, Breaker, Chunk, Provider
from delivery.workers import turns
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.server import DROP, Server


def make_due() -> None:
    Breaker.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def minutes_to_next_try() -> float:
    next_try_at = Breaker.objects.get().next_try_at
    assert next_try_at
    return (next_try_at - timezone.now()) / timedelta(minutes=1)


def probe(server: Server, batch: Batch) -> None:
    assert batch.provider
    offer(batch)
    make_due()
    before = server.said("MAIL")
    turn.run(batch.provider.pk, batch.stream)
    assert server.said("MAIL") == before + 1


def test_heavy_throttling_opens_before_the_rest_is_tried(serve: Any, provider_of: Any, batch_of: Any) -> None:
    server = serve(rules={"rcpt": lambda _: "450 4.2.1 too many messages, slow down"}, delay=0.005)
    batch = batch_of(provider_of(server, connections=2), 400)
    while Breaker.objects.filter(state="open").count() == 0 and tally(batch).deferred < 200:  # a turn has its time
        offer(batch)
        turn.run(batch.provider.pk, batch.stream)
    assert 20 <= tally(batch).deferred < 200
    assert (Breaker.objects.get().state, Breaker.objects.get().cause) == ("open", "throttled")
    before = server.said("MAIL")
    offer(batch)
    turn.run(batch.provider.pk, batch.stream)
    assert server.said("MAIL") == before


def test_quota_is_waited_for(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    full = lambda _: "454 Throttling failure: Daily message quota exceeded."  # noqa: E731
    server = serve(rules={"mail": full})
    batch = batch_of(provider_of(server, connections=1), 10)
    send(batch, turns=2)
    found = Breaker.objects.get()
    assert (found.state, found.cause) == ("open", "quota")
    assert minutes_to_next_try() > 59
    assert server.said("MAIL") <= 2
    assert tally(batch).words == "10 = 0 + 10 + 0 + 0 + 0"
    assert not batch.provider.is_paused


def test_third_failed_connection_opens(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(rules={"greeting": lambda _: "421 4.3.0 going down"})
    batch = batch_of(provider_of(server), 3)
    for talks in (1, 2, 3, 3):
        send(batch)
        assert len(server.talks) == talks
    assert Breaker.objects.get().state == "open"
    assert "going down" in Breaker.objects.get().words


def test_half_open_sends_exactly_one_probe_and_success_closes(serve: Any, provider_of: Any, batch_of: Any) -> None:
    is_broken = [True]
    server = serve(rules={"mail": lambda _: DROP if is_broken[0] else None}, delay=0.01)
    batch = batch_of(provider_of(server), 50)
    for _ in range(3):  # a turn that gets no connection in time has seen nothing
        turn.run(batch.provider.pk, batch.stream)
        if Breaker.objects.exists():
            break
    assert Breaker.objects.get().state == "open", "every connection broke off"
    probe(server, batch)
    assert (Breaker.objects.get().state, Breaker.objects.get().openings) == ("open", 2)
    assert minutes_to_next_try() > 1.5, "longer than the first time"
    is_broken[0] = False
    probe(server, batch)
    assert Breaker.objects.get().state == "closed"
    offer(batch)
    turn.run(batch.provider.pk, batch.stream)
    assert tally(batch).accepted + tally(batch).deferred == 50
    assert len(server.accepted()) == tally(batch).accepted >= 40


def test_of_many_turns_one_probes(serve: Any, provider_of: Any, batch_of: Any) -> None:
    server = serve()
    batch = batch_of(provider_of(server), 50)
    Breaker.objects.create(provider=batch.provider, state="open", cause="connection", since=timezone.now(), openings=1)
    make_due()
    process.engine()
    threads = [Thread(target=turn.run, args=(batch.provider.pk, batch.stream)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(server.talks), len(server.accepted())) == (1, 1)
    assert Breaker.objects.get().state == "closed"


def test_open_provider_is_offered_one_chunk_when_it_is_time(serve: Any, provider_of: Any, batch_of: Any) -> None:
    batch = batch_of(provider_of(serve()), 1200)
    Chunk.objects.update(offered_at=None, offered_until=None)
    options = {"next_try_at": timezone.now() + timedelta(minutes=5), "openings": 1}
    Breaker.objects.create(provider=batch.provider, state="open", cause="quota", since=timezone.now(), **options)
    tick.tick()
    assert not Chunk.objects.exclude(offered_until=None).exists()
    make_due()
    tick.tick()
    assert Chunk.objects.exclude(offered_until=None).count() == 1
    Breaker.objects.update(next_try_at=timezone.now() + timedelta(minutes=5))
    assert not turns.kick(Provider.objects.get(), batch.stream), "no turn is queued only to find it is not time"


def test_one_connection_too_many_while_it_is_tried_halves_them_and_no_more(
    serve: Any, provider_of: Any, batch_of: Any
) -> None:
    server = serve(rules={"greeting": lambda _: "421 4.7.0 Too many connections"})
    provider = provider_of(server, connections=8)
    batch = batch_of(provider, 3)
    Breaker.objects.create(provider=provider, state="open", cause="connection", openings=1, since=timezone.now())
    turn.run(provider.pk, batch.stream)
    provider.refresh_from_db()
    assert len(server.talks) == 1
    assert provider.connections_now == 4


def test_lost_connections_count_also_when_the_turn_ends_before_the_next(
    serve: Any, provider_of: Any, batch_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second: after each loss the turn waits longer, and on a busy machine its time is up meanwhile."""
    monkeypatch.setattr(turn, "TURN_SECONDS", 0.2)
    batch = batch_of(provider_of(serve(rules={"mail": lambda _: DROP}), connections=1), 3)
    turn.run(batch.provider.pk, batch.stream)
    assert Breaker.objects.get().failures == 1
