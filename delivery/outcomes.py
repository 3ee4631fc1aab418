"""What a turn has in hand: chunks it owns, and their messages on the way through it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from delivery.content import Compiled, Recipient
from delivery.domains.signing.signer import Signer
from delivery.models import MessageState, Provider
from delivery.policy.slowdown import Heard, LaneRate
from delivery.replies import Verdict
from delivery.throttling.pace import Pace


@dataclass(slots=True, eq=False)
class Letter:
    """One message. Its body, or request, is there from rendering until it is written."""

    claim: "Claim"
    message_id: int
    position: int
    email: str
    attempts: int
    is_sample: bool
    recipient: Recipient
    recipient_address: bytes = b""
    return_address: bytes = b""
    body: bytes = b""
    request: Any = None  # in the place of a body, where it leaves by one
    begun_at: float = 0.0
    journal_no: int = -1  # of its `begun` record; -1: none
    losses: int = 0


@dataclass(slots=True)
class Outcome:
    """What became of a message that was not simply accepted at its first try."""

    message_id: int
    email: str
    state: MessageState
    decision: str
    category: str
    stage: str
    code: int | None = None
    enhanced: str = ""
    text: str = ""
    attempts: int = 0  # before this one
    duration_ms: int = 0
    verdict: Verdict | None = None  # still to be turned into a time for the next try
    retry_at: datetime | None = None
    suppresses: bool = False
    failing: str | None = None  # see delivery.policy.soft_bounces; counts if the message is given up
    journal_no: int = -1


@dataclass(frozen=True, slots=True)
class BatchFacts:
    id: int
    stream: str
    rehearsal: bool
    lists: list[int]
    compiled: Compiled
    dot_safe: bool = False
    version: int = 1
    sender_domain: str = ""
    signer: Signer | None = None  # where the domain's mail is signed by us


@dataclass(frozen=True, slots=True)
class Flush:
    """One checkpoint of one chunk."""

    chunk_id: int
    epoch: int
    flush_no: int
    provider: Provider
    batch_id: int
    granted_to: int  # position up to which dots are allowed now
    window_end: int  # up to which they shall be
    accepted: list[int] = field(default_factory=list)
    settled: list[Outcome] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    accepted_ms: int = 0  # of all that were accepted together
    by_ids: bool = False
    ends: bool = False
    release_from: int | None = None  # position of the first message left
    stays_offered: bool = False  # when it is released: whoever comes next may go on, before the dispatcher has looked
    version: int = 1
    is_pinned: bool = False

    @property
    def takes_mail(self) -> bool:
        """The provider has accepted some of these."""
        return bool(self.accepted) or any(outcome.state == MessageState.ACCEPTED for outcome in self.settled)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a checkpoint learned: how far dots are allowed, and what stops the chunk, if anything does."""

    window_end: int
    stop: str = ""
    renews: bool = True  # the lease runs from now on
    lane_rate: LaneRate | None = None  # None: nothing new


@dataclass(slots=True, eq=False)
class Claim:
    """A chunk under our lease. Dots may be written only for positions below `window_end`, and before `safe_until`."""

    chunk_id: int
    batch: BatchFacts
    epoch: int
    flush_no: int
    ids: Sequence[int]
    window_end: int
    safe_until: float
    lane: str = "other"
    lane_rate: LaneRate | None = None  # known when it was claimed
    pace: Pace | None = None  # the lane's own, while it is slowed
    is_pinned: bool = False  # to its version, see delivery.models.Chunk
    read_end: int = 0  # rows below were read and are ready, in flight or settled
    ready: deque[Letter] = field(default_factory=deque)
    read_at: float = 0.0
    in_flight: dict[int, Letter] = field(default_factory=dict)
    accepted: list[int] = field(default_factory=list)
    accepted_numbers: list[int] = field(default_factory=list)  # journal numbers of their `begun` records
    settled: list[Outcome] = field(default_factory=list)
    accepted_seconds: float = 0.0
    is_urgent: bool = False  # its next checkpoint has news that concern what is sent now
    heard: list[Heard] = field(default_factory=list)  # of no message: as the server ended a connection
    flushing: Flush | None = None  # a checkpoint whose answer is still to come
    flushing_numbers: list[int] = field(default_factory=list)
    flushed_at: float = 0.0
    stop: str = ""  # paused, cancelled, expired, slowed or fenced: no further dot

    @property
    def unflushed(self) -> int:
        return len(self.accepted) + len(self.settled)

    @property
    def unsent(self) -> int:
        """Messages not yet taken by a connection, read or not."""
        return len(self.ready) + len(self.ids) - self.read_end

    @property
    def is_spent(self) -> bool:
        return not self.unsent and not self.in_flight

    @property
    def next_position(self) -> int:
        """The first that no connection has taken."""
        return min((letter.position for letter in self.ready), default=self.read_end)

    @property
    def oldest_number(self) -> int | None:
        """Of the journal's records that a recovery of this chunk would need."""
        numbers = [letter.journal_no for letter in self.in_flight.values() if letter.journal_no >= 0]
        numbers += [outcome.journal_no for outcome in self.settled if outcome.journal_no >= 0]
        numbers += self.accepted_numbers
        numbers += self.flushing_numbers
        return min(numbers, default=None)
