"""How the sandbox answers: by a sign in the recipient's address, else by the shares somebody set. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

REFUSED = "550 5.1.1 No such mailbox (played by the sandbox)"
DEFERRED = "451 4.2.1 Mailbox busy, try again later (played by the sandbox)"
FULL = "552 5.2.2 Mailbox full (played by the sandbox)"
SPAM = "554 5.7.1 Message content rejected as spam (played by the sandbox)"

BOUNCED = "550 5.1.1 No such mailbox (played by the sandbox, after it accepted)"
BOUNCED_FOR_NOW = "552 5.2.2 Mailbox full (played by the sandbox, after it accepted)"


@dataclass(frozen=True, slots=True)
class Sign:
    mark: str
    example: str
    effect: str


SIGNS = (
    Sign("+refuse", "ana+refuse@example.org", "Refused with 550 5.1.1: there is no such mailbox."),
    Sign("+full", "ana+full@example.org", "Refused with 552 5.2.2: the mailbox is full."),
    Sign("+defer", "ana+defer@example.org", "Told to come back with 451 4.2.1 once, then accepted."),
    Sign("+drop", "ana+drop@example.org", "Kept, but the connection breaks before the answer: may have arrived."),
    Sign("+slow", "ana+slow@example.org", "Accepted after 3 seconds."),
    Sign("+spam", "ana+spam@example.org", "Refused with 554 5.7.1 after the content was read."),
    Sign("+bounce", "ana+bounce@example.org", "Accepted, then a report comes back: there is no such mailbox."),
    Sign("+softbounce", "ana+softbounce@example.org", "Accepted, then a report comes back: the mailbox is full."),
    Sign("+complain", "ana+complain@example.org", "Accepted, then marked as spam: a complaint comes back at once."),
)


@dataclass(frozen=True, slots=True)
class Shares:
    """In percent and milliseconds, as the row of settings has them."""

    delay_min_ms: int = 0
    delay_max_ms: int = 0
    refused_percent: int = 0
    deferred_percent: int = 0
    dropped_percent: int = 0
    complained_percent: int = 0
    bounced_percent: int = 0
    soft_bounced_percent: int = 0


@dataclass(frozen=True, slots=True)
class Behaviour:
    recipient_reply: str = ""  # instead of 250 to RCPT
    defers_once: bool = False  # that reply is given to the first try only
    content_reply: str = ""  # instead of 250 to the dot
    drops: bool = False  # kept, then the connection is cut
    delay_seconds: float = 0
    complains: bool = False  # kept, then reported as spam
    bounces: str = ""  # kept, then a report says that the recipient's server answered this


def behave(recipient: str, shares: Shares, chance: Callable[[], float]) -> Behaviour:
    """`chance` yields numbers in [0, 1)."""
    return by_sign(recipient) or _by_share(shares, chance)


def by_sign(recipient: str) -> Behaviour | None:
    """As the address asks for; None when there is no sign in it."""
    local_part = recipient.rpartition("@")[0].lower()
    if "+refuse" in local_part:
        return Behaviour(recipient_reply=REFUSED)
    if "+full" in local_part:
        return Behaviour(recipient_reply=FULL)
    if "+defer" in local_part:
        return Behaviour(recipient_reply=DEFERRED, defers_once=True)
    if "+spam" in local_part:
        return Behaviour(content_reply=SPAM)
    if "+drop" in local_part:
        return Behaviour(drops=True)
    if "+slow" in local_part:
        return Behaviour(delay_seconds=3)
    if "+bounce" in local_part:
        return Behaviour(bounces=BOUNCED)
    if "+softbounce" in local_part:
        return Behaviour(bounces=BOUNCED_FOR_NOW)
    if "+complain" in local_part:
        return Behaviour(complains=True)
    return None


def _by_share(shares: Shares, chance: Callable[[], float]) -> Behaviour:
    delay_ms = shares.delay_min_ms + max(0, shares.delay_max_ms - shares.delay_min_ms) * chance()
    drawn = chance() * 100
    if drawn < shares.refused_percent:
        return Behaviour(recipient_reply=REFUSED)
    drawn -= shares.refused_percent
    if drawn < shares.deferred_percent:
        return Behaviour(recipient_reply=DEFERRED)
    drawn -= shares.deferred_percent
    if drawn < shares.dropped_percent:
        return Behaviour(drops=True, delay_seconds=delay_ms / 1000)
    drawn -= shares.dropped_percent
    if drawn < shares.complained_percent:
        return Behaviour(complains=True, delay_seconds=delay_ms / 1000)
    drawn -= shares.complained_percent
    bounces = BOUNCED if drawn < shares.bounced_percent else ""
    if not bounces and drawn - shares.bounced_percent < shares.soft_bounced_percent:
        bounces = BOUNCED_FOR_NOW
    return Behaviour(bounces=bounces, delay_seconds=delay_ms / 1000)
