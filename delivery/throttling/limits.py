"""How fast and how much a provider takes: seconds and minutes by GCRA in Redis, hours and days in PostgreSQL."""

import logging
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from accounts.database import locks
from delivery.models import Provider
from delivery.policy import warmup

log = logging.getLogger(__name__)


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


# KEYS[1]: when the next message may go, in microseconds, and which run of Redis wrote that. ARGV: spacing, horizon,
# count, longest horizon. What another run wrote (restored from disk, a replica that took over) may be old, and a key
# that is not there was lost, for it never expires: either way wait out what may have been granted before. Returns count
# and microseconds until the first of them.
_GCRA = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local spacing, horizon, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
local kept, writer = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%w+)$')
local is_ours = writer == run
local next = tonumber(kept) or now
if not is_ours then next = math.max(now + tonumber(ARGV[4]), math.min(next, now + 60000000)) end
if next < now then next = now end
if next > now + 60000000 + spacing then next = now + spacing end
local room = math.floor((now + horizon - next) / spacing) + 1
if room < 1 then
    if not is_ours then redis.call('SET', KEYS[1], string.format('%.0f %s', next, run)) end
    return {0, string.format('%.0f', next - now - horizon + 1)}
end
local count = math.min(wanted, room)
redis.call('SET', KEYS[1], string.format('%.0f %s', next + count * spacing, run))
return {count, string.format('%.0f', next - now)}
"""


def connect() -> Redis:
    """A client for `Limiter`: it gives up at once, because a worker has better to do than to wait for Redis."""
    seconds = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    return Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **seconds)


HORIZON_SECONDS = {"marketing": 1.0, "transactional": 2.0}
# A provider counts by its own clock, and no two mails take equally long to it: this much of the pace is kept back, so
# that late ones do not crowd those that are on time.
KEPT_BACK = 0.02
_AWAY = Grant(0, 1.0)


class Limiter:
    """A pace, such as a provider's, shared by all workers and hosts through Redis.

    Slots are reserved at most a second ahead, two for transactional mail, which therefore finds one however many
    marketing windows are open. When Redis does not answer nothing is granted: it also brings the work.
    """

    def __init__(self, key: str, limits: Limits, redis: Redis, *, stream: str = "marketing") -> None:
        self._key = f"tallypost:pace:{key}"
        self._spacing = limits.spacing_seconds * (1 + KEPT_BACK)
        self._horizon = HORIZON_SECONDS[stream]
        self._redis = redis

    @cached_property
    def _script(self) -> Any:
        return self._redis.register_script(_GCRA)

    def take(self, n: int) -> Grant:
        """Reserve up to `n` messages; never fails. Costs one round trip to Redis: ask for a window, not for a mail."""
        if n <= 0 or not self._spacing:
            return Grant(max(n, 0), 0.0)
        try:
            count, wait = self._script(keys=[self._key], args=self._arguments(n))
        except RedisError as problem:
            log.warning("no pace without Redis, so nothing is sent: %s", problem)
            return _AWAY
        return Grant(int(count), max(int(wait), 0) / 1e6, self._spacing)

    def look(self) -> float | None:
        """Seconds until the next message may go, without reserving any; None: Redis does not answer."""
        if not self._spacing:
            return 0.0
        try:
            kept, now = cast("bytes | None", self._redis.get(self._key)), self._redis.time()
        except RedisError:
            return None
        next_at = int(kept.split()[0]) / 1e6 if kept else 0.0
        return max(0.0, next_at - now[0] - now[1] / 1e6)

    def _arguments(self, n: int) -> list[int]:
        longest = max(HORIZON_SECONDS.values())
        return [ceil(seconds * 1e6) for seconds in (self._spacing, self._horizon)] + [n, ceil(longest * 1e6)]


_LEFT = """
SELECT least(
    %(hour)s::bigint - coalesce(sum(count) FILTER (WHERE minute > now() - interval '61 minutes'), 0),
    %(day)s::bigint - coalesce(sum(count), 0))
FROM delivery_minutecount WHERE provider_id = %(id)s AND minute > now() - interval '1441 minutes'
"""
_USED = """
SELECT coalesce(sum(count) FILTER (WHERE is_hour), 0)::bigint, coalesce(max(age) FILTER (WHERE is_hour), 0)::float8,
       coalesce(sum(count), 0)::bigint, coalesce(max(age), 0)::float8
FROM (SELECT count, extract(epoch FROM now() - minute) AS age, minute > now() - interval '61 minutes' AS is_hour
      FROM delivery_minutecount
      WHERE provider_id = %(id)s AND count > 0 AND minute > now() - interval '1441 minutes') m
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
        locks.hold(cursor, locks.Kind.QUOTA, provider.pk)
    return quota_seen(cursor, provider)


def quota_seen(cursor: CursorWrapper | Any, provider: Provider) -> int | None:
    """The same to look at, without a lock: by the time it is used it may be less."""
    if not _has_quota(provider):
        return None
    cursor.execute(_LEFT, {"hour": provider.per_hour, "day": provider.per_day, "id": provider.pk})
    return max(0, int(cursor.fetchone()[0]))


def seconds_by_quota(cursor: CursorWrapper | Any, provider: Provider, people: int) -> float:
    """How long so many take by the hour and day limits alone."""
    if not _has_quota(provider):
        return 0.0
    cursor.execute(_USED, {"id": provider.pk})
    hour, hour_oldest, day, day_oldest = cursor.fetchone()
    limits = ((provider.per_hour, 3600, hour, hour_oldest), (provider.per_day, 86400, day, day_oldest))
    return max(
        warmup.seconds_of_limit(people, max(0, limit - used), limit, window, oldest)
        for limit, window, used, oldest in limits
        if limit
    )


@dataclass(frozen=True, slots=True)
class Quota:
    """An hour's or a day's limit, and how much of it is used; what it holds back comes free bit by bit."""

    span: str  # "an hour", "a day"
    limit: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def quotas(cursor: CursorWrapper | Any, provider: Provider) -> list[Quota]:
    """As they stand, to look at."""
    if not _has_quota(provider):
        return []
    cursor.execute(_USED, {"id": provider.pk})
    hour, _, day, _ = cursor.fetchone()
    limits = (("an hour", provider.per_hour, hour), ("a day", provider.per_day, day))
    return [Quota(span, limit, used) for span, limit, used in limits if limit is not None]


def count(cursor: CursorWrapper | Any, provider: Provider, n: int) -> None:
    """Count `n` granted messages in the current minute; a negative number gives back what was not used."""
    if n and _has_quota(provider):
        cursor.execute(_COUNT, [provider.pk, n])


def _has_quota(provider: Provider) -> bool:
    return provider.per_hour is not None or provider.per_day is not None


def forget_old_counts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_minutecount WHERE minute < now() - interval '2 days'")
