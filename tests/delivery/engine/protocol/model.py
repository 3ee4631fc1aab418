"""The protocol that lets nobody be mailed twice and nobody be forgotten, without wire, files or database.

It is the engine made small: a window of three messages, two connections, a journal of some records. What it does step
by step, `reality.py` does with the engine itself, and both must agree. Each of `Rules` may be switched off, to prove
that it is needed and that the schedules in `schedule.py` would find out.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from tests.delivery.engine.protocol.parts import (
    ANSWERS,
    CONNECTIONS,
    FREE_RETRIES,
    GRACE,
    LEASE,
    RING,
    SAFE,
    TAKEOVERS,
    WINDOW,
    Away,
    Chunk,
    Claim,
    Fate,
    Fenced,
    Flush,
    Full,
    Journal,
    Letter,
    Message,
    Rules,
    Stage,
    State,
    Word,
    Worker,
)

_Result = TypeVar("_Result")


class World:
    """A batch, its workers and the server they send to."""

    def __init__(self, chunks: list[int], rules: Rules) -> None:
        self.rules = rules
        self.now = 0
        self.paused = False
        self.provider = 0
        self.messages = {n: Message() for n in range(1, sum(chunks) + 1)}
        numbers = iter(self.messages)
        self.chunks = [Chunk(i, [next(numbers) for _ in range(size)]) for i, size in enumerate(chunks)]
        self.counts: Counter[State] = Counter()  # of the batch: those of ended chunks
        self.workers: dict[int, Worker] = {}
        self.journals: list[Journal] = []
        # What the server knows, and what may be said of a schedule.
        self.dots: list[int] = []  # on the wire or in a buffer, still undecided
        self.received: Counter[int] = Counter()
        self.may_be_uncertain = 0
        self.begun_late = 0

    # The dispatcher

    def offer(self) -> None:
        for chunk in self.chunks:
            chunk.offered_to = self.provider if chunk.is_free else None

    def gather(self) -> None:
        """Retries that are due become a chunk of their own."""
        if self.paused or sum(chunk.by_ids and chunk.is_free for chunk in self.chunks) >= FREE_RETRIES:
            return
        due = [number for number, message in self.messages.items() if message.state is State.DEFERRED]
        for number in due:
            self.messages[number].state = State.PENDING
        if due:
            self.chunks.append(Chunk(len(self.chunks), due, by_ids=True))
            self.counts[State.DEFERRED] -= len(due)

    def pause(self) -> None:
        self.paused = True
        for chunk in self.chunks:
            chunk.offered_to = None

    def resume(self) -> None:
        self.paused = False
        for chunk in self.chunks:
            if chunk.quarantined and not chunk.is_done:
                chunk.quarantined, chunk.takeovers = False, 0

    def fail_over(self) -> None:
        """From the next offers on; whoever holds a chunk goes on."""
        self.provider = 1 - self.provider

    def pass_time(self, seconds: int) -> None:
        self.now += seconds

    def hold_clock(self, key: int, seconds: int) -> None:
        self.workers[key].behind += seconds

    def expire(self, number: int, seconds_ago: int) -> None:
        """A lease is over that should not be: somebody's clock jumped."""
        self.chunks[number].lease_until = self.now - seconds_ago

    # The life of a worker

    def start(self, key: int, host: int) -> None:
        self.workers[key] = Worker(host, self._journal(host), self.provider)

    def kill(self, key: int) -> None:
        worker = self.workers.pop(key)
        worker.journal.is_locked = False
        self.may_be_uncertain += sum(letter.stage is not Stage.TAKEN for letter in worker.wire.values())

    def stop(self, key: int) -> None:
        self.workers[key].stopped = True

    def end_turn(self, key: int) -> None:
        """Whatever is still open then is given up; another turn begins."""
        worker = self.workers[key]
        for connection in list(worker.wire):
            self.lose(key, connection)
        journal = worker.journal
        if self.rules.debts_leave_journal and (worker.claims or worker.owes):
            journal.is_locked = False
            journal = self._journal(worker.host)
        self.workers[key] = Worker(worker.host, journal, self.provider)

    def lose_journal(self, key: int) -> None:
        self.workers[key].journal.is_lost = True

    def fill_disk(self, key: int) -> None:
        self.workers[key].journal.is_blocked = True

    def _journal(self, host: int) -> Journal:
        self.journals.append(Journal(host))
        return self.journals[-1]

    # Claims

    def claim(self, key: int, fates: list[Fate]) -> None:
        worker = self.workers[key]
        while worker.unsent < WINDOW and not worker.stopped:
            try:
                claim = self._claim_one(worker, fates)
            except Away:
                worker.owes = True
                return
            if claim is None:
                return
            worker.claims.append(claim)

    def _claim_one(self, worker: Worker, fates: list[Fate]) -> Claim | None:
        before = [chunk.number for chunk in self.chunks if chunk.owner is worker.journal]
        try:
            claim = _transact(fates, lambda: self._take_chunk(worker))
        except Away:
            claim = _transact(fates, lambda: self._find_chunk(worker, before))
            worker.owes |= claim is None
        if claim is None:
            return None
        try:
            _transact(fates, _ask)
        except Away:
            return claim  # it is ours: its first checkpoint reads
        self._read(claim)
        return claim

    def _take_chunk(self, worker: Worker) -> Claim | None:
        offered = [c for c in self.chunks if c.is_free and c.offered_to == worker.provider and not c.quarantined]
        if self.paused or not offered:
            return None
        chunk = min(offered, key=lambda chunk: (not chunk.by_ids, chunk.number))  # retries first
        read_from = chunk.window_end
        chunk.epoch += 1
        chunk.flush_no += 1
        chunk.owner, chunk.offered_to = worker.journal, None
        chunk.lease_until = self.now + LEASE
        chunk.window_end = min(len(chunk.members), read_from + WINDOW)
        return self._claim(worker, chunk, chunk.window_end, read_from)

    def _find_chunk(self, worker: Worker, known: list[int]) -> Claim | None:
        """The claim had been committed: the owner's name finds it, but not its window."""
        found = [chunk for chunk in self.chunks if chunk.owner is worker.journal and chunk.number not in known]
        return self._claim(worker, found[0], 0, 0) if found else None

    def _claim(self, worker: Worker, chunk: Chunk, window_end: int, read_from: int) -> Claim:
        safe_until = self._clock(worker) + SAFE
        members = list(chunk.members)
        return Claim(chunk.number, chunk.epoch, chunk.flush_no, members, window_end, read_from, safe_until)

    def _read(self, claim: Claim) -> None:
        until = claim.window_end if self.rules.window_binds else len(claim.members)
        for position in range(claim.read_end, until):
            message = claim.members[position]
            if message and self._is_pending(self.chunks[claim.chunk], message):
                claim.ready.append(Letter(claim, message, position))
        claim.read_end = max(claim.read_end, until)

    def _is_pending(self, chunk: Chunk, number: int) -> bool:
        """A member of a range that was tried once belongs to another chunk now."""
        message = self.messages[number]
        is_ours = chunk.by_ids or not message.attempts or not self.rules.retry_in_one_chunk
        return message.state is State.PENDING and is_ours

    # On the wire

    def take(self, key: int, connection: int) -> int:
        worker = self.workers[key]
        ready = [claim for claim in worker.claims if claim.ready and not claim.stop]
        if not ready or worker.stopped:
            return 0
        letter = worker.wire[connection] = ready[0].ready.popleft()
        ready[0].in_flight.append(letter)
        return letter.message

    def begin(self, key: int, connection: int) -> bool:
        worker = self.workers[key]
        letter = worker.wire[connection]
        if worker.broken or letter.claim.stop == "fenced" or self._clock(worker) > letter.claim.safe_until:
            return False
        if self.rules.journal_first:
            letter.number = self._write(worker, Word.BEGUN, letter)
            if letter.number < 0:
                return False
        letter.stage = Stage.BEGUN
        chunk = self.chunks[letter.claim.chunk]
        self.begun_late += chunk.epoch == letter.claim.epoch and self.now > chunk.lease_until
        return True

    def send(self, key: int, connection: int) -> None:
        letter = self.workers[key].wire[connection]
        letter.stage = Stage.SENT
        self.dots.append(letter.message)

    def decide(self, key: int, connection: int, answer: Word) -> None:
        letter = self.workers[key].wire[connection]
        letter.answer = answer
        self.dots.remove(letter.message)
        if answer is Word.ACCEPTED:
            self.received[letter.message] += 1

    def decide_orphans(self) -> None:
        """Dots whose senders are gone arrive all the same."""
        self.received.update(self.dots)
        self.dots = []

    def hear(self, key: int, connection: int, answer: Word) -> None:
        """Of the dot, or of the envelope before it."""
        worker = self.workers[key]
        letter = worker.wire.pop(connection)
        if self._write(worker, answer, letter) < 0:
            self.may_be_uncertain += 1
        letter.claim.in_flight.remove(letter)
        letter.claim.settled.append((letter, ANSWERS[answer]))

    def lose(self, key: int, connection: int) -> None:
        worker = self.workers[key]
        letter = worker.wire.pop(connection)
        letter.claim.in_flight.remove(letter)
        if letter.stage is Stage.SENT:
            self.may_be_uncertain += 1
            letter.claim.settled.append((letter, State.UNCERTAIN))
            return
        if letter.stage is Stage.BEGUN and self._write(worker, Word.WITHDRAWN, letter) < 0:
            self.may_be_uncertain += 1
        letter.stage, letter.number = Stage.TAKEN, -1
        letter.claim.ready.appendleft(letter)

    def _write(self, worker: Worker, word: Word, letter: Letter) -> int:
        try:
            return worker.journal.write(word, letter.claim, letter.message)
        except Full:
            worker.broken = worker.stopped = True
            return -1

    def _clock(self, worker: Worker) -> int:
        return self.now - worker.behind

    # Checkpoints

    def checkpoint(self, key: int, which: int, fates: list[Fate]) -> None:
        worker = self.workers[key]
        claim = worker.claims[which]
        flush = claim.flushing = claim.flushing or self._begin_flush(worker, claim)
        is_over = flush.ends or flush.release_from is not None
        try:
            window_end, stop, renews = self._flush(claim, flush, fates)
            reads = not is_over and not stop and claim.read_end < window_end
            if reads:
                _transact(fates, _ask)
        except Away:
            return  # it is written again
        except Fenced:
            claim.stop = "fenced"
            worker.claims.remove(claim)
            self._tell_late(n for n, state in flush.outcomes if state is State.ACCEPTED)
            return
        claim.flushing = None
        claim.flush_no += 1
        if renews or not self.rules.look_renews_nothing:
            claim.safe_until = self._clock(worker) + SAFE
        self._sink_floor(worker)
        claim.window_end = window_end
        if reads:
            self._read(claim)
        claim.stop = claim.stop or stop
        if not claim.stop:
            claim.read_end = max(claim.read_end, claim.window_end)
        if is_over:
            worker.claims.remove(claim)

    def _begin_flush(self, worker: Worker, claim: Claim) -> Flush:
        leaving = not claim.in_flight and bool(claim.stop or worker.stopped)
        ends = not claim.unsent and not claim.in_flight
        wanted = claim.window_end if leaving else min(len(claim.members), claim.next_position + WINDOW)
        flush = Flush(
            granted_to=claim.window_end,
            window_end=wanted,
            outcomes=[(letter.message, state) for letter, state in claim.settled],
            numbers=[letter.number for letter, _ in claim.settled],
            ends=ends,
            release_from=claim.next_position if leaving and not ends else None,
        )
        claim.settled = []
        return flush

    def _flush(self, claim: Claim, flush: Flush, fates: list[Fate]) -> tuple[int, str, bool]:
        """The window, what stops the chunk, and whether its lease runs from now on."""
        chunk = self.chunks[claim.chunk]
        mine = (claim.epoch, claim.flush_no)
        if _transact(fates, lambda: self._write_flush(chunk, mine, flush)):
            is_over = flush.ends or flush.release_from is not None
            window_end = flush.granted_to if is_over else max(flush.granted_to, flush.window_end)
            return window_end, "paused" if self.paused else "", True
        now = _transact(fates, lambda: (chunk.epoch, chunk.flush_no))
        if now == (claim.epoch, claim.flush_no + 1):
            return flush.granted_to, "", False  # it had been committed
        raise Fenced

    def _write_flush(self, chunk: Chunk, mine: tuple[int, int], flush: Flush) -> bool:
        if self.rules.checkpoints_fenced and mine != (chunk.epoch, chunk.flush_no):
            return False
        chunk.flush_no += 1
        chunk.lease_until = self.now + LEASE
        self._settle(chunk, flush.outcomes)
        if flush.ends:
            self._end(chunk)
        elif flush.release_from is not None:
            chunk.owner, chunk.window_end = None, flush.release_from
        else:
            chunk.window_end = max(chunk.window_end, flush.granted_to, flush.window_end)
        return True

    def _settle(self, chunk: Chunk, outcomes: list[tuple[int, State]]) -> None:
        for number, state in outcomes:
            chunk.counts[State.PENDING] -= 1
            message = self.messages[number]
            if message.state is State.PENDING:
                message.state = state
                message.attempts += 1
                chunk.counts[state] += 1
        if chunk.by_ids and self.rules.retry_in_one_chunk:
            gone = {number for number, _ in outcomes}
            chunk.members = [0 if number in gone else number for number in chunk.members]

    def _end(self, chunk: Chunk) -> None:
        chunk.is_done, chunk.owner, chunk.offered_to = True, None, None
        self.counts.update(chunk.counts)

    def _sink_floor(self, worker: Worker) -> None:
        numbers = [number for claim in worker.claims for number in claim.numbers]
        worker.journal.floor = min(numbers, default=len(worker.journal.records))

    # Recovery

    def recover(self, number: int, host: int) -> None:
        """At any time, by anybody: too early, twice, on another host than the worker's."""
        chunk = self.chunks[number]
        journal = chunk.owner
        if journal is None or chunk.is_done:
            return
        if journal.is_lost or journal.host != host:
            if chunk.lease_until < self.now:
                self.may_be_uncertain += WINDOW + CONNECTIONS
                self._take_over(chunk, None)
            return
        if journal.is_locked and self.rules.lock_before_reading:
            if chunk.lease_until + GRACE >= self.now:
                return
            self.kill(next(key for key, worker in self.workers.items() if worker.journal is journal))
        elif journal.is_locked and chunk.lease_until >= self.now:
            return
        self._take_over(chunk, journal.last_words(chunk))

    def _take_over(self, chunk: Chunk, words: dict[int, Word] | None) -> None:
        pending = [n for n in chunk.members if n and self._is_pending(chunk, n)]
        allowed = chunk.members[: chunk.window_end]
        if words is None:
            outcomes = [(n, State.UNCERTAIN) for n in pending if n in allowed and self.rules.lost_is_uncertain]
        else:
            outcomes = [(n, self._meaning(words[n])) for n in pending if n in words]
        outcomes = [(n, state) for n, state in outcomes if state is not State.PENDING]
        self._settle(chunk, outcomes)
        left = [n for n in pending if self.messages[n].state is State.PENDING]
        chunk.epoch += 1
        chunk.flush_no += 1
        chunk.takeovers += 1
        chunk.quarantined = chunk.takeovers >= TAKEOVERS and bool(left)
        chunk.window_end = min((chunk.members.index(n) for n in left), default=len(chunk.members))
        chunk.owner, chunk.offered_to = None, None
        if not left:
            self._end(chunk)

    def sweep(self, host: int) -> None:
        """Of the journals found there, as every worker does when it starts."""
        for journal in self.journals:
            if journal.host != host or journal.is_lost:
                continue
            owned = [chunk for chunk in self.chunks if chunk.owner is journal]
            for chunk in sorted(owned, key=lambda chunk: (chunk.lease_until, chunk.number)):
                self.recover(chunk.number, host)
            if not journal.is_locked:
                said = {
                    message: ANSWERS.get(word) for word, _, _, message in journal.records[-RING:] if word in ANSWERS
                }
                self._tell_late((n for n, state in said.items() if state is State.ACCEPTED))
                self._tell_late((n for n, state in said.items() if state is State.REFUSED), State.REFUSED)
                journal.is_lost = not [chunk for chunk in self.chunks if chunk.owner is journal]

    def _tell_late(self, numbers: Iterable[int], state: State = State.ACCEPTED) -> None:
        """What is known after all of messages that were called uncertain."""
        for number in numbers:
            message = self.messages[number]
            if message.state is State.UNCERTAIN:
                message.state = state
                self.counts[State.UNCERTAIN] -= 1
                self.counts[state] += 1

    def _meaning(self, word: Word) -> State:
        if word is Word.BEGUN and self.rules.uncertain_stays:
            return State.UNCERTAIN
        return ANSWERS.get(word, State.PENDING)


def _ask() -> None:
    """A question that changes nothing."""


def _transact(fates: list[Fate], work: Callable[[], _Result]) -> _Result:
    fate = fates.pop(0) if fates else Fate.DONE
    if fate is Fate.FAILED:
        raise Away
    result = work()
    if fate is Fate.LOST:
        raise Away
    return result
