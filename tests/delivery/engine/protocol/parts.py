"""What the model is made of: rows of the ledger, a worker with its journal, and the rules between them."""

from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum, IntEnum

WINDOW, CONNECTIONS, RING = 3, 2, 10
LEASE, SAFE, GRACE, TAKEOVERS = 30, 25, 30, 3
FREE_RETRIES = 8


@dataclass(frozen=True)
class Rules:
    window_binds: bool = True  # no dot beyond what the database granted
    journal_first: bool = True  # a message is in the journal before its dot
    checkpoints_fenced: bool = True  # one names the epoch and the number it was made under
    lock_before_reading: bool = True  # a lease that ran out proves nothing: its owner must be dead
    uncertain_stays: bool = True  # a dot without an answer is not sent again
    lost_is_uncertain: bool = True  # without a journal, whatever the window allowed may have been sent
    retry_in_one_chunk: bool = True  # one that is gathered leaves the chunk that it came from
    debts_leave_journal: bool = True  # a turn that cannot tell the ledger leaves its journal to recovery, unwritten
    look_renews_nothing: bool = True  # a commit whose answer was lost started its lease then, not now


class State(IntEnum):
    PENDING = 0
    ACCEPTED = 1
    DEFERRED = 2
    REFUSED = 3
    UNCERTAIN = 4


class Word(Enum):
    """What the journal says of a message; the last one counts."""

    BEGUN = "I"
    ACCEPTED = "A"
    REFUSED = "R"
    DEFERRED = "D"  # in a real journal R too, with its code
    WITHDRAWN = "W"


ANSWERS = {Word.ACCEPTED: State.ACCEPTED, Word.REFUSED: State.REFUSED, Word.DEFERRED: State.DEFERRED}


class Fate(Enum):
    """Of a transaction."""

    DONE = "done"
    LOST = "committed, but the answer got lost"
    FAILED = "rolled back"


class Away(Exception):
    """The database did not answer."""


class Fenced(Exception):
    pass


# The database


@dataclass(eq=False)
class Message:
    state: State = State.PENDING
    attempts: int = 0


@dataclass(eq=False)
class Chunk:
    number: int
    members: list[int]  # 0: struck out
    by_ids: bool = False
    epoch: int = 0
    flush_no: int = 0
    window_end: int = 0
    owner: "Journal | None" = None  # of whoever holds it
    lease_until: int = 0
    takeovers: int = 0
    quarantined: bool = False
    is_done: bool = False
    offered_to: int | None = None  # a provider
    counts: Counter[State] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.counts[State.PENDING] = len(self.members)

    @property
    def is_free(self) -> bool:
        return self.owner is None and not self.is_done


# A worker


class Full(Exception):
    pass


@dataclass(eq=False)
class Journal:
    host: int
    is_locked: bool = True  # by its owner, for life
    is_lost: bool = False
    is_blocked: bool = False  # the disk is full
    records: list[tuple[Word, int, int, int]] = field(default_factory=list)
    floor: int = 0

    def write(self, word: Word, claim: "Claim", message: int) -> int:
        if self.is_blocked or len(self.records) - self.floor >= RING:
            raise Full
        self.records.append((word, claim.chunk, claim.epoch, message))
        return len(self.records) - 1

    def last_words(self, chunk: Chunk) -> dict[int, Word]:
        ring = self.records[-RING:]
        return {
            message: word for word, number, epoch, message in ring if (number, epoch) == (chunk.number, chunk.epoch)
        }


class Stage(Enum):
    TAKEN = "taken"
    BEGUN = "in the journal"
    SENT = "its dot is on the wire"


@dataclass(eq=False)
class Letter:
    claim: "Claim"
    message: int
    position: int
    stage: Stage = Stage.TAKEN
    number: int = -1  # of its record in the journal
    answer: Word | None = None


@dataclass(eq=False)
class Flush:
    granted_to: int
    window_end: int
    outcomes: list[tuple[int, State]]
    numbers: list[int]
    ends: bool
    release_from: int | None


@dataclass(eq=False)
class Claim:
    chunk: int
    epoch: int
    flush_no: int
    members: list[int]
    window_end: int
    read_end: int
    safe_until: int
    ready: deque[Letter] = field(default_factory=deque)
    in_flight: list[Letter] = field(default_factory=list)
    settled: list[tuple[Letter, State]] = field(default_factory=list)
    flushing: Flush | None = None
    stop: str = ""

    @property
    def unsent(self) -> int:
        return len(self.ready) + len(self.members) - self.read_end

    @property
    def next_position(self) -> int:
        return min((letter.position for letter in self.ready), default=self.read_end)

    @property
    def numbers(self) -> list[int]:
        """Of the records that a recovery would need."""
        own = [letter.number for letter in self.in_flight] + [letter.number for letter, _ in self.settled]
        return [number for number in own + (self.flushing.numbers if self.flushing else []) if number >= 0]


@dataclass(eq=False)
class Worker:
    host: int
    journal: Journal
    provider: int
    claims: list[Claim] = field(default_factory=list)
    wire: dict[int, Letter] = field(default_factory=dict)  # by connection
    stopped: bool = False  # takes nothing more
    broken: bool = False  # its journal fails: no further dot
    owes: bool = False  # a chunk may be its own that it does not know of
    behind: int = 0  # its clock stood still so long

    @property
    def unsent(self) -> int:
        return sum(claim.unsent for claim in self.claims if not claim.stop)
