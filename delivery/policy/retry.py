"""When a deferred message is tried again. Pure: the clock and the dice are passed in."""

import random
from collections import Counter
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
MOST_ASKED = timedelta(hours=24)
GREYLIST_AT_LEAST = timedelta(minutes=5)
_MINUTE = timedelta(minutes=1)


def next_attempt(
    verdict: Verdict, attempts: int, last: datetime, now: datetime, *, stream: str, rng: random.Random | None = None
) -> datetime | None:
    """When to try again, or None to give up because that would be after `last`.

    `attempts` counts tries so far, this one included (1 after the first). A server that names a time is not asked
    earlier. Waits of equal length end apart from each other, whatever named them.
    """
    if not verdict.retries:
        return None
    dice = rng or random
    ladder = LADDERS[stream]
    doublings = min(max(attempts - 1, 0), 20)
    wait = min(ladder.cap, ladder.first * (1 << doublings)) * dice.uniform(1 - JITTER, 1 + JITTER)
    at = now + max(wait, _floor(verdict) * dice.uniform(1, 1 + JITTER))
    return at if at <= last else None


def last_attempt(first_failed_at: datetime, *, stream: str, expires_at: datetime | None = None) -> datetime:
    last = first_failed_at + LADDERS[stream].give_up
    return min(last, expires_at) if expires_at else last


def _floor(verdict: Verdict) -> timedelta:
    """What the server asks for, and a greylisting one until it can have learned."""
    asked = min(timedelta(seconds=min(verdict.hint_seconds or 0, 1e6)), MOST_ASKED)
    return max(asked, GREYLIST_AT_LEAST) if verdict.category == Category.GREYLIST else asked


class Calendar:
    """The minutes to come of one provider, and how many retries each is booked for: never more than it takes."""

    def __init__(self, rate_per_second: float, booked: dict[datetime, int]) -> None:
        self.added: Counter[datetime] = Counter()
        self._booked = Counter(booked)
        self._room = max(1, int(rate_per_second * 60))
        self._after: dict[datetime, datetime] = {}  # a full minute, and the one to go on from

    def book(self, at: datetime, last: datetime) -> datetime | None:
        """The first moment from `at` on that has room, booked; None when that is after `last`."""
        wanted = at.replace(second=0, microsecond=0)
        minute = self._with_room(wanted)
        if minute > wanted:
            at = minute + _MINUTE * (self._booked[minute] / self._room)
        if at > last:
            return None
        self._booked[minute] += 1
        self.added[minute] += 1
        return at

    def _with_room(self, wanted: datetime) -> datetime:
        minute = wanted
        while self._booked[minute] >= self._room:
            minute = self._after.get(minute, minute + _MINUTE)
        self._after[wanted] = max(minute, wanted + _MINUTE)
        return minute
