"""A limit is kept by the clock of whoever set it, whatever happens to those who keep it."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from redis import Redis

from config import services
from delivery.models import Batch, MinuteCount, Provider, WarmupPlan
from delivery.throttling import warmup_plans
from tests.delivery.engine import conftest, worker
from tests.forked import Forked
from tests.running import database_url, until


class Queue:
    """A Redis of this test alone, so that it may be killed."""

    def __init__(self, var: Path) -> None:
        self.service = services.Redis(var)
        self.service.place.make()
        self.url = services.redis_url(var)
        self.start()

    def start(self) -> None:
        self.service.prepare()
        self.process = subprocess.Popen(
            self.service.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.service.place.identity
        )
        self.service.wait()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)


class Workers:
    def __init__(self, batch: Batch, var: Path, redis_url: str) -> None:
        self.batch = batch
        shared = {"DATABASE_URL": database_url(), "REDIS_URL": redis_url}
        self.environment = {**shared, "TALLYPOST_VAR": str(var), "PYTEST_XDIST_WORKER": ""}
        self.running: list[Forked] = []

    def start(self, n: int) -> None:
        for _ in range(n):
            given = (self.batch.provider_id, self.batch.pk)
            self.running.append(Forked(worker.wait_and_send, *given, environment=self.environment))

    def kill(self, n: int) -> None:
        for _ in range(n):
            victim = self.running.pop(0)
            victim.kill()
            victim.wait(60)

    def end(self) -> None:
        self.kill(len(self.running))


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    queue = Queue(tmp_path / "redis")
    yield queue
    queue.kill()


def until_offered(batch: Batch, condition: Callable[[], bool]) -> None:
    """Wait as the dispatcher does, who offers what was given back."""

    def offered_and_met() -> bool:
        conftest.offer(batch)
        return condition()

    until(offered_and_met, 120)


def most_within(seconds: float, moments: list[float]) -> int:
    return max(sum(start <= at < start + seconds for at in moments) for start in moments)


def test_fourteen_a_second_hold_through_every_loss(
    serve: Any, provider_of: Any, queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight processes for over ten seconds, because it is a claim about ten seconds. Some are killed, others started;
    Redis is killed, comes back with what its file remembers, and forgets everything.
    """
    monkeypatch.setattr(conftest, "CHUNK", 20)
    server = serve()
    batch = conftest.make_batch(provider_of(server, per_second=14, connections=16), 600)
    workers = Workers(batch, tmp_path, queue.url)
    redis = Redis.from_url(queue.url)

    def arrived(n: int) -> None:
        until_offered(batch, lambda: len(server.kept_at) >= n)

    try:
        workers.start(8)
        arrived(80)
        workers.kill(3)
        workers.start(3)
        arrived(145)
        queue.kill()
        queue.start()
        arrived(160)
        redis.flushall()
        arrived(180)
    finally:
        workers.end()
        redis.close()
    assert most_within(10, server.kept_at) <= 141
    assert not server.twice()


def granted(provider: Provider) -> int:
    return MinuteCount.objects.filter(provider=provider).aggregate(n=Sum("count"))["n"] or 0


def warmed_up(provider: Provider) -> int:
    return WarmupPlan.objects.get(provider=provider).used


@pytest.mark.parametrize("counted", [granted, warmed_up])
def test_what_a_day_allows_is_shared_and_outlives_a_worker(
    counted: Callable[[Provider], int],
    serve: Any,
    provider_of: Any,
    queue: Queue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the provider's own limit or by a warm-up plan: four processes, one of them killed and another one started."""
    monkeypatch.setattr(conftest, "CHUNK", 20)
    server = serve(delay=0.01)
    provider = provider_of(server, per_day=300 if counted is granted else None, connections=4)
    if counted is warmed_up:
        warmup_plans.start(provider=provider, caps=[300])
    batch = conftest.make_batch(provider, 500)
    workers = Workers(batch, tmp_path, queue.url)
    try:
        workers.start(4)
        until_offered(batch, lambda: len(server.kept_at) >= 60)
        workers.kill(1)
        workers.start(1)
        until_offered(batch, lambda: time.monotonic() - server.kept_at[-1] > 2)
    finally:
        workers.end()
    assert 60 <= len(server.kept_at) <= 300
    assert counted(provider) == 300, "what the killed one was granted and did not send counts all the same"
