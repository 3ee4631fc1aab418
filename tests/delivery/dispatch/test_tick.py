"""What is offered to workers, to how many of them, and what a lost task costs: nothing."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery import Celery
from django.db import InternalError, connection
from django.utils import timezone

from accounts.database import locks
from config import services
from config.celery import app
from contacts.models import MailingList
from delivery import ledger
from delivery.dispatch import offers, tick
from delivery.engine.bookkeeping.session import connection_parameters
from delivery.ledger import building
from delivery.models import Batch, Chunk, Provider, Turn
from delivery.workers import slots, turns
from tests.delivery.checkpoints import claim
from tests.delivery.ledger.conftest import built, launched
from tests.running import until

pytestmark = pytest.mark.django_db
People = Callable[[int], MailingList]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "CHUNK", 1)


def offered(*batches: Batch) -> list[Chunk]:
    found = Chunk.objects.filter(batch__in=batches, owner=None, offered_until__gt=timezone.now())
    return list(found.order_by("offered_at"))


def test_nothing_is_offered_during_the_hold(provider: Provider, people: People) -> None:
    batch = built(provider, people(3), hold_seconds=60)
    tick.tick()
    assert offered(batch) == []
    assert not Turn.objects.exists()


def test_no_more_is_offered_than_workers_soon_take(provider: Provider, people: People) -> None:
    batch = built(provider, people(100))
    tick.tick()
    assert len(offered(batch)) == offers.MOST
    before = [chunk.pk for chunk in offered(batch)]
    tick.tick()
    assert [chunk.pk for chunk in offered(batch)] == before


def test_two_campaigns_share_fairly(provider: Provider, people: People) -> None:
    first = built(provider, people(100))
    tick.tick()
    for _ in range(4):
        assert claim(first)
    second = built(provider, people(100))
    tick.tick()
    ahead = [chunk.batch_id for chunk in offered(first, second)]
    assert ahead[:4] == [second.pk] * 4, "who has had nothing goes first"
    assert abs(ahead.count(first.pk) + 4 - ahead.count(second.pk)) <= 1


def test_a_slow_provider_is_offered_little(provider: Provider, people: People) -> None:
    Provider.objects.filter(pk=provider.pk).update(per_second=1)
    batch = built(provider, people(100))
    tick.tick()
    assert len(offered(batch)) <= 6


def test_a_paused_provider_is_offered_nothing(provider: Provider, people: People) -> None:
    Provider.objects.filter(pk=provider.pk).update(state="paused")
    batch = built(provider, people(3))
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.SENDING
    assert offered(batch) == []


def test_an_offer_nobody_took_up_is_made_again(provider: Provider, people: People) -> None:
    batch = built(provider, people(3))
    tick.tick()
    Turn.objects.all().delete()
    Chunk.objects.filter(batch=batch).update(offered_until=timezone.now())
    assert offered(batch) == []
    tick.tick()
    assert len(offered(batch)) == 3
    assert Turn.objects.count() == 1


def test_one_turn_waits_in_the_queue_however_often_it_ticks(provider: Provider, people: People) -> None:
    built(provider, people(50))
    for _ in range(5):
        tick.tick()
    assert Turn.objects.count() == 1


def test_each_turn_that_begins_brings_the_next_up_to_the_connections(provider: Provider, people: People) -> None:
    built(provider, people(50))
    tick.tick()
    depth = 0

    def run(provider_id: int, stream: str) -> None:
        nonlocal depth
        depth += 1
        waiting = Turn.objects.filter(started_at=None).first()
        if waiting:
            turns.take(provider_id, stream, waiting.pk, run)

    turn = Turn.objects.get()
    turns.take(provider.pk, turn.stream, turn.pk, run)
    assert depth == provider.connections


def test_a_turn_delivered_twice_runs_once(provider: Provider, people: People) -> None:
    built(provider, people(3))
    tick.tick()
    turn = Turn.objects.get()
    ran: list[int] = []
    again: Callable[[int, str], object] = lambda p, s: turns.take(p, s, turn.pk, lambda *_: ran.append(2))  # noqa: E731
    turns.take(provider.pk, turn.stream, turn.pk, again)
    assert ran == []


def test_the_row_of_a_lost_turn_goes(provider: Provider, people: People) -> None:
    Turn.objects.create(provider=provider, stream="marketing", queued_at=timezone.now() - timedelta(minutes=5))
    built(provider, people(3))
    tick.tick()
    tick.tick()
    assert Turn.objects.filter(queued_at__gt=timezone.now() - timedelta(minutes=1)).count() == 1
    assert Turn.objects.count() == 1


def test_the_row_of_a_killed_worker_goes_with_it(provider: Provider, people: People) -> None:
    """Two turns have begun, but only one shows itself: the other must not keep a new worker from its place."""
    begun = timezone.now() - timedelta(seconds=8)
    for _ in range(2):
        Turn.objects.create(provider=provider, stream="marketing", queued_at=begun, started_at=begun)
    with psycopg.connect(**connection_parameters()) as living:
        slots.enter(living.cursor(), provider, "marketing")
        turns.forget_lost()
        assert Turn.objects.count() == 1

    def are_forgotten() -> bool:  # the lock goes with the server's side of the connection, a moment later
        turns.forget_lost()
        return not Turn.objects.exists()

    until(are_forgotten)


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_found_no_broker_keeps_nobody_waiting(provider: Provider, people: People, tmp_path: Path) -> None:
    Celery(broker=f"redis+socket://{tmp_path}/nobody.sock").set_current()
    try:
        built(provider, people(3))
        tick.tick()
        assert not Turn.objects.exists()
    finally:
        app.set_current()
    tick.tick()
    assert Turn.objects.filter(started_at=None).count() == 1


def test_a_turn_in_the_queue_of_a_redis_that_died_is_queued_again(
    provider: Provider, tmp_path: Path, settings: Any
) -> None:
    for seconds in (-5, 5):
        queued_at = timezone.now() + timedelta(seconds=seconds)
        Turn.objects.create(provider=provider, stream="marketing", queued_at=queued_at)
    with new_redis(tmp_path) as settings.REDIS_URL:
        turns.forget_lost()
    assert Turn.objects.get().queued_at == queued_at, "what was queued since then waits"


@contextmanager
def new_redis(var: Path) -> Iterator[str]:
    service = services.Redis(var)
    service.place.make()
    service.prepare()
    quiet = subprocess.DEVNULL
    with subprocess.Popen(service.command, stdout=quiet, stderr=quiet, **service.place.identity) as process:
        service.wait()
        yield services.redis_url(var)
        process.kill()


def test_a_turn_that_has_just_begun_may_not_show_itself_yet(provider: Provider) -> None:
    Turn.objects.create(provider=provider, stream="marketing", queued_at=timezone.now(), started_at=timezone.now())
    turns.forget_lost()
    assert Turn.objects.count() == 1


def test_a_lease_that_ran_out_is_looked_into_once_in_a_while(provider: Provider, people: People) -> None:
    batch = built(provider, people(1))
    tick.tick()
    chunk = claim(batch)
    assert chunk
    tick.tick()
    assert Chunk.objects.filter(pk=chunk.pk, recovery_until=None).exists()
    Chunk.objects.filter(pk=chunk.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    tick.tick()
    chunk.refresh_from_db()
    assert chunk.recovery_until
    assert offered(batch) == [], "its owner may still be alive"


@pytest.mark.django_db(transaction=True)
def test_who_writes_down_what_he_sent_although_late_is_not_waited_for(provider: Provider, people: People) -> None:
    """After an outage all leases have run out, and all workers come back at the same time as the tick."""
    built(provider, people(2))
    tick.tick()
    chunk = claim(Batch.objects.get())
    assert chunk
    Chunk.objects.filter(pk=chunk.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    with psycopg.connect(**connection_parameters()) as worker, connection.cursor() as cursor:
        worker.execute("SELECT 1 FROM delivery_chunk WHERE id = %s FOR UPDATE", [chunk.pk])
        cursor.execute("SET lock_timeout = '1s'")
        try:
            tick.recover_lost(cursor)
        finally:
            cursor.execute("SET lock_timeout = 0")
    tick.tick()
    chunk.refresh_from_db()
    assert chunk.recovery_until, "later it is looked into"


def test_a_building_task_that_got_lost_is_queued_again(provider: Provider, people: People) -> None:
    batch = launched(provider, people(1))
    Batch.objects.filter(pk=batch.pk).update(job_queued_at=timezone.now() - timedelta(minutes=1))
    tick.tick()
    batch.refresh_from_db()
    assert batch.job_queued_at
    assert batch.job_queued_at > timezone.now() - timedelta(seconds=30)


def test_transactional_mail_is_not_behind_a_campaign(provider: Provider, people: People) -> None:
    built(provider, people(100))
    tick.tick()
    message = ledger.send_one(content_kind="confirm", content_id=1, email="a@me.com", provider=provider)
    assert offered(message.batch)
    assert Turn.objects.filter(stream="transactional", started_at=None).count() == 1


def test_a_provider_whose_day_is_used_up_is_offered_nothing(provider: Provider, people: People) -> None:
    Provider.objects.filter(pk=provider.pk).update(per_day=10)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_minutecount (provider_id, minute, count) VALUES (%s, now(), 10)", [provider.pk]
        )
    batch = built(provider, people(3))
    tick.tick()
    assert offered(batch) == []


@pytest.mark.django_db(transaction=True)
def test_a_dispatcher_that_is_frozen_in_a_round_keeps_no_other_from_it(
    provider: Provider, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL ends its session; once awake, it is told, has changed nothing, and its next round is one as any."""
    batch = built(provider, people(3))
    forget_lost = turns.forget_lost

    def freeze() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == ("1min",)
            Batch.objects.filter(pk=batch.pk).update(state_reason="Half done")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")  # as if that were over
        with psycopg.connect(**connection_parameters()) as other:
            locks.hold(other.cursor(), locks.Kind.TICK)
            other.execute("UPDATE delivery_batch SET state_reason = 'Somebody else''s' WHERE id = %s", [batch.pk])

    monkeypatch.setattr(turns, "forget_lost", freeze)
    with pytest.raises(InternalError, match="idle-in-transaction"):
        tick.tick()
    monkeypatch.setattr(turns, "forget_lost", forget_lost)
    assert offered(batch) == []
    assert tick.tick()
    assert len(offered(batch)) == 3
    batch.refresh_from_db()
    assert batch.state_reason == "Somebody else's"
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("0",), "for that transaction alone"


@pytest.mark.django_db(transaction=True)
def test_a_second_tick_at_the_same_time_does_nothing(provider: Provider, people: People) -> None:
    batch = built(provider, people(1))
    with psycopg.connect(**connection_parameters()) as other:
        locks.hold(other.cursor(), locks.Kind.TICK)
        assert not tick.tick()
    assert offered(batch) == []
    assert tick.tick()
