"""How fast a batch goes and when it will be through."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from delivery.ledger import counters
from delivery.ledger.lanes import tallies
from delivery.ledger.tallying import LIVE, Tally, tally
from delivery.models import Batch
from delivery.throttling import limits, warmup_plans
from delivery.throttling.warmup_plans import Outlook

EVERY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """None where nothing can be said: it does not run, or has just begun."""

    rate_per_second: float
    seconds_left: float | None = None
    finishes_at: datetime | None = None
    outlook: Outlook | None = None  # a warm-up spreads it over days

    @property
    def pace(self) -> str:
        """The rate as a person would say it; empty while nothing is sent."""
        if self.rate_per_second >= 1:
            return f"{self.rate_per_second:,.0f} a second"
        a_minute = round(self.rate_per_second * 60)
        return f"{a_minute} a minute" if a_minute else ""


def progress(batch: Batch, known: Tally | None = None) -> Progress:
    """`known`: its tally, for whoever shows that beside it.

    From the speed of the last seconds, the provider's hour and day limits, and warm-up plans: what takes longest.

    Of those whose mailbox provider is paused nobody knows when they will be reached.
    """
    if batch.state != Batch.State.SENDING:
        return Progress(0.0)
    waiting = (known or tally(batch)).waiting
    if batch.paused_lanes:
        waiting -= tallies.waits_paused(tallies.lane_tallies(batch))
    outlook = warmup_plans.outlook(warmup_plans.plans_for(batch), waiting)
    seconds = [_quota_seconds(batch, waiting), _warmup_seconds(outlook)]
    if batch.speed:
        seconds.append(waiting / batch.speed)
    longest = max(seconds)
    if not waiting or not longest:
        return Progress(batch.speed)
    return Progress(batch.speed, longest, timezone.now() + timedelta(seconds=longest), outlook)


def _quota_seconds(batch: Batch, waiting: int) -> float:
    if batch.provider is None:
        return 0.0
    with connection.cursor() as cursor:
        return limits.seconds_by_quota(cursor, batch.provider, waiting)


def _warmup_seconds(outlook: Outlook | None) -> float:
    if outlook is None:
        return 0.0
    last_day, _ = outlook.dated[-1]
    return (warmup_plans.day_begins(last_day) - timezone.now()).total_seconds()


def measure() -> list[int]:
    """Take the speed of what is being sent, every few seconds, smoothed; the batches whose turn it was."""
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, {"every": EVERY_SECONDS})
        return [row[0] for row in cursor.fetchall()]


_DONE = " + ".join(f"b.{name} + coalesce(c.{name}, 0)" for name in counters.STATES if name != "pending")
_MEASURE = f"""
WITH done AS (
    SELECT b.id, b.speed, b.speed_done, extract(epoch FROM statement_timestamp() - b.speed_at) AS seconds, {_DONE} AS n
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
