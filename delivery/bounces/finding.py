"""What a returned mail says, in our words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from delivery.replies import Category


class Kind(StrEnum):
    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    AUTOREPLY = "autoreply"
    UNMARKED = "unmarked"  # a person's mail, or an automatic reply of which nothing says so


@dataclass(frozen=True, slots=True)
class Finding:
    """One recipient's part of a returned mail. Whoever wrote the mail, nobody can tell: it counts by `Trace` alone.

    `is_permanent`: the mailbox or its domain is not there, and will not be tomorrow; a full mailbox and a refusal as
    spam are failures that pass. `suppresses`: this person gets nothing more, by this report alone. `original` is the
    address we wrote to, where a forwarder put its own in its place.
    """

    kind: Kind
    recipient: str | None
    original: str | None
    status: str  # "5.1.1" or nothing
    category: Category | None  # None for what is no failure
    is_permanent: bool
    suppresses: bool
    diagnostic: str  # the server's words, unfolded
    reporting_mta: str
    gives_up_at: datetime | None  # of a delay: when the time the server tries for is over; aware, UTC
    feedback_type: str  # of a complaint, as RFC 5965 names it: abuse, not-spam, ...


@dataclass(frozen=True, slots=True)
class Trace:
    """What of a mail of ours can be recognised in a returned one; anybody may have written it.

    `senders`: whose the returned mail was, but for whom it was sent to.
    """

    envelope_addresses: tuple[str, ...]
    message_ids: tuple[str, ...]
    senders: tuple[str, ...] = ()
