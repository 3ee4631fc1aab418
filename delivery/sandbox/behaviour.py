"""How the sandbox answers a recipient, and the signs in an address that ask for it. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

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


class Reader(StrEnum):
    OPENS = "opens"
    CLICKS = "clicks"
    LEAVES = "leaves"
    APPLE = "apple"
    SCANNER = "scanner"


@dataclass(frozen=True, slots=True)
class Act:
    """What a made-up reader does with a kept mail."""

    reader: Reader
    seconds: float  # after it was kept


@dataclass(slots=True)
class Behaviour:
    recipient_reply: str = ""  # instead of 250 to RCPT
    recipient_delay_seconds: float = 0
    defers_once: bool = False  # that reply is given to the first try only
    data_reply: str = ""  # instead of 354 to DATA
    data_delay_seconds: float = 0
    content_reply: str = ""  # instead of 250 to the dot
    drops_before: bool = False  # the connection is cut while the mail comes
    drops: bool = False  # kept, then the connection is cut
    delay_seconds: float = 0
    complains: bool = False  # kept, then reported as spam
    bounces: str = ""  # kept, then a report says that the recipient's server answered this
    later_seconds: float = 0  # until that report comes
    acts: list[Act] = field(default_factory=list)


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
