"""More than one provider may carry a batch: who was offered a chunk carries it."""

import time
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from delivery import ledger
from delivery.dispatch import tick
from delivery.engine import recovery, turn
from delivery.ledger import tally
from delivery.models import Attempt, Batch, Breaker, Message, MessageState, MinuteCount, Provider, Route, Turn
from tests.delivery.engine import conftest as engine_fixtures
from tests.delivery.engine import plain
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.server import DROP, Server, Talk
from tests.delivery.engine.test_recovery import wait_for


def second(server: Server, **changes: Any) -> Provider:
    options = {"name": "Second", "host": "127.0.0.1", "port": server.port, "security": "none", "connections": 4}
    return Provider.objects.create(**{**options, **changes})


def test_who_was_offered_a_chunk_carries_it(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    first, other = serve(), serve()
    batch = batch_of(provider_of(first), 20)
    carrier = second(other)
    offer(batch, to=carrier)
    send(batch)
    assert not first.said("MAIL"), "it was not offered to the provider the batch was launched with"
    turn.run(carrier.pk, batch.stream)
    assert len(other.accepted()) == 20
    assert set(Message.objects.values_list("provider_id", flat=True)) == {carrier.pk}
    assert tally(batch).words == "20 = 20 + 0 + 0 + 0 + 0"


def test_paused_carrier_stops_and_another_goes_on_from_there(serve: Any, provider_of: Any, batch_of: Any) -> None:
    first, other = serve(delay=0.03, hold_after=1), serve()
    batch = batch_of(provider_of(first, connections=1), 120)
    thread = Thread(target=turn.run, args=(batch.provider_id, batch.stream))
    thread.start()
    first.wait_until_held()
    batch.provider.pause("Enough.")
    first.release()
    thread.join(60)
    assert 0 < len(first.accepted()) < 120
    offer(batch, to=second(other))
    turn.run(Provider.objects.get(name="Second").pk, batch.stream)
    assert len(first.accepted()) + len(other.accepted()) == len({*first.accepted(), *other.accepted()}) == 120
    assert tally(batch).words == "120 = 120 + 0 + 0 + 0 + 0"


def test_neither_a_rehearsal_leaves_the_sandbox_nor_real_mail_goes_there(
    serve: Any, provider_of: Any, batch_of: Any
) -> None:
    real, sandbox = serve(), serve()
    batch = batch_of(provider_of(real), 5)
    rehearsal = batch_of(second(sandbox, kind="sandbox"), ["ada@example.com"], content_id=2)
    offer(batch, to=rehearsal.provider)
    offer(rehearsal, to=batch.provider)
    for provider in (batch.provider, rehearsal.provider):
        turn.run(provider.pk, batch.stream)
    assert not real.accepted()
    assert not sandbox.accepted()
    assert (tally(batch).waiting, tally(rehearsal).waiting) == (5, 1)


def test_what_a_dead_worker_left_is_settled_under_its_provider(serve: Any, provider_of: Any, batch_of: Any) -> None:
    batch = batch_of(provider_of(serve()), 3)
    carrier = second(serve())
    batch.chunks.update(
        owner="5f0c6c5e-0000-4000-8000-000000000001",
        owner_host="elsewhere",
        lease_until="2020-01-01T00:00Z",
        window_end=3,
        offered_to=carrier.pk,
        epoch=1,
    )
    assert recovery.recover(batch.chunks.get().pk)
    assert set(Attempt.objects.values_list("provider_id", flat=True)) == {carrier.pk}
    assert set(Message.objects.values_list("provider_id", flat=True)) == {carrier.pk}


def route(*legs: tuple[Provider, int, int]) -> None:
    for provider, position, weight in legs:
        Route.objects.create(provider=provider, position=position, weight=weight, sender_domain="news.example")


def drive(batch: Batch, *, seconds: float = 60) -> None:
    """As dispatcher and workers do, in one process: offer, then a turn of every provider, until nobody can go on."""
    until = time.monotonic() + seconds
    while batch.chunks.filter(is_done=False).exists():
        assert time.monotonic() < until, "it takes too long"
        tick.tick()
        Turn.objects.all().delete()
        offered = batch.chunks.filter(is_done=False, owner=None, offered_until__gt=timezone.now())
        carriers = set(offered.values_list("offered_to", flat=True))
        if not carriers:
            return
        for provider_id in carriers:
            turn.run(provider_id or 0, batch.stream)


def refuses_the_login(broken: list[bool]) -> dict[str, Any]:
    """New connections are refused the login; what is open is cut off, as if the account had been locked."""
    return {"auth": lambda _: "535 5.7.8 no" if broken[0] else None, "mail": lambda _: DROP if broken[0] else None}


def answers_421(broken: list[bool]) -> dict[str, Any]:
    rule = lambda _: "421 4.3.2 shutting down" if broken[0] else None  # noqa: E731
    return {"greeting": rule, "mail": rule}


def drops_connections(broken: list[bool]) -> dict[str, Any]:
    rule = lambda _: DROP if broken[0] else None  # noqa: E731
    return {"greeting": rule, "mail": rule}


@pytest.mark.parametrize("trouble", [refuses_the_login, answers_421, drops_connections])
def test_second_provider_takes_over_in_the_middle_and_nobody_gets_it_twice(
    trouble: Any, serve: Any, provider_of: Any, batch_of: Any
) -> None:
    """Some seconds: 1,500 mails, and the turns it takes to see that the first is away."""
    broken = [False]
    rules = trouble(broken)

    def breaks(talk: Talk) -> None:
        broken[0] = broken[0] or len(first.accepted()) >= 400

    first, other = serve(rules=rules | {"dot": breaks}, features=["PIPELINING", "AUTH PLAIN"]), serve()
    relay = provider_of(first, username="ada", connections=3)
    relay.password = "secret"
    relay.save()
    batch = batch_of(relay, 1500, sender_domain="news.example")
    route((relay, 1, 1), (second(other), 2, 1))
    drive(batch)
    line = tally(batch)
    got = first.accepted() + other.accepted()
    assert len(got) == len(set(got)), "nobody twice"
    assert len(first.accepted()) >= 400
    assert len(other.accepted()) > 1000
    assert line.accepted == len(got)
    assert line.uncertain == 0, "no dot was unresolved when it broke"
    assert line.unaccounted == 0
    assert line.accepted + line.deferred == 1500, "whose connection broke twice is tried again later"
    accepted = Message.objects.filter(batch=batch, state=MessageState.ACCEPTED).values_list("id", flat=True)
    assert set(got) == {f"<{number}@nordlicht.example>" for number in accepted}, "whoever carries it"
    assert Breaker.objects.get().state == "open"
    assert not relay.is_paused


def test_weights_of_three_to_one_give_about_three_to_one(
    serve: Any, provider_of: Any, batch_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = serve(), serve()
    monkeypatch.setattr(engine_fixtures, "CHUNK", 20)
    relay = provider_of(first)
    batch = batch_of(relay, 1200, sender_domain="news.example")
    route((relay, 1, 3), (second(other), 1, 1))
    drive(batch)
    assert tally(batch).accepted == 1200
    assert len(first.accepted()) == pytest.approx(900, abs=100)
    assert len(other.accepted()) == pytest.approx(300, abs=100)


def test_restored_provider_gets_its_share_back(
    serve: Any, provider_of: Any, batch_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = serve(), serve()
    monkeypatch.setattr(engine_fixtures, "CHUNK", 20)
    relay = provider_of(first)
    batch = batch_of(relay, 400, sender_domain="news.example")
    carrier = second(other)
    route((relay, 1, 1), (carrier, 1, 1))
    soon, past = timezone.now() + timedelta(minutes=5), timezone.now() - timedelta(seconds=1)
    Breaker.objects.create(provider=relay, state="open", cause="connection", since=past, next_try_at=soon, openings=1)
    tick.tick()
    free = batch.chunks.filter(is_done=False, offered_until__gt=timezone.now())
    assert set(free.values_list("offered_to", flat=True)) == {carrier.pk}
    Breaker.objects.update(next_try_at=past)
    tick.tick()
    assert free.filter(offered_to=relay.pk).count() == 1, "one mail will tell whether it is well again"
    turn.run(relay.pk, batch.stream)
    assert len(first.accepted()) == 1
    drive(batch)
    assert tally(batch).words == "400 = 400 + 0 + 0 + 0 + 0"
    assert len(first.accepted()) == pytest.approx(200, abs=60)
    assert len({*first.accepted(), *other.accepted()}) == 400


def test_quota_spills_to_the_next_and_paused_ones_are_passed_over(serve: Any, provider_of: Any, batch_of: Any) -> None:
    first, other, third = serve(), serve(), serve()
    relay = provider_of(first, per_day=30)
    batch = batch_of(relay, 100, sender_domain="news.example")
    paused = second(other)
    paused.pause("By hand.")
    route((relay, 1, 1), (paused, 2, 1), (second(third, name="Third"), 3, 1))
    MinuteCount.objects.create(provider=relay, minute=timezone.now(), count=30)
    drive(batch)
    assert (len(first.accepted()), len(other.accepted()), len(third.accepted())) == (0, 0, 100)


def test_one_mail_alone_goes_to_whoever_is_well(serve: Any, provider_of: Any) -> None:
    first, other = serve(), serve()
    relay = provider_of(first)
    carrier = second(other)
    Route.objects.create(provider=relay)
    Route.objects.create(provider=carrier, position=2)
    relay.pause("By hand.")
    message = ledger.send_one(content_kind=plain.KIND, content_id=1, email="ada@example.com", provider=relay)
    Turn.objects.all().delete()
    turn.run(carrier.pk, "transactional")
    assert len(other.accepted()) == 1
    assert Message.objects.get(pk=message.pk).provider_id == carrier.pk
    assert not first.talks


def test_rehearsal_waits_for_the_sandbox_whatever_routes_say(serve: Any, provider_of: Any, batch_of: Any) -> None:
    real, sandbox = serve(), serve()
    relay = provider_of(real)
    stage = second(sandbox, kind="sandbox", name="Sandbox")
    batch = batch_of(stage, 10, sender_domain="news.example")
    route((stage, 1, 1), (relay, 2, 1))
    stage.pause("By hand.")
    batch.chunks.update(offered_until=None)
    drive(batch)
    assert not real.talks
    assert tally(batch).waiting == 10
    stage.resume()
    drive(batch)
    assert len(sandbox.accepted()) == 10


def test_one_that_takes_long_to_answer_comes_back_though_another_carries_meanwhile(
    serve: Any, provider_of: Any, batch_of: Any
) -> None:
    """The tick looks more than once while the connection is made: its server greets nobody before that."""
    first, other = serve(), serve()
    first.held.set()
    relay, backup = provider_of(first), second(other)
    batch = batch_of(relay, 20, sender_domain="news.example")
    route((relay, 1, 1), (backup, 2, 1))
    Breaker.objects.create(provider=relay, state="open", cause="connection", openings=1, since=timezone.now())
    tick.tick()
    thread = Thread(target=turn.run, args=(relay.pk, batch.stream))
    thread.start()
    wait_for(lambda: Breaker.objects.get().state == "half_open")
    tick.tick()
    first.release()
    thread.join(60)
    assert first.accepted(), "what it was to be tried with went to the other one"
    assert Breaker.objects.get().state == "closed"
