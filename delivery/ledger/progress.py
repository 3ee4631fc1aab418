"""How fast a batch goes and when it will be through."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from delivery import limits
from delivery.ledger.tallying import LIVE, tally
from delivery.models import Batch

EVERY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """None where nothing can be said: it does not run, or has just begun."""

    rate_per_second: float
    seconds_left: float | None
    finishes_at: datetime | None


def progress(batch: Batch) -> Progress:
    """From the speed of the last seconds; where the provider has hour or day limits, by those."""
    waiting = tally(batch).waiting
    if batch.state != Batch.State.SENDING or not waiting or not batch.speed:
        return Progress(batch.speed if batch.state == Batch.State.SENDING else 0.0, None, None)
    seconds = max(waiting / batch.speed, _quota_seconds(batch, waiting))
    return Progress(batch.speed, seconds, timezone.now() + timedelta(seconds=seconds))


def _quota_seconds(batch: Batch, waiting: int) -> float:
    provider = batch.provider
    if provider is None:
        return 0.0
    with connection.cursor() as cursor:
        left = limits.quota_seen(cursor, provider)
    if left is None or waiting <= left:
        return 0.0
    by_hour = (waiting - left) / provider.per_hour * 3600 if provider.per_hour else 0.0
    by_day = (waiting - left) / provider.per_day * 86400 if provider.per_day else 0.0
    return max(by_hour, by_day)


def measure() -> list[int]:
    """Take the speed of what is being sent, every few seconds, smoothed; the batches whose turn it was."""
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, {"every": EVERY_SECONDS})
        return [row[0] for row in cursor.fetchall()]


_MEASURE = f"""
WITH done AS (
    SELECT b.id, b.speed, b.speed_done, extract(epoch FROM statement_timestamp() - b.speed_at) AS seconds, b.accepted
        + coalesce(c.accepted, 0) + b.refused + coalesce(c.refused, 0) + b.uncertain + coalesce(c.uncertain, 0)
        + b.deferred + coalesce(c.deferred, 0) + b.skipped + coalesce(c.skipped, 0) AS n
    FROM delivery_batch b {LIVE}
    WHERE b.finished_at IS NULL AND b.state = 'sending'
    AND (b.speed_at IS NULL OR b.speed_at <= statement_timestamp() - %(every)s * interval '1 second')
)
UPDATE delivery_batch b SET speed_at = statement_timestamp(), speed_done = done.n, speed = CASE
    WHEN done.seconds IS NULL OR done.seconds > 60 THEN 0
    WHEN done.speed = 0 THEN greatest(0, done.n - done.speed_done) / done.seconds
    ELSE 0.6 * done.speed + 0.4 * greatest(0, done.n - done.speed_done) / done.seconds END
FROM done WHERE b.id = done.id RETURNING b.id
"""  # noqa: S608
