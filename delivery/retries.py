"""When a deferred message is tried again. Pure: the clock and the dice are passed in."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery.replies import Category, Verdict


@dataclass(frozen=True, slots=True)
class Ladder:
    """The n-th wait is `first` doubled n times, up to `cap`; a message older than `give_up` is not tried again."""

    first: timedelta
    cap: timedelta
    give_up: timedelta


LADDERS = {
    "marketing": Ladder(timedelta(minutes=5), timedelta(hours=4), timedelta(hours=72)),
    "transactional": Ladder(timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24)),
}
JITTER = 0.25
GREYLIST_AT_LEAST = timedelta(minutes=5)


def next_attempt(
    verdict: Verdict,
    attempts: int,
    first_failed_at: datetime,
    now: datetime,
    *,
    stream: str,
    hint_seconds: float | None = None,
    expires_at: datetime | None = None,
    waiting: int = 0,
    rate_per_second: float | None = None,
    rng: random.Random | None = None,
) -> datetime | None:
    """When to try again, or None to give up.

    `attempts` counts tries so far, this one included (1 after the first). `hint_seconds` is what the server asked
    for; without it, the verdict's own hint counts. `waiting` messages already wait for a provider that takes
    `rate_per_second`: the more there are, the wider this one is spread, so that the due ones never come all at once.
    """
    ladder = LADDERS[stream]
    if not verdict.retries:
        return None
    wait = _wait(ladder, attempts)
    if rate_per_second:
        wait = wait * (1 - JITTER) + timedelta(seconds=waiting / rate_per_second)
    else:
        wait *= (rng or random).uniform(1 - JITTER, 1 + JITTER)
    at = now + max(wait, _floor(verdict, hint_seconds))
    last = first_failed_at + ladder.give_up
    if expires_at is not None:
        last = min(last, expires_at)
    return at if at <= last else None


def _wait(ladder: Ladder, attempts: int) -> timedelta:
    doublings = min(max(attempts - 1, 0), 20)
    return min(ladder.cap, ladder.first * (1 << doublings))


def _floor(verdict: Verdict, hint_seconds: float | None) -> timedelta:
    """A server that names a time is not asked earlier, nor a greylisting one before it can have learned."""
    hint = hint_seconds if hint_seconds is not None else verdict.hint_seconds
    floor = timedelta(seconds=min(hint or 0, 24 * 3600))
    return max(floor, GREYLIST_AT_LEAST) if verdict.category == Category.GREYLIST else floor
