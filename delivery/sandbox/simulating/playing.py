"""What the rules make of a connection, a sender and a recipient. Pure: the clock and the dice are handed in."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from delivery.sandbox.behaviour import Act, Behaviour, Reader

GREYLISTED = "451 4.7.1 Greylisted, please try again later (played by the sandbox)"
THROTTLED = "451 4.7.1 Too many messages, slow down (played by the sandbox)"
AWAY = "421 4.3.2 Service not available (played by the sandbox)"
_REMEMBERED = 100_000


class Effect(StrEnum):
    DELAY = "delay"
    REFUSE = "refuse"
    DROP = "drop"
    GREYLIST = "greylist"
    THROTTLE = "throttle"
    OUTAGE = "outage"
    BOUNCE = "bounce"
    COMPLAIN = "complain"
    OPENS = "opens"
    CLICKS = "clicks"
    LEAVES = "leaves"
    APPLE = "apple"
    SCANNER = "scanner"


class Stage(StrEnum):
    CONNECT = "connect"
    HELLO = "hello"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    BEFORE_DOT = "before_dot"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Rule:
    id: int
    effect: Effect
    mailbox_id: int | None = None  # None: of all mailboxes
    pattern: re.Pattern[str] | None = None  # of the recipient's address; None: all
    percent: float = 100
    stage: Stage = Stage.DOT
    reply: str = ""
    from_seconds: float = 0
    to_seconds: float = 0
    per_minute: int = 60
    minutes: int = 5
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


@dataclass(slots=True)
class Way:
    """What a connection, its greeting or a sender meets."""

    reply: str = ""  # instead of the usual one
    delay_seconds: float = 0
    breaks: bool = False


def pattern(written: str) -> re.Pattern[str] | None:
    """`*@example.org` and the like; each piece between two stars is looked for once, so that no pattern is slow."""
    if not written or set(written) <= {"*"}:
        return None
    pieces = [re.escape(piece) for piece in re.split(r"\*+", written.lower())]
    return re.compile(pieces[0] + "".join(f"(?>.*?{piece})" for piece in pieces[1:-1]) + _last(pieces))


def _last(pieces: Sequence[str]) -> str:
    return f".*{pieces[-1]}" if len(pieces) > 1 else ""


@dataclass
class Play:
    """The rules, and what has to be remembered for them."""

    chance: Callable[[], float]  # numbers in [0, 1)
    rules: Sequence[Rule] = ()
    _greylisted: dict[tuple[int, str], datetime] = field(default_factory=dict)  # when it was first seen
    _taken: dict[int, tuple[datetime, int]] = field(default_factory=dict)  # since then, so many

    def connect(self, now: datetime) -> Way:
        return self._way(self._of_all_mailboxes(now), Stage.CONNECT)

    def greet(self, now: datetime) -> Way:
        return self._way(self._of_all_mailboxes(now), Stage.HELLO)

    def begin(self, mailbox_id: int, now: datetime) -> Way:
        return self._way((rule for rule in self._due(now) if rule.mailbox_id in (None, mailbox_id)), Stage.SENDER)

    def receive(self, mailbox_id: int, recipient: str, now: datetime) -> Behaviour:
        how = Behaviour()
        for rule in self._due(now):
            if rule.mailbox_id not in (None, mailbox_id) or not _fits(rule, recipient) or not self._draws(rule):
                continue
            self._apply(rule, how, recipient, now)
        return how

    def _of_all_mailboxes(self, now: datetime) -> Sequence[Rule]:
        """Those that have a say before any login is known."""
        return [rule for rule in self._due(now) if rule.mailbox_id is None]

    def _due(self, now: datetime) -> Sequence[Rule]:
        return [rule for rule in self.rules if rule.is_due(now)] if self.rules else ()

    def _draws(self, rule: Rule) -> bool:
        return rule.percent >= 100 or self.chance() * 100 < rule.percent

    def _way(self, rules: Iterable[Rule], stage: Stage) -> Way:
        way = Way()
        for rule in rules:
            if rule.effect == Effect.OUTAGE:
                # Who connects is turned away; who is connected already is cut off.
                way.reply, way.breaks = way.reply or rule.reply or AWAY, way.breaks or stage != Stage.CONNECT
            elif rule.stage != stage or rule.pattern or not self._draws(rule):
                continue
            elif rule.effect == Effect.DELAY:
                way.delay_seconds += self._seconds(rule)
            elif rule.effect == Effect.REFUSE:
                way.reply = way.reply or rule.reply
            elif rule.effect == Effect.DROP:
                way.breaks = True
        return way

    def _apply(self, rule: Rule, how: Behaviour, recipient: str, now: datetime) -> None:
        match rule.effect, rule.stage:
            case Effect.DELAY, Stage.RECIPIENT:
                how.recipient_delay_seconds += self._seconds(rule)
            case Effect.DELAY, Stage.DATA:
                how.data_delay_seconds += self._seconds(rule)
            case Effect.DELAY, Stage.DOT:
                how.delay_seconds += self._seconds(rule)
            case Effect.REFUSE, Stage.RECIPIENT:
                how.recipient_reply = how.recipient_reply or rule.reply
            case Effect.REFUSE, Stage.DATA:
                how.data_reply = how.data_reply or rule.reply
            case Effect.REFUSE, Stage.DOT:
                how.content_reply = how.content_reply or rule.reply
            case Effect.DROP, Stage.BEFORE_DOT:
                how.drops_before = True
            case Effect.DROP, Stage.DOT:
                how.drops = True
            case Effect.GREYLIST, _ if self._is_greylisted(rule, recipient, now):
                how.recipient_reply = how.recipient_reply or rule.reply or GREYLISTED
            case Effect.THROTTLE, _ if self._is_too_many(rule, now):
                how.recipient_reply = how.recipient_reply or rule.reply or THROTTLED
            case Effect.BOUNCE, _ if not how.bounces:
                how.bounces, how.later_seconds = rule.reply, self._seconds(rule)
            case Effect.COMPLAIN, _:
                how.complains, how.later_seconds = True, self._seconds(rule)
            case ((Effect.OPENS | Effect.CLICKS | Effect.LEAVES | Effect.APPLE | Effect.SCANNER), _):
                how.acts.append(Act(Reader(rule.effect.value), self._seconds(rule)))

    def _seconds(self, rule: Rule) -> float:
        return rule.from_seconds + max(0.0, rule.to_seconds - rule.from_seconds) * self.chance()

    def _is_greylisted(self, rule: Rule, recipient: str, now: datetime) -> bool:
        """Until that many minutes after its first try."""
        first = self._greylisted.setdefault((rule.id, recipient), now)
        if len(self._greylisted) > _REMEMBERED:
            del self._greylisted[next(iter(self._greylisted))]
        return now < first + timedelta(minutes=rule.minutes)

    def _is_too_many(self, rule: Rule, now: datetime) -> bool:
        since, taken = self._taken.get(rule.id, (now, 0))
        if now - since >= timedelta(minutes=1):
            since, taken = now, 0
        self._taken[rule.id] = since, taken + 1
        return taken >= rule.per_minute


def _fits(rule: Rule, recipient: str) -> bool:
    return rule.pattern is None or rule.pattern.fullmatch(recipient.lower()) is not None
