"""How a new sender is made known: a little more every day, as long as it goes well. Pure: the day is passed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

CONSERVATIVE = (
    50,
    100,
    200,
    400,
    600,
    1_000,
    1_500,
    2_000,
    3_000,
    4_500,
    6_500,
    10_000,
    14_000,
    20_000,
    28_000,
    40_000,
)
MOST_DAYS = 60
USED_AT_LEAST = 0.5
HARD_BELOW = 0.02
HARD_STEPS_BACK = 0.03
COMPLAINTS_BELOW = 0.001
DEFERRED_BELOW = 0.1


@dataclass(frozen=True, slots=True)
class Yesterday:
    """What was handed over on one day, and what came of it; `cap` is what would have been allowed."""

    cap: int
    used: int
    hard: int = 0  # addresses that do not exist
    complaints: int = 0
    deferred: int = 0  # put off by the server


@dataclass(frozen=True, slots=True)
class Decision:
    """The day of the plan (from 1) that is next; one past the last means that the plan is through."""

    day: int
    reason: str


def advance(day: int, yesterday: Yesterday) -> Decision:
    """Whether the next day may bring more; `reason` is for people."""
    used = yesterday.used
    if not used:
        return Decision(day, "Nothing was sent.")
    hard, complaints, deferred = (n / used for n in (yesterday.hard, yesterday.complaints, yesterday.deferred))
    if hard > HARD_STEPS_BACK:
        return Decision(max(1, day - 1), f"{hard:.1%} of the addresses did not exist: more than 3 %, so one day back.")
    if hard >= HARD_BELOW:
        return Decision(day, f"{hard:.1%} of the addresses did not exist: it must stay below 2 %.")
    if complaints >= COMPLAINTS_BELOW:
        return Decision(day, f"{complaints:.2%} marked it as spam: it must stay below 0.1 %.")
    if deferred >= DEFERRED_BELOW:
        return Decision(day, f"{deferred:.0%} were put off by the servers: it must stay below 10 %.")
    if used < USED_AT_LEAST * yesterday.cap:
        return Decision(day, f"{used:,} of {yesterday.cap:,} were sent: less than half, too few to learn from.")
    return Decision(day + 1, "All went well.")


def spread(people: int, caps: Sequence[int], day: int, used_today: int = 0) -> list[int]:
    """How many go today, tomorrow and so on, if every day goes well; after the last day all that is left goes."""
    days: list[int] = []
    left = people
    while left > 0 and day <= len(caps):
        part = min(left, max(0, caps[day - 1] - used_today))
        days.append(part)
        left -= part
        used_today = 0
        day += 1
    return [*days, left] if left else days


def seconds_of_limit(people: int, left: int, limit: int, window_seconds: float, oldest_seconds: float) -> float:
    """Until the last of so many may go, at `limit` in any window, of which `left` may go now.

    `oldest_seconds` ago the first of those that count now were sent: room comes when they have left the window.
    """
    if people <= left:
        return 0.0
    return ceil((people - left) / limit) * window_seconds - min(oldest_seconds, window_seconds)
