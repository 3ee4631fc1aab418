"""Workers that send through one provider part its connections among them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest

from delivery.engine import turn
from delivery.engine.bookkeeping.session import connection_parameters
from delivery.engine.loop import crew
from delivery.models import Provider
from delivery.workers import slots


class OtherWorker:
    """As the database sees one: a session that is in a turn and holds slots."""

    def __init__(self, provider: Provider, session: psycopg.Connection[Any], stream: str) -> None:
        self._provider, self._session = provider, session
        self._cursor = session.cursor()
        self.held: set[int] = set()
        slots.enter(self._cursor, provider, stream)

    @property
    def share(self) -> int:
        return slots.share(self._cursor, self._provider, "marketing").connections

    def take(self, wanted: int) -> None:
        self.held.update(slots.take(self._cursor, self._provider, self.held, wanted))

    def give_back(self, seconds: float) -> None:
        time.sleep(seconds)
        slots.give_back(self._cursor, self._provider.pk, list(self.held))


@contextmanager
def other_worker(provider: Provider, stream: str = "marketing") -> Iterator[OtherWorker]:
    with psycopg.connect(**connection_parameters(), autocommit=True) as session:
        yield OtherWorker(provider, session, stream)


def test_worker_that_comes_later_gets_its_share(serve: Any, provider_of: Any, batch_of: Any) -> None:
    """A share is looked at twice a second; the server is slow, so that there is something left to send then."""
    server = serve(delay=0.05, hold_after=4)
    provider = provider_of(server, connections=4)
    batch_of(provider, 500)
    at_work = Thread(target=turn.run, args=(provider.pk, "marketing"))
    at_work.start()
    server.wait_until_held()
    server.release()
    with other_worker(provider) as other:
        while len(other.held) < 2 and at_work.is_alive():
            other.take(2 - len(other.held))
            time.sleep(0.02)
        other.take(1)
        assert at_work.is_alive()
        assert len(other.held) == 2
    server.behaviour.delay = 0
    at_work.join()


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_bulk_leaves_a_connection_to_single_mails(serve: Any, provider_of: Any, workers: int) -> None:
    provider = provider_of(serve(), connections=10)
    with ExitStack() as stack:
        others = [stack.enter_context(other_worker(provider)) for _ in range(workers)]
        stack.enter_context(other_worker(provider, "transactional"))
        assert sum(other.share for other in others) == 9


def test_turn_waits_for_a_connection_that_another_gives_up(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "_PATIENCE_SECONDS", 60.0)  # a busy machine may need two to give one up
    provider = provider_of(serve(), connections=2)
    batch = batch_of(provider, 20)
    with other_worker(provider) as other:
        other.take(2)
        later = Thread(target=other.give_back, args=(0.4,))
        later.start()
        send(batch)
        later.join()
    assert batch.chunks.get().accepted == 20
