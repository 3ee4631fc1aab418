"""The pace of a provider: kept by all processes together, by the clock of Redis, and without Redis."""

import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from delivery import limits
from delivery.limits import Limiter, Limits
from delivery.models import MinuteCount, Provider
from tests.delivery.ledger.worker import send_for


@pytest.fixture
def redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


def key_of(provider_id: int) -> str:
    return f"tallypost:pace:{provider_id}"


def a_number() -> int:
    return uuid4().int % 10**9


def test_eight_processes_keep_fourteen_a_second_together(redis: Redis) -> None:
    """Over ten seconds long, because it is a claim about ten seconds."""
    provider_id = a_number()
    redis.set(key_of(provider_id), 0)
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.delivery.ledger.worker"])
    with ProcessPoolExecutor(8, mp_context=context) as pool:
        jobs = [pool.submit(send_for, 11.0, provider_id, 14.0, settings.REDIS_URL) for _ in range(8)]
        sent = sorted(due for job in jobs for due in job.result())
    assert len(sent) > 150
    assert sum(due < sent[0] + 10 for due in sent) <= 141


def test_a_window_is_one_call_and_at_most_a_second_ahead(redis: Redis) -> None:
    provider_id = a_number()
    redis.set(key_of(provider_id), 0)
    grant = Limiter(provider_id, Limits(per_second=20), redis).take(500)
    assert grant.count == 21
    assert grant.wait_seconds == pytest.approx(0, abs=0.05)
    assert grant.spacing_seconds == pytest.approx(0.05)
    again = Limiter(provider_id, Limits(per_second=20), redis).take(500)
    assert again.count <= 1
    if not again.count:
        assert 0 < again.wait_seconds <= 0.06


def test_the_tighter_of_two_limits_holds() -> None:
    assert Limits(per_second=10, per_minute=30).rate_per_second == pytest.approx(0.5)
    assert Limits(per_second=10).rate_per_second == pytest.approx(10)
    assert Limits().rate_per_second is None


def test_without_a_limit_everything_is_granted_without_asking() -> None:
    assert Limiter(1, Limits(), None).take(1000) == limits.Grant(1000, 0.0)


def test_transactional_mail_finds_a_slot_behind_full_windows(redis: Redis) -> None:
    provider_id = a_number()
    redis.set(key_of(provider_id), 0)
    assert Limiter(provider_id, Limits(per_second=5), redis).take(100).count
    assert not Limiter(provider_id, Limits(per_second=5), redis).take(100).count
    grant = Limiter(provider_id, Limits(per_second=5), redis, stream="transactional").take(1)
    assert grant.count == 1
    assert grant.wait_seconds <= 2


def test_after_redis_lost_its_memory_nothing_goes_before_what_was_granted_is_over(redis: Redis) -> None:
    provider_id = a_number()
    first = Limiter(provider_id, Limits(per_second=5), redis).take(1)
    assert first.count == 0
    assert first.wait_seconds == pytest.approx(1, abs=0.2)
    time.sleep(first.wait_seconds)
    assert Limiter(provider_id, Limits(per_second=5), redis).take(1).count == 1


def test_without_redis_a_tenth_of_the_pace_goes_on(settings: Settings) -> None:
    now = 1000.0
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    nobody = limits.connect()
    limiter = Limiter(1, Limits(per_second=14), nobody, clock=lambda: now)
    sent = 0
    for _ in range(100):
        grant = limiter.take(50)
        sent += grant.count
        now += 0.1
    assert 5 <= sent <= 16


@pytest.fixture
def small(db: None) -> Provider:
    return Provider.objects.create(name="Small", per_hour=10, per_day=15)


def left(provider: Provider) -> int | None:
    with connection.cursor() as cursor:
        return limits.quota_left(cursor, provider)


def count(provider: Provider, n: int) -> None:
    with connection.cursor() as cursor:
        limits.count(cursor, provider, n)


def sent_at(provider: Provider, at: datetime, n: int) -> None:
    MinuteCount.objects.create(provider=provider, minute=at.replace(second=0, microsecond=0), count=n)


def test_the_hour_s_limit_is_what_is_left_of_it(small: Provider) -> None:
    assert left(small) == 10
    count(small, 7)
    assert left(small) == 3
    count(small, -2)
    assert left(small) == 5


def test_what_was_sent_over_an_hour_ago_counts_for_the_day_alone(small: Provider) -> None:
    sent_at(small, timezone.now() - timedelta(hours=2), 9)
    assert left(small) == 6
    sent_at(small, timezone.now() - timedelta(hours=25), 100)
    assert left(small) == 6


def test_a_limit_is_kept_in_any_sixty_minutes(small: Provider) -> None:
    sent_at(small, timezone.now() - timedelta(minutes=60), 10)
    assert left(small) == 0


def test_without_hour_and_day_nothing_is_counted(db: None) -> None:
    free = Provider.objects.create(name="Free")
    count(free, 5)
    assert left(free) is None
    assert not MinuteCount.objects.exists()
