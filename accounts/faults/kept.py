"""The last faults, in Redis: a fault of the database is kept as well, and one within a broken transaction.

Nothing of a person is kept: no address that was asked for but its pattern, no message of an exception, no value.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from time import time
from typing import cast

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

MOST = 100
_SECONDS = 30 * 86_400
_LAST, _FAULT = "faults:last", "faults:one:"
_PATIENCE = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Fault:
    """One place that failed in one way."""

    exception: str
    place: str
    method: str
    pattern: str
    count: int
    first_at: datetime
    last_at: datetime
    request_id: str  # of the last


def keep(*, exception: str, place: str, method: str, pattern: str, request_id: str) -> None:
    """Raises redis.RedisError when Redis is away."""
    now = time()
    name = blake2b("\0".join((exception, place, method, pattern)).encode(), digest_size=12).hexdigest()
    fault = _FAULT + name
    with _redis().pipeline() as work:
        work.hset(fault, mapping={"exception": exception, "place": place, "method": method, "pattern": pattern})
        work.hset(fault, mapping={"last_at": now, "request_id": request_id})
        work.hsetnx(fault, "first_at", str(now))
        work.hincrby(fault, "count", 1)
        work.expire(fault, _SECONDS)
        work.zadd(_LAST, {name: now})
        work.zremrangebyrank(_LAST, 0, -MOST - 1)
        work.execute()


def latest() -> list[Fault]:
    """The last first. Raises redis.RedisError when Redis is away."""
    redis = _redis()
    with redis.pipeline() as work:
        for name in cast("list[bytes]", redis.zrange(_LAST, 0, MOST - 1, desc=True)):
            work.hgetall(_FAULT + name.decode())
        rows = [{key.decode(): value.decode() for key, value in row.items()} for row in work.execute() if row]
    return [_fault(row) for row in rows]


def _fault(row: dict[str, str]) -> Fault:
    return Fault(
        exception=row["exception"],
        place=row["place"],
        method=row["method"],
        pattern=row["pattern"],
        count=int(row["count"]),
        first_at=_when(row["first_at"]),
        last_at=_when(row["last_at"]),
        request_id=row["request_id"],
    )


def _when(seconds: str) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _redis() -> "Redis":
    return Redis.from_url(
        settings.REDIS_URL,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=_PATIENCE,
        socket_connect_timeout=_PATIENCE,
    )
