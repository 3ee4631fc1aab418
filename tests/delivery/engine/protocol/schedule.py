"""Schedules nobody would think of: hypothesis draws them, and after each step asks what must always be true."""

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.delivery.engine.protocol.model import World
from tests.delivery.engine.protocol.parts import CONNECTIONS, GRACE, LEASE, Fate, Rules, Stage, State, Word

WHICH = st.integers(0, 5)  # of those there are
D, L, F = Fate.DONE, Fate.LOST, Fate.FAILED
FATES = st.sampled_from([(), (L,), (F,), (L, L), (L, F), (D, L), (D, F)])  # of the next transactions; then all is well
ANSWERS = st.lists(st.sampled_from([Word.ACCEPTED, Word.DEFERRED, Word.REFUSED]), min_size=1, max_size=2)
STEPS = st.sampled_from([1, 3, 6, 10, 14, 30, 60])
SIZES = st.sampled_from([[4, 4, 4, 4], [6, 6], [1, 9]])


class Schedule(RuleBasedStateMachine):
    protocol = Rules()
    places = [0, 0, 1]  # the host of each worker there may be
    reach = 2  # hosts on which recoveries run
    rounds = messages = uncertain = 0  # of all schedules that came to their end

    def __init__(self) -> None:
        super().__init__()
        self.world = World([4], self.protocol)
        self.clocks_lie = False

    def do(self, step: str, *args: Any) -> Any:
        return getattr(self.world, step)(*args)

    @initialize(sizes=SIZES)
    def begin_batch(self, sizes: list[int]) -> None:
        self.world = World(sizes, self.protocol)
        self.do("start", 0, self.places[0])

    # Workers at work: one that is stopped is one whose turn never comes

    @precondition(lambda self: self.world.workers)
    @rule(which=WHICH, fates=FATES, steps=STEPS, answers=ANSWERS)
    def work(self, which: int, fates: Sequence[Fate], steps: int, answers: list[Word]) -> None:
        """So many steps of its connections in turn: take, begin, dot, the server's decision, its answer heard.

        In between all that was claimed is told to the ledger, and more is claimed.
        """
        key = self._worker(which)
        self.do("gather")
        self.do("offer")
        self.do("claim", key, list(fates))
        for step in range(1, steps + 1):
            self._advance(key, step % CONNECTIONS, answers[step // 10 % len(answers)])
            if not step % 15:
                self._checkpoint(key, ())
                self.do("claim", key, [])

    @precondition(lambda self: any(worker.claims for worker in self.world.workers.values()))
    @rule(which=WHICH, fates=FATES)
    def checkpoint(self, which: int, fates: Sequence[Fate]) -> None:
        claims = [(key, claim) for key, worker in self.world.workers.items() for claim in worker.claims]
        self._checkpoint(claims[which % len(claims)][0], fates)

    # As many times more often as it is named here.
    work_on = work_again = work_more = work
    checkpoint_again = checkpoint

    @precondition(lambda self: self.world.workers)
    @rule(which=WHICH, gives_back=st.booleans())
    def end_turn(self, which: int, gives_back: bool) -> None:
        """A turn that cannot tell the ledger gives up; the next one begins at once."""
        key = self._worker(which)
        if gives_back:
            self._give_back(key)
        self.do("end_turn", key)

    @precondition(lambda self: any(worker.wire for worker in self.world.workers.values()))
    @rule(which=WHICH)
    def lose_connection(self, which: int) -> None:
        wires = [(key, connection) for key, worker in self.world.workers.items() for connection in worker.wire]
        self.do("lose", *wires[which % len(wires)])

    # Whatever may happen to them

    @precondition(lambda self: len(self.world.workers) < len(self.places))
    @rule()
    def start(self) -> None:
        key = next(key for key in range(len(self.places)) if key not in self.world.workers)
        self.do("start", key, self.places[key])

    @precondition(lambda self: self.world.workers)
    @rule(which=WHICH)
    def kill(self, which: int) -> None:
        self.do("kill", self._worker(which))

    @precondition(lambda self: self.world.workers)
    @rule(which=WHICH, how=st.sampled_from(["lose_journal", "lose_journal", "fill_disk"]))
    def lose_something(self, which: int, how: str) -> None:
        self.do(how, self._worker(which))

    @rule(seconds=st.sampled_from([LEASE + 1, LEASE + GRACE + 1]))
    def pass_time(self, seconds: int) -> None:
        self.do("pass_time", seconds)

    @precondition(lambda self: self.world.workers)
    @rule(which=WHICH)
    def suspend(self, which: int) -> None:
        """The machine under it: its clock stands still, the database's does not."""
        self.clocks_lie = True
        self.do("hold_clock", self._worker(which), LEASE + 1)
        self.do("pass_time", LEASE + 1)

    # The dispatcher, people, and recovery

    @rule()
    def pause_or_resume(self) -> None:
        self.do("resume" if self.world.paused else "pause")

    @rule()
    def fail_over(self) -> None:
        self.do("fail_over")

    @precondition(lambda self: self._owned())
    @rule(which=WHICH, host=st.integers(0, 1), over_since=st.sampled_from([None, 1, GRACE + 1]))
    def recover(self, which: int, host: int, over_since: int | None) -> None:
        """At any time; and of a lease that should not be over yet, if somebody's clock jumped."""
        number = self._owned()[which % len(self._owned())]
        if over_since is not None:
            self.clocks_lie = True
            self.do("expire", number, over_since)
        if host < self.reach:
            self.do("recover", number, host)

    @rule(host=st.integers(0, 1))
    def sweep(self, host: int) -> None:
        if host < self.reach:
            self.do("sweep", host)

    # What must always be true

    @invariant()
    def nobody_is_mailed_twice(self) -> None:
        assert not [n for n, times in self.world.received.items() if times > 1]

    @invariant()
    def what_is_called_accepted_was_accepted(self) -> None:
        assert not self._in(State.ACCEPTED) - set(self.world.received)

    @invariant()
    def the_tally_adds_up(self) -> None:
        counted = Counter(self.world.counts)
        for chunk in self.world.chunks:
            if not chunk.is_done:
                counted.update(chunk.counts)
        rows = Counter(message.state for message in self.world.messages.values())
        assert {state: counted[state] for state in State} == {state: rows[state] for state in State}

    @invariant()
    def uncertain_is_bounded(self) -> None:
        assert len(self._in(State.UNCERTAIN)) <= self.world.may_be_uncertain

    @invariant()
    def no_dot_is_begun_without_a_lease(self) -> None:
        assert self.clocks_lie or not self.world.begun_late

    def teardown(self) -> None:
        if sys.exc_info()[0] is not None:
            return
        self._come_to_rest()
        assert not self._in(State.PENDING) | self._in(State.DEFERRED), "somebody is forgotten"
        assert set(self.world.received) >= self._in(State.ACCEPTED)
        assert set(self.world.received) <= self._in(State.ACCEPTED) | self._in(State.UNCERTAIN)
        self.nobody_is_mailed_twice()
        self.the_tally_adds_up()
        self.uncertain_is_bounded()
        self._count()

    @classmethod
    def summary(cls) -> str:
        return f"{cls.rounds} schedules, {cls.messages} messages: 0 duplicates, 0 lost, {cls.uncertain} uncertain"

    def _count(self) -> None:
        kind = type(self)
        kind.rounds += 1
        kind.messages += len(self.world.messages)
        kind.uncertain += len(self._in(State.UNCERTAIN))

    def _come_to_rest(self) -> None:
        """Everybody dies, everything is recovered, and an honest worker sends the rest."""
        for key in list(self.world.workers):
            self.do("kill", key)
        self.do("pass_time", LEASE + GRACE + 1)
        self.do("start", 0, self.places[0])
        while any(left := self._left()):
            self._round()
            assert left != self._left(), "nothing moves"
        self.do("decide_orphans")

    def _round(self) -> None:
        for number in self._owned():
            self.do("recover", number, 0)
        if self.world.paused or any(chunk.quarantined for chunk in self.world.chunks):
            self.do("pause")
            self.do("resume")
        self.do("gather")
        self.do("offer")
        self.do("end_turn", 0)
        self.do("claim", 0, [])
        for _ in range(30):
            self._advance(0, 0, Word.ACCEPTED)
        self._give_back(0)

    def _checkpoint(self, key: int, fates: Sequence[Fate]) -> None:
        for place in reversed(range(len(self.world.workers[key].claims))):
            self.do("checkpoint", key, place, list(fates))

    def _give_back(self, key: int) -> None:
        """The end of a turn: nothing more is taken, what is under way is lost, every chunk is given back."""
        worker = self.world.workers[key]
        self.do("stop", key)
        for connection in list(worker.wire):
            self.do("lose", key, connection)
        for _ in range(3 * len(worker.claims)):
            if worker.claims:
                self.do("checkpoint", key, 0, [])

    def _advance(self, key: int, connection: int, answer: Word) -> None:
        letter = self.world.workers[key].wire.get(connection)
        if letter is None:
            self.do("take", key, connection)
        elif letter.stage is Stage.TAKEN and answer is Word.REFUSED:
            self.do("hear", key, connection, answer)  # its envelope is refused
        elif letter.stage is Stage.TAKEN:
            if not self.do("begin", key, connection):
                self.do("lose", key, connection)
        elif letter.stage is Stage.BEGUN:
            self.do("send", key, connection)
        elif letter.answer is None:
            self.do("decide", key, connection, answer)
        else:
            self.do("hear", key, connection, letter.answer)

    def _worker(self, which: int) -> int:
        return sorted(self.world.workers)[which % len(self.world.workers)]

    def _owned(self) -> list[int]:
        return [chunk.number for chunk in self.world.chunks if chunk.owner is not None]

    def _left(self) -> tuple[int, int]:
        return len(self._in(State.PENDING)), len(self._in(State.DEFERRED))

    def _in(self, state: State) -> set[int]:
        return {n for n, message in self.world.messages.items() if message.state is state}
