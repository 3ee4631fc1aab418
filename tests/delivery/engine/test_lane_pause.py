"""One mailbox provider's part of a campaign is paused while the rest goes on; nobody is lost, doubled or forgotten.

Its server is slow until then: a pause is seen within a second, so there must be something left to stop.
"""

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from delivery import ledger
from delivery.dispatch import tick
from delivery.engine import turn
from delivery.ledger import NotPossible, cancelling, tally
from delivery.models import Batch, MessageState, Waiting
from tests.delivery.engine.test_lanes import addresses, by_lanes, reached
from tests.delivery.engine.test_pause import PROMISED_SECONDS, wait_for
from tests.lateness import Lateness
from tests.running import until


@pytest.fixture
def started() -> dict[str, Any]:
    now = timezone.now()
    return {"built_at": now, "started_at": now}


def waiting(batch: Batch) -> dict[str, int]:
    return {row.lane: row.waiting for row in ledger.lane_tallies(batch)}


def keep_sending(batch: Batch, is_over: Callable[[], bool]) -> None:
    while not is_over():
        tick.tick()
        turn.run(batch.provider_id or 0, batch.stream)
        time.sleep(0.05)
    connection.close()


def test_nothing_new_goes_to_the_lane_a_second_after_its_pause_and_the_others_arrive(
    serve: Any, provider_of: Any, batch_of: Any, started: dict[str, Any]
) -> None:
    to_gmail: list[float] = []
    rule = lambda talk: to_gmail.append(time.monotonic()) if "gmail" in talk.recipient else None  # noqa: E731
    server = serve(delay=0.01, rules={"rcpt": rule}, hold_after=50)
    batch = batch_of(provider_of(server), addresses(1500, "gmail.com", "example.org"), **started)
    by_lanes(batch)
    over: list[bool] = []
    sending = Thread(target=keep_sending, args=(batch, lambda: bool(over)))
    sending.start()
    try:
        server.wait_until_held()
        assert to_gmail
        with Lateness() as machine:
            ledger.pause_lane(batch, "gmail", by="Ana")
            paused_at = time.monotonic()
            server.release()
            wait_for(lambda: not batch.chunks.filter(lane="gmail", owner__isnull=False).exists(), seconds=90)
        server.behaviour.delay = 0
        until(lambda: reached(server, batch, "example.org") == 1500, 90, every=0.3)
        assert to_gmail[-1] - paused_at < PROMISED_SECONDS + machine.allowed
        sent = reached(server, batch, "gmail.com")
        assert sent < 1500
        batch.refresh_from_db()
        assert batch.state == Batch.State.SENDING, "it is not over while a lane is paused"
        assert waiting(batch) == {"gmail": 1500 - sent, "other": 0}
        assert not batch.chunks.filter(lane="gmail", owner__isnull=False).exists()
        ledger.resume_lane(batch, "gmail")
        until(lambda: tally(batch).accepted == 3000, 90, every=0.3)
    finally:
        over.append(True)
        sending.join(60)
    tick.tick()
    batch.refresh_from_db()
    assert (batch.state, batch.paused_lanes) == (Batch.State.DONE, {})
    assert len(server.accepted()) == 3000
    assert not server.twice()


def test_retries_of_a_paused_lane_wait_as_well(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, started: dict[str, Any]
) -> None:
    is_busy = [True]
    rule = lambda talk: "450 4.2.1 try again later" if is_busy[0] and talk.recipient.startswith("p1@") else None  # noqa: E731
    server = serve(rules={"rcpt": rule})
    batch = batch_of(provider_of(server), addresses(3, "gmail.com", "yahoo.com"), **started)
    by_lanes(batch)
    send(batch)
    assert waiting(batch) == {"gmail": 1, "yahoo": 1}
    assert [row.asked_later for row in ledger.lane_tallies(batch)] == [1, 1]
    ledger.pause_lane(batch, "gmail", by="Ana")
    is_busy[0] = False
    Waiting.objects.update(retry_at=timezone.now())
    for _ in range(2):
        tick.tick()
        send(batch)
    assert waiting(batch) == {"gmail": 1, "yahoo": 0}
    (left,) = Waiting.objects.all()
    assert (left.lane, left.state) == ("gmail", MessageState.DEFERRED), "it stands in the list of those who wait"
    ledger.resume_lane(batch, "gmail")
    tick.tick()
    send(batch)
    assert tally(batch).words == "6 = 6 + 0 + 0 + 0 + 0"
    assert not server.twice()


def test_paused_lane_is_not_claimed_although_it_is_on_offer(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, started: dict[str, Any]
) -> None:
    """As when the offer and the pause cross."""
    server = serve()
    batch = batch_of(provider_of(server), addresses(5, "gmail.com", "example.org"), **started)
    Batch.objects.filter(pk=batch.pk).update(paused_lanes={"gmail": {"at": timezone.now().isoformat(), "by": "Ana"}})
    by_lanes(batch)
    send(batch, turns=2)
    assert reached(server, batch, "gmail.com") == 0
    assert reached(server, batch, "example.org") == 5


def test_cancelling_skips_those_of_a_paused_lane(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, started: dict[str, Any]
) -> None:
    server = serve()
    batch = batch_of(provider_of(server), addresses(5, "gmail.com", "example.org"), **started)
    by_lanes(batch)
    ledger.pause_lane(batch, "gmail", by="Ana")
    tick.tick()
    send(batch)
    ledger.cancel(batch)
    cancelling.settle(batch.pk)
    tick.tick()
    batch.refresh_from_db()
    assert tally(batch).words == "10 = 5 + 0 + 0 + 0 + 5"
    assert (batch.state, batch.paused_lanes, batch.finished_at is not None) == (Batch.State.CANCELLED, {}, True)


def test_pausing_and_resuming_the_whole_leaves_a_lane_paused(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, started: dict[str, Any]
) -> None:
    server = serve()
    batch = batch_of(provider_of(server), addresses(5, "gmail.com", "example.org"), **started)
    by_lanes(batch)
    ledger.pause_lane(batch, "gmail", by="Ana")
    with pytest.raises(NotPossible):
        ledger.pause_lane(batch, "gmail", by="Ben")
    with pytest.raises(NotPossible):
        ledger.resume_lane(batch, "yahoo")
    ledger.pause(batch)
    ledger.resume(batch)
    tick.tick()
    send(batch)
    assert waiting(batch) == {"gmail": 5, "other": 0}


def test_answers_are_counted_by_lane(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, started: dict[str, Any]
) -> None:
    spam = "550 5.7.1 message rejected as spam"
    rule = lambda talk: spam if talk.recipient in ("p1@yahoo.com", "p2@yahoo.com") else None  # noqa: E731
    server = serve(rules={"dot": rule})
    batch = batch_of(provider_of(server), addresses(10, "gmail.com", "yahoo.com"), **started)
    by_lanes(batch)
    send(batch)
    gmail, yahoo = ledger.lane_tallies(batch)
    assert (gmail.lane, gmail.size, gmail.accepted, gmail.refused) == ("gmail", 10, 10, 0)
    assert (yahoo.lane, yahoo.size, yahoo.accepted, yahoo.refused, yahoo.refused_as_spam) == ("yahoo", 10, 8, 2, 2)
