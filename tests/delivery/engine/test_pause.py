"""Pause: what is in flight arrives, nothing else begins; going on or giving up afterwards loses and doubles nobody.

Sends for seconds on purpose: a pause is seen within one, so there must be something left to stop.
"""

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from delivery import ledger
from delivery.engine import turn
from delivery.ledger import cancelling, tally
from delivery.models import Batch, Chunk, Message, MessageState, Provider
from tests.delivery.engine import conftest
from tests.delivery.engine.conftest import offer
from tests.lateness import Lateness

PROMISED_SECONDS = 1.0


class Clock:
    """When each MAIL and each end of a message came in at the server."""

    def __init__(self) -> None:
        self.mails: list[float] = []
        self.dots: list[float] = []
        self.rules = {"mail": self._note(self.mails), "dot": self._note(self.dots)}

    @staticmethod
    def _note(times: list[float]) -> Callable[[Any], None]:
        return lambda _: times.append(time.monotonic())


def begin(batch: Batch) -> Thread:
    thread = Thread(target=take_turns, args=(batch.pk,))
    thread.start()
    return thread


def take_turns(batch_id: int) -> None:
    """One after the other, because a pace that is not known yet ends the first ones."""
    sending = Batch.objects.filter(pk=batch_id, state=Batch.State.SENDING, provider__state=Provider.State.ACTIVE)
    while batch := sending.first():
        offer(batch)
        turn.run(batch.provider_id or 0, batch.stream)
        time.sleep(0.05)
    connection.close()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def pause_of_batch(batch: Batch) -> None:
    ledger.pause(batch, "By hand")


def pause_of_provider(batch: Batch) -> None:
    assert batch.provider
    batch.provider.pause("By hand")


@pytest.mark.parametrize(
    ("pause", "delay", "per_second", "people", "chunk"),
    [
        (pause_of_batch, 0.001, None, 4_000, 500),
        (pause_of_batch, 0.05, None, 300, 1),
        (pause_of_batch, 0.0, 25, 100, 500),
        (pause_of_provider, 0.05, None, 1_500, 10),
    ],
    ids=["fast", "50 ms a reply, chunks of one", "a rate limit", "the provider"],
)
def test_nothing_new_goes_out_a_second_after_a_pause(
    pause: Callable[[Batch], None],
    delay: float,
    per_second: int | None,
    people: int,
    chunk: int,
    serve: Any,
    provider_of: Any,
    batch_of: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conftest, "CHUNK", chunk)
    clock = Clock()
    server = serve(delay=delay, rules=clock.rules, hold_after=6)
    provider = provider_of(server, per_second=per_second)
    batch = batch_of(provider, people)
    thread = begin(batch)
    server.wait_until_held()
    with Lateness() as machine:
        pause(batch)
        paused_at = time.monotonic()
        server.release()
        thread.join(60)
    assert not thread.is_alive()
    assert clock.mails[-1] - paused_at < PROMISED_SECONDS + machine.allowed
    line = tally(batch)
    assert line.accepted == len(server.accepted())
    assert line.accepted + line.waiting == line.total
    assert line.waiting
    assert not batch.chunks.filter(owner__isnull=False).exists()


def part_by_range(batch: Batch) -> None:
    """Chunks of seven, so that the pause meets several of them in all stages."""
    first, last = batch.first_id or 0, batch.last_id or 0
    batch.chunks.all().delete()
    for start in range(first, last + 1, 7):
        end = min(start + 6, last)
        size = end - start + 1
        Chunk.objects.create(batch=batch, first_id=start, last_id=end, size=size, pending=size)


def part_by_ids(batch: Batch) -> None:
    ids = list(Message.objects.filter(batch=batch).order_by("id").values_list("id", flat=True))
    batch.chunks.all().delete()
    for part in (ids[start : start + 7] for start in range(0, len(ids), 7)):
        Chunk.objects.create(batch=batch, ids=part, size=len(part), pending=len(part))


@pytest.mark.parametrize(("part", "after"), [(part_by_range, 18), (part_by_ids, 1), (part_by_ids, 7)])
def test_a_pause_anywhere_in_a_chunk_loses_and_doubles_nobody(
    part: Callable[[Batch], None],
    after: int,
    serve: Any,
    provider_of: Any,
    batch_of: Any,
    send: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Paused, gone on with, paused again and cancelled: who was accepted is, the rest is skipped."""
    monkeypatch.setattr(turn, "CHECKPOINT_SECONDS", 0.01)
    monkeypatch.setattr(turn, "_LOOK_SECONDS", 0.005)
    countdown = [after]

    def on_dot(_: Any) -> None:
        """Nobody is answered until the pause is written."""
        countdown[0] -= 1
        if countdown[0] == 0:
            pausing = Thread(target=pause_and_hang_up, args=(batch.pk,))
            pausing.start()
            pausing.join()
            server.behaviour.delay = 0.1  # time enough for the worker to notice, on any machine

    server = serve(delay=0.01, rules={"dot": on_dot})
    now = timezone.now()
    batch = batch_of(provider_of(server, connections=1), 40, built_at=now, started_at=now)
    part(batch)
    for again in (2, 0):
        server.behaviour.delay = 0.01
        offer(batch)
        send(batch)
        batch.refresh_from_db()
        assert batch.state == Batch.State.PAUSED
        accepted = len(server.accepted())
        assert tally(batch).words == f"40 = {accepted} + {40 - accepted} + 0 + 0 + 0"
        assert accepted < 40
        if again:
            ledger.resume(batch)
            countdown[0] = again
    ledger.cancel(batch)
    cancelling.settle(batch.pk)
    accepted = len(server.accepted())
    assert tally(batch).words == f"40 = {accepted} + 0 + 0 + 0 + {40 - accepted}"
    assert not server.twice()
    assert not batch.chunks.filter(is_done=False).exists()
    assert Message.objects.filter(batch=batch, state=MessageState.SKIPPED, attempts=0).count() == 40 - accepted


def pause_and_hang_up(batch_id: int) -> None:
    ledger.pause(Batch.objects.get(pk=batch_id))
    connection.close()
