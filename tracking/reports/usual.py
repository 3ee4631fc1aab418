"""How a campaign did beside the ones before, in words: from sums alone, one query for any number of batches.

What is said must be more than chance. A difference counts once it is larger than what so many people do by chance and
than what the campaigns before differ among themselves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import fmean, stdev
from typing import Literal

from django.db import connection

from accounts.organisation.measuring import Tracking
from accounts.wording import count_people, nobody_of, rate
from delivery.ledger.tallying import LIVE
from tracking.models import Breakdown, EventKind
from tracking.reports import counting

LAST = 10  # campaigns that say what is usual
LEAST = 3  # fewer say nothing
SETTLED = timedelta(days=1)  # most of what people do with a mail happens within it

Key = Literal["opened", "clicked", "unsubscribed", "bounced", "complained"]
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_BY_CHANCE = 2.0  # standard errors
_SHOWN = 0.0005  # of a share: what is less reads as 0.0 points


class Verdict(StrEnum):
    NOTHING = "nothing"  # nobody has it
    EARLY = "early"
    FEW = "few"
    USUAL = "usual"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one batch: people, machines left out."""

    batch_id: int
    accepted: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    complained: int = 0
    finished_at: datetime | None = None
    tracking: str = Tracking.INDIVIDUAL

    @property
    def not_counted(self) -> str:
        """Why opens and clicks are of no people; empty where they are counted by person."""
        return counting.IN_WORDS.get(Tracking(self.tracking), "")

    @property
    def delivered(self) -> int:
        return max(0, self.accepted - self.bounced)

    def share(self, key: Key) -> float | None:
        """Of the delivered; bounces of the accepted. None: nobody to divide by, or not counted by person."""
        if self.not_counted and key in ("opened", "clicked"):
            return None
        whole = self.accepted if key == "bounced" else self.delivered
        return int(getattr(self, key)) / whole if whole else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`share` of this one and `usual` of the others, both of 1; `campaigns`: how many there were to compare with."""

    verdict: Verdict
    share: float | None
    usual: float | None
    campaigns: int

    @property
    def points(self) -> float:
        """Percentage points above the others; negative: below."""
        return 100 * ((self.share or 0) - (self.usual or 0)) if self.usual is not None else 0.0

    @property
    def words(self) -> str:
        """Goes on where "2.4 % clicked" ends. Empty where there is nothing to say."""
        last = f"your last {_NUMBERS[self.campaigns]}" if self.campaigns <= LAST else "your last campaigns"
        match self.verdict:
            case Verdict.ABOVE | Verdict.BELOW:
                return f"{abs(self.points):.1f} points {self.verdict} {last}"
            case Verdict.USUAL:
                return f"about as usual, {last} had {rate(self.usual)}"
            case _:
                return ""


def outcomes(batch_ids: Collection[int]) -> dict[int, Outcome]:
    """Of each batch that is no rehearsal."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, {"batches": list(batch_ids)})
        return {row[0]: Outcome(*row) for row in cursor.fetchall()}


def compare(this: Outcome, others: Sequence[Outcome], key: Key, now: datetime) -> Comparison:
    """`others`: the campaigns before, those of them that reached anybody count. Pure."""
    share = this.share(key)
    shares = [known for other in others if (known := other.share(key)) is not None][:LAST]
    usual = fmean(shares) if shares else None
    if share is None:
        verdict = Verdict.NOTHING
    elif this.finished_at is None or now - this.finished_at < SETTLED:
        verdict = Verdict.EARLY
    elif len(shares) < LEAST or usual is None:
        verdict = Verdict.FEW
    elif abs(share - usual) <= max(_SHOWN, _chance(usual, share, this.delivered), stdev(shares)):
        verdict = Verdict.USUAL
    else:
        verdict = Verdict.ABOVE if share > usual else Verdict.BELOW
    return Comparison(verdict, share, usual, len(shares))


def sentence(this: Outcome, others: Sequence[Outcome], now: datetime) -> str:
    """The report in a line or two."""
    if not this.delivered:
        return "Nothing has been delivered yet."
    beside = _beside(compare(this, others, "unsubscribed", now))
    if this.not_counted:
        return f"{this.not_counted}. {_left(this)}{beside}."
    clicks = compare(this, others, "clicked", now)
    people = count_people(this.delivered)
    said = f"{rate(clicks.share)} of {people} clicked" if this.clicked else f"{nobody_of(this.delivered)} has clicked"
    if clicks.verdict == Verdict.EARLY:
        return f"{said}{' so far' if this.clicked else ' yet'}. {_left(this)}. {_later(clicks)}".strip()
    if clicks.verdict == Verdict.FEW:
        return f"{said}. {_left(this)}. Once there are three campaigns before it, it is compared with them."
    return f"{said}: {clicks.words}. {_left(this)}{beside}."


def _chance(usual: float, share: float, people: int) -> float:
    likely = usual or share
    return _BY_CHANCE * sqrt(likely * (1 - likely) / people) if people else 1.0


def _left(this: Outcome) -> str:
    return f"{this.unsubscribed:,} unsubscribed" if this.unsubscribed else "Nobody unsubscribed"


def _beside(leaving: Comparison) -> str:
    match leaving.verdict:
        case Verdict.ABOVE:
            return ", more than usual"
        case Verdict.BELOW:
            return ", fewer than usual"
        case Verdict.USUAL:
            return ", about as usual"
        case _:
            return ""


def _later(clicks: Comparison) -> str:
    if clicks.campaigns < LEAST:
        return ""
    return f"A day after it was sent, it is compared with your last {_NUMBERS[clicks.campaigns]}."


def _people(kind: EventKind) -> str:
    return f"coalesce(sum(people) FILTER (WHERE kind = {int(kind)}), 0)::bigint"


# What is on its way now is counted in its chunks until these are done.
_OUTCOMES = f"""
SELECT b.id, b.accepted + coalesce(c.accepted, 0)::bigint, d.opened, d.clicked, d.left_it, f.bounced, f.complained,
    b.finished_at, b.tracking
FROM delivery_batch b {LIVE}
CROSS JOIN LATERAL (
    SELECT {_people(EventKind.OPEN)} AS opened, {_people(EventKind.CLICK)} AS clicked,
        {_people(EventKind.UNSUBSCRIBE)} AS left_it
    FROM tracking_breakdown WHERE batch_id = b.id AND by = '{Breakdown.By.LANE.value}' AND NOT is_machine) d
CROSS JOIN LATERAL (
    SELECT coalesce(sum(hard + soft), 0)::bigint AS bounced, coalesce(sum(complained), 0)::bigint AS complained
    FROM delivery_feedbackcount WHERE batch_id = b.id) f
WHERE b.id = ANY(%(batches)s) AND NOT b.rehearsal
"""  # noqa: S608
