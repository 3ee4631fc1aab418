"""How fast and how much a provider takes: seconds and minutes by GCRA in Redis, hours and days in PostgreSQL."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from delivery.models import Provider


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` messages may go: the first after `wait_seconds`, each next `spacing_seconds` after the one before.

    Count 0: nothing now, ask again after `wait_seconds`.
    """

    count: int
    wait_seconds: float
    spacing_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    per_second: float | None = None
    per_minute: float | None = None

    @classmethod
    def of(cls, provider: Provider) -> "Limits":
        return cls(provider.per_second, provider.per_minute)

    @property
    def spacing_seconds(self) -> float:
        """Seconds between two messages. With a burst of one, the tighter limit implies the other."""
        return max(1 / self.per_second if self.per_second else 0.0, 60 / self.per_minute if self.per_minute else 0.0)

    @property
    def rate_per_second(self) -> float | None:
        return 1 / self.spacing_seconds if self.spacing_seconds else None


# KEYS[1]: the time the next message may go, in microseconds. ARGV: spacing, horizon, count.
# A key that is not there means that Redis lost it (it never expires): wait a horizon, so that what was granted before
# the loss is over. Returns count and microseconds until the first of them.
_GCRA = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local spacing, horizon, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local next = tonumber(redis.call('GET', KEYS[1]) or (now + tonumber(ARGV[4])))
if next < now then next = now end
if next > now + 60000000 + spacing then next = now + spacing end
local room = math.floor((now + horizon - next) / spacing) + 1
if room < 1 then
    if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SET', KEYS[1], string.format('%.0f', next)) end
    return {0, string.format('%.0f', next - now - horizon + 1)}
end
local count = math.min(wanted, room)
redis.call('SET', KEYS[1], string.format('%.0f', next + count * spacing))
return {count, string.format('%.0f', next - now)}
"""


def connect() -> Redis:
    """A client for `Limiter`: it gives up at once, because a worker has better to do than to wait for Redis."""
    seconds = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    return Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **seconds)


HORIZON_SECONDS = {"marketing": 1.0, "transactional": 2.0}
FALLBACK_SHARE = 10
_QUIET_SECONDS = 1.0


class Limiter:
    """One provider's pace, shared by all workers and hosts through Redis.

    Slots are reserved at most a second ahead, two for transactional mail, which therefore finds one however many
    marketing windows are open. When Redis does not answer, this process goes on at a tenth of the pace by its own
    clock; it never waits for Redis longer than the client's timeout, once a second.
    """

    def __init__(
        self,
        provider_id: int,
        limits: Limits,
        redis: "Redis | None",
        *,
        stream: str = "marketing",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = f"tallypost:pace:{provider_id}"
        self._spacing = limits.spacing_seconds
        self._horizon = HORIZON_SECONDS[stream]
        self._redis = redis
        self._clock = clock
        self._local_next = 0.0
        self._redis_down_until = 0.0

    @cached_property
    def _script(self) -> Any:
        return self._redis.register_script(_GCRA) if self._redis is not None else None

    def take(self, n: int) -> Grant:
        """Reserve up to `n` messages; never fails. Costs one round trip to Redis: ask for a window, not for a mail."""
        if n <= 0 or not self._spacing:
            return Grant(max(n, 0), 0.0)
        if self._redis is None or self._clock() < self._redis_down_until:
            return self._take_locally(n)
        try:
            count, wait = self._script(keys=[self._key], args=self._arguments(n))
        except RedisError:
            self._redis_down_until = self._clock() + _QUIET_SECONDS
            return self._take_locally(n)
        return Grant(int(count), max(int(wait), 0) / 1e6, self._spacing)

    def _arguments(self, n: int) -> list[int]:
        longest = max(HORIZON_SECONDS.values())
        return [int(seconds * 1e6) for seconds in (self._spacing, self._horizon)] + [n, int(longest * 1e6)]

    def _take_locally(self, n: int) -> Grant:
        now, spacing = self._clock(), self._spacing * FALLBACK_SHARE
        start = max(self._local_next, now + spacing if not self._local_next else now)
        if start > now + self._horizon:
            return Grant(0, start - now - self._horizon)
        count = min(n, int((now + self._horizon - start) / spacing) + 1)
        self._local_next = start + count * spacing
        return Grant(count, start - now, spacing)


_LEFT = """
SELECT least(
    %(hour)s::bigint - coalesce(sum(count) FILTER (WHERE minute > now() - interval '61 minutes'), 0),
    %(day)s::bigint - coalesce(sum(count), 0))
FROM delivery_minutecount WHERE provider_id = %(id)s AND minute > now() - interval '1441 minutes'
"""
_COUNT = """
INSERT INTO delivery_minutecount (provider_id, minute, count) VALUES (%s, date_trunc('minute', now()), %s)
ON CONFLICT (provider_id, minute) DO UPDATE SET count = delivery_minutecount.count + excluded.count
"""


def quota_left(cursor: CursorWrapper | Any, provider: Provider) -> int | None:
    """What the hour and day limits still allow; None without such limits.

    Holds a lock on the provider's count to the end of the transaction, so that what is granted after it and counted
    before the commit is never granted twice. Minutes count whole: a limit is kept in any 60 minutes and 24 hours.
    """
    if _has_quota(provider):
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tallypost quota'), %s::int)", [provider.pk])
    return quota_seen(cursor, provider)


def quota_seen(cursor: CursorWrapper | Any, provider: Provider) -> int | None:
    """The same to look at, without a lock: by the time it is used it may be less."""
    if not _has_quota(provider):
        return None
    cursor.execute(_LEFT, {"hour": provider.per_hour, "day": provider.per_day, "id": provider.pk})
    return max(0, int(cursor.fetchone()[0]))


def count(cursor: CursorWrapper | Any, provider: Provider, n: int) -> None:
    """Count `n` granted messages in the current minute; a negative number gives back what was not used."""
    if n and _has_quota(provider):
        cursor.execute(_COUNT, [provider.pk, n])


def _has_quota(provider: Provider) -> bool:
    return provider.per_hour is not None or provider.per_day is not None


def forget_old_counts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_minutecount WHERE minute < now() - interval '2 days'")
