"""When a campaign stops itself: the figures at which mailbox providers begin to refuse a sender's mail. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.wording import rate
from delivery.replies.categories import BLOCKED, HARD

COUNTED = HARD | BLOCKED

ENOUGH_DENIED = 10
_ENOUGH_TRIED = 200
_FIRST = 500
# With fewer than 1,000 accepted, three complaints are above 0.3 % anyway; one or two may be a slip of a finger.
_ENOUGH_COMPLAINTS = 3
_ENOUGH_TO_WARN = 2


class Rule(StrEnum):
    HARD = "hard"
    BLOCKED = "blocked"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all editions and variants of a campaign. `tried`: those with a last answer, or with none for good."""

    accepted: int = 0
    tried: int = 0
    hard: int = 0
    blocked: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """`words` end with the next step."""

    rule: Rule
    words: str


def decide(now: Figures, resumed_at: Figures | None = None) -> Stop | None:
    """Whether to stop. `resumed_at`: the figures at which a person went on after a stop; they do not count again."""
    past = resumed_at or Figures()
    tried, hard, blocked = now.tried - past.tried, now.hard - past.hard, now.blocked - past.blocked
    since = "Since it was resumed, " if resumed_at else ""
    # More than 8 % of the first 500 is more than 40, however few were tried when there are so many.
    if (tried >= _ENOUGH_TRIED and hard * 100 > 5 * tried) or (tried <= _FIRST and hard * 100 > 8 * _FIRST):
        return Stop(Rule.HARD, f"{since}{hard:,} of {tried:,} addresses tried ({rate(hard / tried)}) {_HARD}")
    if tried >= _ENOUGH_TRIED and blocked * 100 >= tried:
        return Stop(Rule.BLOCKED, f"{since}{blocked:,} of {tried:,} mails ({rate(blocked / tried)}) {_BLOCKED}")
    more = now.complained - past.complained
    if more >= _ENOUGH_COMPLAINTS and more * 1000 >= 3 * now.accepted:
        again = f"{since}{more:,} more people complained. " if resumed_at else ""
        return Stop(Rule.COMPLAINED, f"{again}{_complaints(now)} {_COMPLAINED}")
    return None


def warn(now: Figures) -> str:
    """What to say of complaints that are too many, though too few to stop for; empty when all is well."""
    if now.complained < _ENOUGH_TO_WARN or now.complained * 1000 < now.accepted:
        return ""
    return f"{_complaints(now)} Mailbox providers expect less than 0.1 % and may block you from 0.3 % on."


def is_mass_event(denied: int, tried: int) -> bool:
    """Whether a domain that says of so many of its people that they do not exist is rather wrong about them."""
    return denied >= ENOUGH_DENIED and denied * 10 > tried


def _complaints(now: Figures) -> str:
    # A complaint may be quicker than the count of what was accepted.
    share = now.complained / max(now.accepted, now.complained)
    return f"{now.complained:,} of {now.accepted:,} people ({rate(share, '0.01')}) marked this mail as spam."


_HARD = (
    "do not exist. Above 5 % mailbox providers take a sender for one who guesses addresses. See where these came from "
    "before you resume, or cancel the rest."
)
_BLOCKED = (
    "were refused as spam or because your server is blocked. Going on makes that worse. See what the servers said, "
    "change the mail or wait, then resume, or cancel the rest."
)
_COMPLAINED = (
    "From 0.3 % on mailbox providers block a sender. See who they are and whether they asked for it before you resume, "
    "or cancel the rest."
)
