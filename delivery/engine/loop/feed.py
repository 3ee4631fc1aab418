"""A turn's side of its channels: what they take, and what became of it."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from time import monotonic

from delivery import replies
from delivery.engine.bookkeeping.halts import Halt
from delivery.engine.bookkeeping.window import skip
from delivery.engine.journal import Journal
from delivery.guards import faults
from delivery.models import MessageState
from delivery.outcomes import Claim, Letter, Outcome
from delivery.policy import soft_bounces
from delivery.policy.mailbox_providers import OTHER
from delivery.policy.slowdown import Heard
from delivery.replies import Stage
from delivery.throttling.pace import Pace
from delivery.transports.base import Answer, CannotCarry, Channel, Transport

log = logging.getLogger(__name__)

CHECKPOINT = 250
FENCED = "fenced"
SLOWED = "slowed"
USED_UP = "used up"  # what the hour or the day allows
_STAGES = list(Stage)


class TurnFeed:
    """Called by channels, thousands of times a second."""

    def __init__(self, journal: Journal, pace: Pace, transport: Transport, on_due: Callable[[], None]) -> None:
        self.claims: list[Claim] = []
        self.channels: set[Channel] = set()
        self.halts: list[Halt] = []
        self.stopped = False  # take nothing more
        self.hands_on = False  # only the clock or the pace stopped it
        self.broken = ""  # the journal fails: no further dot
        self.accepted_count = 0
        self.refused_count = 0
        self._throttled: Counter[str] = Counter()  # by lane: "slow down"
        self._excused = 0  # channels that such a lane's servers ended
        self.fruitless = 0  # channels lost in a row without a message accepted in between
        self.last_loss = ""
        self._journal = journal
        self._pace = pace
        self._encode = transport.encode
        self._on_due = on_due
        self._loop = asyncio.get_running_loop()
        self._wakes_at = 0.0

    @property
    def may_hand_on(self) -> bool:
        """Another turn may go on with what this one leaves. Only if it has sent something, be it at last, so that
        nobody begins turn after turn for nothing.
        """
        return self.hands_on and self.accepted_count > 0

    @property
    def throttled_count(self) -> int:
        """How often the provider asked to slow down. What one lane's servers ask concerns that lane."""
        return self._throttled.total() if OTHER in self._throttled or len(self._throttled) > 1 else 0

    @property
    def unsent(self) -> int:
        """Of what nothing but the provider slows; a slowed lane is no reason to take on less of the others."""
        return sum(claim.unsent for claim in self.claims if not claim.stop and claim.pace is None)

    @property
    def sendable(self) -> int:
        """For how many channels are wanted: of a slowed lane, which may have lost its last one, for what may go now."""
        now = self._loop.time()
        waiting = (claim for claim in self.claims if claim.unsent and not claim.stop)
        due = {claim.lane for claim in waiting if claim.pace is not None and claim.pace.opens_at <= now}
        return self.unsent + self.in_flight + len(due)

    @property
    def in_flight(self) -> int:
        return sum(len(claim.in_flight) for claim in self.claims)

    @property
    def ready(self) -> int:
        return sum(len(claim.ready) for claim in self.claims if not claim.stop)

    def wake(self) -> None:
        for channel in list(self.channels):
            channel.wake()

    # The Feed of a channel

    def take(self) -> Letter | None:
        if self.stopped:
            return None
        now = self._loop.time()
        for claim in self.claims:
            while claim.ready and not claim.stop:
                if claim.pace is not None and not claim.pace.allows(now, len(claim.ready)):
                    self._wait_for_lane(claim, claim.pace)
                    break
                if not self._pace.is_unlimited and not self._pace.allows(now, self.ready):
                    self._wait_for_pace()
                    if claim.pace is not None:
                        claim.pace.give_back()
                    return None
                letter = claim.ready.popleft()
                if self._encode_or_settle(letter):
                    claim.in_flight[letter.message_id] = letter
                    if not claim.ready:
                        self._on_due()
                    return letter
                self._pace.give_back()
                if claim.pace is not None:
                    claim.pace.give_back()
        return None

    def begin(self, letter: Letter) -> bool:
        if not self._may_begin(letter):
            return False
        try:
            letter.journal_no = self._journal.begun(*_noted(letter))
        except OSError as problem:
            self._break(problem)
            return False
        return True

    def accepted(self, letter: Letter, receipt: str = "") -> None:
        try:
            self._journal.accepted(*_noted(letter))
        except OSError as problem:
            self._break(problem)
        if faults.FAULT is not None:
            faults.FAULT.hit("after_journal")
        self._take_accepted(letter, receipt)

    def chained(self, letter: Letter, following: Letter) -> bool:
        if not self._may_begin(following):
            self.accepted(letter)
            return False
        try:
            following.journal_no = self._journal.chained(_noted(letter), _noted(following))
        except OSError as problem:
            self._break(problem)
        self._take_accepted(letter)
        return not self.broken

    def refused(self, letter: Letter, stage: Stage, answer: Answer) -> None:
        verdict = replies.classify(stage, answer.code, answer.enhanced, answer.text)
        self.refused_count += 1
        if verdict.category is replies.Category.THROTTLE:
            self._hear(letter.claim, answer)
        asks_all_to_wait = answer.wait_seconds > 0 and verdict.retries
        if verdict.pauses_provider or asks_all_to_wait:
            category = verdict.category if verdict.pauses_provider else replies.Category.THROTTLE
            words = replies.WORDS[category]
            self.halts.append(Halt(None, words, f"{answer.code} {answer.text}", category, answer.wait_seconds))
        elif verdict.pauses_batch:
            self.halts.append(
                Halt(letter.claim.batch.id, replies.WORDS[verdict.category], f"{answer.code} {answer.text}")
            )
        stops = verdict.pauses_provider or verdict.pauses_batch or asks_all_to_wait
        if stops:
            self.stopped = True
            self._on_due()
        if verdict.retries and stops:
            self._put_back(letter)
            return
        claim = letter.claim
        try:
            self._journal.refused(
                claim.chunk_id, claim.epoch, letter.message_id, _STAGES.index(stage), min(answer.code, 999)
            )
        except OSError as problem:
            self._break(problem)
        state, decision = (
            (MessageState.REFUSED, "refused") if verdict.is_permanent else (MessageState.DEFERRED, "retry")
        )
        outcome = self._outcome(letter, stage, state, decision, verdict.category)
        outcome.code, outcome.enhanced, outcome.text = answer.code, answer.enhanced, answer.text
        outcome.verdict = verdict if verdict.retries else None
        outcome.suppresses = verdict.suppresses and (letter.is_sample or not claim.batch.rehearsal)
        outcome.failing = None if claim.batch.rehearsal else soft_bounces.failing(verdict, stage)
        self._settle(letter, outcome)

    def lost(
        self, letter: Letter, stage: Stage, *, uncertain: bool, blame: bool, why: str, said: Answer | None = None
    ) -> None:
        if said is not None:
            verdict = replies.classify(stage, said.code, said.enhanced, said.text)
            letter.claim.heard.append(Heard(verdict.category, f"{said.code} {said.text}"))
        if uncertain:
            # The journal already says so: begun, and nothing after it.
            outcome = self._outcome(letter, stage, MessageState.UNCERTAIN, "uncertain", replies.Category.NETWORK)
            outcome.text = why
            self._settle(letter, outcome)
            return
        letter.losses += blame
        if letter.losses < 2 or self.stopped or self.broken or letter.claim.stop:
            self._put_back(letter)
            return
        self._withdraw(letter)
        outcome = self._outcome(letter, stage, MessageState.DEFERRED, "retry", replies.Category.NETWORK)
        outcome.text, outcome.verdict = why, replies.classify(stage, None)
        self._settle(letter, outcome)

    def closed(self, channel: Channel, why: str) -> None:
        self.channels.discard(channel)
        if self._excused:
            self._excused -= 1
        elif not channel.delivered and not self.stopped:
            self.fruitless += 1
        self.last_loss = why
        self._on_due()

    # Behind it

    def _may_begin(self, letter: Letter) -> bool:
        claim = letter.claim
        # Not the loop's time, which stands still while its callbacks run: this process may have been stopped in one.
        letter.begun_at = monotonic()
        return not (self.broken or claim.stop == FENCED or letter.begun_at > claim.safe_until)

    def _take_accepted(self, letter: Letter, receipt: str = "") -> None:
        claim = letter.claim
        self.fruitless = 0
        self.accepted_count += 1
        claim.accepted_seconds += monotonic() - letter.begun_at
        del claim.in_flight[letter.message_id]
        if letter.attempts or receipt:
            outcome = self._outcome(letter, Stage.BODY, MessageState.ACCEPTED, "accepted", "accepted")
            outcome.code, outcome.text = 250, receipt
            claim.settled.append(outcome)
        else:
            claim.accepted.append(letter.message_id)
            claim.accepted_numbers.append(letter.journal_no)
        if len(claim.accepted) >= CHECKPOINT or not (claim.in_flight or claim.ready):
            self._on_due()

    def _encode_or_settle(self, letter: Letter) -> bool:
        try:
            self._encode(letter)
        except CannotCarry as problem:
            self._settle_unsent(letter, problem.category, problem.words)
        except Exception as problem:  # whatever a template may do to its renderer
            log.exception("message %s cannot be rendered", letter.message_id)
            self._settle_unsent(letter, "rendering", f"{type(problem).__name__}: {problem}")
        else:
            return True
        return False

    def _settle_unsent(self, letter: Letter, category: str, words: str) -> None:
        letter.claim.settled.append(skip(letter.message_id, letter.email, category, words))
        self._on_due()

    def _settle(self, letter: Letter, outcome: Outcome) -> None:
        claim = letter.claim
        claim.in_flight.pop(letter.message_id, None)
        claim.settled.append(outcome)
        if claim.unflushed >= CHECKPOINT or not (claim.in_flight or claim.ready):
            self._on_due()

    def _hear(self, claim: Claim, answer: Answer) -> None:
        """Asked to slow down. One lane's servers are heard at once, before much more is pressed upon them."""
        self._throttled[claim.lane] += 1
        if claim.lane == OTHER:
            return
        self._excused += answer.code == 421
        if claim.pace is None and not claim.is_urgent:
            claim.is_urgent = True
            self._on_due()

    def _put_back(self, letter: Letter) -> None:
        self._withdraw(letter)
        letter.body, letter.request = b"", None
        letter.claim.in_flight.pop(letter.message_id, None)
        letter.claim.ready.appendleft(letter)

    def _withdraw(self, letter: Letter) -> None:
        if letter.journal_no < 0:
            return
        try:
            self._journal.withdrawn(letter.claim.chunk_id, letter.claim.epoch, letter.message_id)
        except OSError as problem:
            self._break(problem)
        letter.journal_no = -1

    def _outcome(self, letter: Letter, stage: Stage, state: MessageState, decision: str, category: str) -> Outcome:
        spent = monotonic() - letter.begun_at if letter.begun_at else 0.0
        return Outcome(
            letter.message_id,
            letter.email,
            state,
            decision,
            category,
            stage,
            attempts=letter.attempts,
            duration_ms=min(int(spent * 1000), 2**31 - 1),
            journal_no=letter.journal_no,
        )

    def _break(self, problem: OSError) -> None:
        """Without the journal nobody could say after a crash what was sent."""
        if not self.broken:
            log.error("sending stops, the journal cannot be written: %s", problem)
        self.broken, self.stopped = str(problem), True
        self._on_due()

    def _wait_for_lane(self, claim: Claim, pace: Pace) -> None:
        if pace.is_starved:
            claim.stop = SLOWED
            self._on_due()
        elif pace.wakes_at != pace.opens_at:
            pace.wakes_at = pace.opens_at
            self._loop.call_at(pace.wakes_at, self.wake)

    def _wait_for_pace(self) -> None:
        if self._pace.is_starved:
            self._on_due()
        elif self._wakes_at <= self._loop.time():
            self._wakes_at = self._pace.opens_at
            self._loop.call_at(self._wakes_at, self.wake)


def _noted(letter: Letter) -> tuple[int, int, int]:
    """By what a record of the journal names it."""
    return letter.claim.chunk_id, letter.claim.epoch, letter.message_id
