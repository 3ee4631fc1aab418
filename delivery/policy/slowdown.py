"""How mail to a lane slows down when its servers ask for it, and speeds up again. Pure: the clock is passed in."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from delivery.replies import Category

SETTLE = timedelta(minutes=1)  # what was on its way before the rate fell says nothing about the new one
CALM = timedelta(minutes=10)
ENOUGH = 50
UP = 1.2
SLOWEST = 1.0  # a minute
# Of those who share the lane with nothing but that they are none of the big: one of them speaks for itself alone.
OTHER_SHARE = 0.2
FEWER_CONNECTIONS_FOR = timedelta(minutes=60)
# Where nothing was measured yet: connections times mails a connection that such servers take, a minute (KumoMTA).
START = {"gmail": 250.0, "microsoft": 250.0, "yahoo": 200.0, "apple": 50.0, "other": 1000.0}


@dataclass(frozen=True, slots=True)
class LaneRate:
    """What may go to a lane now; `per_minute` None: as much as the provider takes."""

    per_minute: float | None = None
    is_held: bool = False


FREE = LaneRate()


@dataclass(frozen=True, slots=True)
class Slowness:
    """What is known of one lane at one provider. No `rate`: nothing limits it but the provider's own limits."""

    rate: float | None = None  # a minute
    was: float | None = None  # before it was slowed: when it is back there, it is free again
    heard_at: datetime | None = None  # a server asked for less, last
    changed_at: datetime | None = None
    accepted: int = 0  # since changed_at
    held_until: datetime | None = None
    ceiling: float | None = None  # a minute, until `ceiling_until`
    ceiling_until: datetime | None = None
    recent: dict[str, list[float]] = field(default_factory=dict)  # reaction to when it was called for, in seconds

    def rate_at(self, now: datetime) -> float | None:
        """Messages a minute that may go now."""
        rates = [self.rate] if self.rate is not None else []
        if self.ceiling is not None and self.ceiling_until is not None and now < self.ceiling_until:
            rates.append(self.ceiling)
        return min(rates, default=None)

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and now < self.held_until

    def is_free(self, now: datetime) -> bool:
        return self.rate_at(now) is None and not self.is_held(now)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What such words call for when they come `times` within an hour: a pause, or a rate (a minute) for some time."""

    lane: str  # "": any
    words: re.Pattern[str]
    times: int
    lasts: timedelta
    rate: float | None = None


def _reaction(lane: str, words: str, times: int, minutes: int, rate: float | None = None) -> Reaction:
    return Reaction(lane, re.compile(words, re.IGNORECASE), times, timedelta(minutes=minutes), rate)


# As the operators of large senders publish them (KumoMTA's community rules).
REACTIONS = (
    _reaction("gmail", r"unusual rate", 2, 30, rate=10),
    _reaction("gmail", r"detected that this message", 5, 60),
    _reaction("yahoo", r"\[(TSS04|IPTS04)\]", 2, 120),
    _reaction("yahoo", r"\[TSS05\]", 1, 240),
    _reaction("yahoo", r"\[TS02\]", 1, 30, rate=1),
    _reaction("yahoo", r"\[TS03\]", 1, 30, rate=10),
    _reaction("yahoo", r"\b553\b.*5\.7\.1.*\[BL", 1, 120),
    _reaction("microsoft", r"\bS31[45]0\b|block ?list", 5, 120),
    _reaction("microsoft", r"rate limited", 3, 30),
    _reaction("apple", r"\[(HCM1|BS02)\]", 1, 15),
    _reaction("", r"spamhaus.*\bdbl\b|\bdbl\.spamhaus", 1, 240),
)


def fewer_connections(now_used: int) -> int:
    """What a server that takes fewer connections gets for the next hour."""
    return max(1, now_used // 2)


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply that was not a yes."""

    category: Category | str
    words: str  # code and text


def after(
    known: Slowness, lane: str, heard: list[Heard], accepted: int, now: datetime, measured: float | None = None
) -> Slowness:
    """What is known after a while in which so many were accepted and this was heard. `measured`: the lane's rate."""
    new = replace(known, accepted=known.accepted + accepted)
    asks = sum(reply.category == Category.THROTTLE for reply in heard)
    if asks and (lane != "other" or asks >= OTHER_SHARE * (accepted + len(heard))):
        new = _slower(new, lane, now, measured)
    else:
        new = _faster(new, now)
    return _react(new, lane, heard, now)


def _slower(known: Slowness, lane: str, now: datetime, measured: float | None) -> Slowness:
    known = replace(known, heard_at=now)
    if known.rate is not None and known.changed_at is not None and now - known.changed_at < SETTLE:
        return known
    was = known.rate if known.rate is not None else measured or START.get(lane, START["other"])
    return replace(known, rate=max(SLOWEST, was / 2), was=known.was or was, changed_at=now, accepted=0)


def _faster(known: Slowness, now: datetime) -> Slowness:
    if known.rate is None or known.changed_at is None:
        return known
    quiet_since = max(known.changed_at, known.heard_at or known.changed_at)
    if now - quiet_since < CALM or known.accepted < ENOUGH:
        return known
    rate = known.rate * UP
    if known.was is None or rate >= known.was:
        return replace(known, rate=None, was=None, changed_at=now, accepted=0)
    return replace(known, rate=rate, changed_at=now, accepted=0)


def _react(known: Slowness, lane: str, heard: list[Heard], now: datetime) -> Slowness:
    for reply in heard:
        for reaction in REACTIONS:
            if reaction.lane in ("", lane) and reaction.words.search(reply.words):
                known = _called_for(known, reaction, now)
    return known


def _called_for(known: Slowness, reaction: Reaction, now: datetime) -> Slowness:
    key, at = reaction.words.pattern, now.timestamp()
    times = [*(moment for moment in known.recent.get(key, []) if moment > at - 3600), at]
    if len(times) < reaction.times:
        return replace(known, recent={**known.recent, key: times})
    known = replace(known, heard_at=now, recent={**known.recent, key: []})
    until = now + reaction.lasts
    if reaction.rate is None:
        return replace(known, held_until=max(until, known.held_until or until))
    return replace(known, ceiling=reaction.rate, ceiling_until=until)
