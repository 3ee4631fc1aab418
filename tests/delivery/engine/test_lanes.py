"""A lane whose servers ask for less goes slower, by itself: the others do not wait for it."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from delivery.dispatch import tick
from delivery.engine import turn
from delivery.ledger import tally
from delivery.models import Batch, Chunk, LanePace, Message, Provider
from delivery.policy import slowdown
from delivery.throttling import lane_rates
from tests.delivery.engine.conftest import offer


def by_lanes(batch: Batch) -> None:
    """Make its chunks homogeneous, by what the addresses say: gmail first, then yahoo, then other."""
    rows = list(Message.objects.filter(batch=batch).order_by("id"))
    batch.chunks.all().delete()
    for lane, ending in (("gmail", "gmail.com"), ("yahoo", "yahoo.com"), ("other", "example.org")):
        ids = [row.id for row in rows if row.email.endswith(ending)]
        if ids:
            chunk = {"lane": lane, "first_id": ids[0], "last_id": ids[-1], "size": len(ids), "pending": len(ids)}
            Chunk.objects.create(batch=batch, **chunk)
    offer(batch)


def addresses(n: int, *domains: str) -> list[str]:
    return [f"p{i}@{domain}" for domain in domains for i in range(n)]


def reached(server: Any, batch: Batch, domain: str) -> int:
    ids = {int(name.strip("<>").partition("@")[0]) for name in server.accepted()}
    return Message.objects.filter(batch=batch, id__in=ids, email__endswith=domain).count()


def test_throttled_lane_slows_down_and_the_others_go_on(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    rule = lambda t: "421 4.7.0 too many messages, slow down" if "gmail" in t.recipient else None  # noqa: E731
    server = serve(rules={"rcpt": rule})
    provider = provider_of(server)
    batch = batch_of(provider, addresses(300, "gmail.com", "yahoo.com", "example.org"))
    by_lanes(batch)
    ends_at = time.monotonic() + 60
    while len(server.accepted()) < 600 and time.monotonic() < ends_at:
        tick.tick()
        send(batch)
    assert len(server.accepted()) == 600, "yahoo's and the rest's"
    pace = LanePace.objects.get()
    assert (pace.lane, pace.rate) == ("gmail", 125)
    assert "slow down" in pace.words
    assert tally(batch).deferred < 100, "what is left is not pressed upon them"
    assert tally(batch).unaccounted == 0


def test_slowed_lane_keeps_its_rate_over_turns(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some seconds of a lane that takes two a second, beside one that takes all."""
    monkeypatch.setattr(turn, "TURN_SECONDS", 2.0)
    server = serve()
    provider = provider_of(server)
    LanePace.objects.create(provider=provider, lane="gmail", rate=120, was=240, changed_at=timezone.now())
    batch = batch_of(provider, addresses(300, "gmail.com", "example.org"))
    by_lanes(batch)
    started = timezone.now()
    while (spent := (timezone.now() - started).total_seconds()) < 5 or reached(server, batch, "example.org") < 300:
        assert spent < 120
        tick.tick()
        send(batch)
    assert reached(server, batch, "example.org") == 300
    assert 1 <= reached(server, batch, "gmail.com") <= 2 * spent + 1
    assert LanePace.objects.get().accepted == reached(server, batch, "gmail.com")


def test_slowed_lane_goes_on_with_a_new_connection(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    """Within the turn, also where nothing else is sent: this server takes one mail a connection."""
    server = serve()
    provider = provider_of(server, messages_per_connection=1)
    LanePace.objects.create(provider=provider, lane="gmail", rate=600, was=1200, changed_at=timezone.now())
    batch = batch_of(provider, addresses(5, "gmail.com"))
    by_lanes(batch)
    while not server.accepted():  # a pace that Redis does not know yet begins after a moment
        offer(batch)
        send(batch)
    assert len(server.accepted()) == 5
    assert tally(batch).accepted == 5


def test_held_lane_is_left_alone_until_its_time(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    provider = provider_of(server)
    later = timezone.now() + timedelta(hours=2)
    pace = LanePace.objects.create(provider=provider, lane="yahoo", held_until=later)
    batch = batch_of(provider, addresses(20, "yahoo.com", "example.org"))
    by_lanes(batch)
    send(batch)
    assert reached(server, batch, "example.org") == 20
    assert reached(server, batch, "yahoo.com") == 0
    tick.tick()
    assert not batch.chunks.filter(lane="yahoo", offered_until__gt=timezone.now()).exists()
    LanePace.objects.filter(pk=pace.pk).update(held_until=timezone.now())
    tick.tick()
    send(batch)
    assert reached(server, batch, "yahoo.com") == 20


def test_server_that_ends_a_busy_connection_with_a_throttle_is_heard(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    rule = lambda t: "421 4.7.28 unusual rate of mail, slow down" if t.accepted >= 3 else None  # noqa: E731
    server = serve(rules={"mail": rule})
    batch = batch_of(provider_of(server, connections=1), addresses(30, "gmail.com"))
    by_lanes(batch)
    send(batch)
    assert LanePace.objects.get().rate == 125
    assert not server.twice()


def test_too_many_connections_are_halved_for_an_hour(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    rule = lambda t: "421 4.3.2 too many concurrent connections" if t.recipient.startswith("p1@") else None  # noqa: E731
    server = serve(rules={"rcpt": rule})
    provider: Provider = provider_of(server, connections=8)
    send(batch_of(provider, 50))
    provider.refresh_from_db()
    assert provider.connections_now == 4
    Provider.objects.update(fewer_until=timezone.now())
    provider.refresh_from_db()
    assert provider.connections_now == 8


def test_server_that_greets_with_too_many_is_asked_for_fewer(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    crowded: list[Any] = []
    rule = lambda t: "421 4.3.2 too many concurrent connections" if crowded[0].open > 2 else None  # noqa: E731
    server = serve(rules={"greeting": rule}, delay=0.01)
    crowded.append(server)
    provider: Provider = provider_of(server, connections=8)
    batch = batch_of(provider, 100)
    send(batch)
    assert tally(batch).accepted == 100
    provider.refresh_from_db()
    assert provider.connections_now == 4


def test_rehearsal_teaches_nothing_about_real_servers(provider_of: Any, serve: Any) -> None:
    sandbox = provider_of(serve(), kind="sandbox")
    assert lane_rates.note(None, sandbox, "gmail", [], 5) == slowdown.FREE
