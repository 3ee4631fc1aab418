"""The pace of a provider: by the clock of Redis, by the counts of PostgreSQL, and when Redis is lost."""

import time
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from delivery import tasks
from delivery.models import MinuteCount, Provider
from delivery.throttling import limits
from delivery.throttling.limits import Limiter, Limits


@pytest.fixture
def redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


@pytest.fixture
def key(redis: Redis) -> str:
    """Of a pace nobody used for long."""
    key = uuid4().hex
    redis.set(f"tallypost:pace:{key}", f"0 {redis.info('server')['run_id']}")
    return key


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of Redis stands: what is asked for in a row is asked for at one moment, on a busy machine too."""
    script = limits._GCRA.replace("redis.call('TIME')", "{1800000000, 0}")
    assert script != limits._GCRA
    monkeypatch.setattr(limits, "_GCRA", script)


@pytest.mark.usefixtures("_at_once")
def test_a_window_is_one_call_and_at_most_a_second_ahead(redis: Redis, key: str) -> None:
    grant = Limiter(key, Limits(per_second=20), redis).take(500)
    assert (grant.count, grant.wait_seconds) == (20, 0)
    assert grant.spacing_seconds == pytest.approx(0.051)
    again = Limiter(key, Limits(per_second=20), redis).take(500)
    assert again.count == 0
    assert again.wait_seconds == pytest.approx(0.02, abs=0.0001)


def test_the_tighter_of_two_limits_holds() -> None:
    assert Limits(per_second=10, per_minute=30).rate_per_second == pytest.approx(0.5)
    assert Limits(per_second=10).rate_per_second == pytest.approx(10)
    assert Limits().rate_per_second is None


def test_without_a_limit_everything_is_granted_without_asking() -> None:
    nobody = Redis.from_url("redis://127.0.0.1:1/0")
    assert Limiter("free", Limits(), nobody).take(1000) == limits.Grant(1000, 0.0)


@pytest.mark.usefixtures("_at_once")
def test_transactional_mail_finds_a_slot_behind_full_windows(redis: Redis, key: str) -> None:
    assert Limiter(key, Limits(per_second=5), redis).take(100).count
    assert not Limiter(key, Limits(per_second=5), redis).take(100).count
    grant = Limiter(key, Limits(per_second=5), redis, stream="transactional").take(1)
    assert grant.count == 1
    assert grant.wait_seconds <= 2


def test_after_redis_lost_its_memory_nothing_goes_before_what_was_granted_is_over(redis: Redis) -> None:
    lost = uuid4().hex
    first = Limiter(lost, Limits(per_second=5), redis).take(1)
    assert first.count == 0
    assert first.wait_seconds == pytest.approx(1, abs=0.2)
    time.sleep(first.wait_seconds)
    assert Limiter(lost, Limits(per_second=5), redis).take(1).count == 1


def test_what_an_earlier_run_of_redis_remembers_is_not_believed(redis: Redis, key: str) -> None:
    """Restored from its file it may not know the last second's grants."""
    redis.set(f"tallypost:pace:{key}", f"0 {'ab' * 20}")
    assert Limiter(key, Limits(per_second=5), redis).take(1).count == 0


def test_without_redis_nothing_is_granted(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    grant = Limiter("away", Limits(per_second=14), limits.connect()).take(50)
    assert (grant.count, grant.wait_seconds) == (0, 1)


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


def test_old_minutes_are_forgotten_and_the_day_s_kept(small: Provider) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    for hours in (1, 23, 72):
        MinuteCount.objects.create(provider=small, minute=now - timedelta(hours=hours), count=1)
    tasks.forget_counts()
    assert MinuteCount.objects.filter(provider=small).count() == 2
