"""A round: a campaign is launched, harm is done while it is sent, and then everybody is accounted for."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import psycopg

from delivery.guards import incarnation
from delivery.models import MessageState
from tests.chaos.arena import Arena, Flight
from tests.chaos.faults import Fault
from tests.chaos.readers import Readers
from tests.chaos.returning import Returning, problems

ROUND_SECONDS = 420
EARLIEST, LATEST = 0.1, 0.9


@dataclass
class Report:
    faults: list[str] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)  # how many had their mail when harm was done
    messages: int = 0
    duplicates: int = 0
    lost: int = 0
    mistold: int = 0  # mailed, though the ledger says refused or skipped
    uncertain: int = 0
    allowed: int = 0
    looks: int = 0
    bounces: int = 0  # handed in while it was sent
    read: int = 0  # opens and clicks that were answered meanwhile
    unanswered: int = 0
    untrue: list[str] = field(default_factory=list)  # tallies that did not add up
    problems: list[str] = field(default_factory=list)
    standstill: float = 0
    standstill_at_most: float | None = None
    seconds: float = 0

    @property
    def is_void(self) -> bool:
        return not self.shares or min(self.shares) < EARLIEST or max(self.shares) > LATEST

    @property
    def is_good(self) -> bool:
        wrong = self.duplicates or self.lost or self.mistold or self.untrue or self.problems
        return not wrong and self.uncertain <= self.allowed and not self.stood_too_long

    @property
    def stood_too_long(self) -> bool:
        return self.standstill_at_most is not None and self.standstill > self.standstill_at_most

    @property
    def words(self) -> str:
        told = [
            f"{self.messages:,} messages in {self.seconds:.0f} s",
            f"{self.duplicates} duplicates, {self.lost} lost, {self.uncertain} uncertain (at most {self.allowed})",
            f"{self.bounces} bounces, {self.read:,} opens and clicks answered and {self.unanswered} not",
            f"{self.looks} looks, longest standstill {self.standstill:.1f} s{self._bound}",
            *([f"{self.mistold} refused or skipped but mailed"] if self.mistold else []),
            *([f"{len(self.untrue)} tallies wrong, as {self.untrue[0]}"] if self.untrue else []),
            *self.problems,
        ]
        verdict = "void" if self.is_void else "good" if self.is_good else "BAD"
        return f"{verdict}: {'; '.join(told)} | {', '.join(self.faults)}"

    @property
    def _bound(self) -> str:
        return "" if self.standstill_at_most is None else f" (at most {self.standstill_at_most:.0f})"


def play(arena: Arena, dice: Random, faults: Sequence[Fault]) -> Report:
    report = Report()
    if len(faults) == 1:
        report.standstill_at_most = faults[0].standstill_at_most
    flight = arena.launch(dice)
    begun = time.monotonic()
    watch = _Watch(flight, report)
    watch.start()
    returning = Returning(arena, flight)
    returning.start()
    readers = Readers(arena, flight)
    readers.start()
    try:
        _harm(arena, flight, dice, faults, report)
        _wait_for_end(flight, report, begun + ROUND_SECONDS)
    finally:
        watch.stop()
        readers.stop()
        returning.stop()
        arena.stop_receiving()
    report.seconds = time.monotonic() - begun
    report.bounces = len(returning.reported)
    report.problems += problems(arena, flight, returning.reported)
    report.read, report.unanswered = readers.counts
    report.problems += readers.problems()
    _account(arena, flight, report)
    return report


def _harm(arena: Arena, flight: Flight, dice: Random, faults: Sequence[Fault], report: Report) -> None:
    """At random moments between a tenth and nine tenths of the sending."""
    moments = sorted(dice.uniform(0.12, 0.75) for _ in faults)
    waiting = list(zip(moments, faults, strict=True))
    lasting: list[tuple[float, Iterator[float]]] = []
    deadline = time.monotonic() + ROUND_SECONDS
    while (waiting or lasting) and time.monotonic() < deadline:
        for item in [item for item in lasting if item[0] <= time.monotonic()]:
            lasting.remove(item)
            _go_on(item[1], lasting)
        if waiting and flight.share >= waiting[0][0]:
            _, fault = waiting.pop(0)
            report.shares.append(flight.share)
            report.faults.append(f"{fault.words} at {flight.share:.0%}")
            _go_on(fault.harm(arena, flight, dice), lasting)
        elif _help(flight, report):
            break
        time.sleep(0.1)
    for _, harm in lasting:
        for _ in harm:
            pass


def _go_on(harm: Iterator[float], lasting: list[tuple[float, Iterator[float]]]) -> None:
    seconds = next(harm, None)
    if seconds is not None:
        lasting.append((time.monotonic() + seconds, harm))


def _wait_for_end(flight: Flight, report: Report, deadline: float) -> None:
    while not _help(flight, report):
        if time.monotonic() > deadline:
            report.problems.append(f"not finished after {ROUND_SECONDS} s: {flight.state()}")
            return
        time.sleep(0.5)


def _help(flight: Flight, report: Report) -> bool:
    """As somebody does who looks at the page now and then: if it asks for it, go on. Whether all is sent."""
    state, reason = flight.state()
    if state == "paused" and not reason.startswith("Paused by"):
        report.faults.append(f"resumed ({reason})")
        if reason == incarnation._RESTORED:
            report.problems.append("taken for a restored database")
        flight.press("resume", "sending")
    flight.hurry()
    return state == "done"


class _Watch(threading.Thread):
    """Looks at the tally all the time, and at how long nothing moved."""

    def __init__(self, flight: Flight, report: Report) -> None:
        super().__init__(daemon=True)
        self._flight = flight
        self._report = report
        self._over = threading.Event()
        self._moved = (0, time.monotonic())

    def stop(self) -> None:
        self._over.set()
        self.join(30)

    def run(self) -> None:
        while not self._over.is_set():
            try:
                with psycopg.connect(self._flight.arena.product.database_url, autocommit=True) as connection:
                    self._look(connection)
            except psycopg.Error:
                self._over.wait(0.2)

    def _look(self, connection: "psycopg.Connection[object]") -> None:
        while not self._over.wait(0.05):
            tally = self._flight.look(connection)
            self._report.looks += 1
            if tally.unaccounted:
                self._report.untrue.append(tally.words)
            query = "SELECT state = 'sending' FROM delivery_batch WHERE id = %s"
            is_sending = connection.execute(query, [self._flight.batch]).fetchone()
            self._see_standstill(tally.waiting - tally.deferred if is_sending == (True,) else 0)

    def _see_standstill(self, left: int) -> None:
        """How long nobody got anything, though there was somebody to get it and a server to take it."""
        size, now = self._flight.arena.mails.stat().st_size, time.monotonic()
        can_move = left and self._flight.arena.receiver is not None
        if size != self._moved[0] or not can_move:
            self._moved = (size, now)
        self._report.standstill = max(self._report.standstill, now - self._moved[1])


def _account(arena: Arena, flight: Flight, report: Report) -> None:
    heads = flight.heads()
    mails = Counter(head["to"].lower() for head in heads)
    names = Counter(head["id"] for head in heads)
    query = "SELECT lower(email), state FROM delivery_message WHERE batch_id = %s"
    states = dict(arena.sql(query, flight.batch))
    report.messages = len(states)
    report.duplicates = max(sum(n - 1 for n in mails.values()), sum(n - 1 for n in names.values()))
    settled = (MessageState.REFUSED, MessageState.SKIPPED, MessageState.UNCERTAIN)
    report.lost = sum(not mails[email] for email, state in states.items() if state not in settled)
    report.lost += arena.people - len(states)
    not_sent = (MessageState.REFUSED, MessageState.SKIPPED)
    report.mistold = sum(mails[email] for email, state in states.items() if state in not_sent)
    report.uncertain = sum(state == MessageState.UNCERTAIN for state in states.values())
    report.allowed = arena.allowed
    _check_lines(arena, flight, report, Counter(states.values()))
    if report.uncertain > report.allowed:
        query = "SELECT text, count(*) FROM delivery_attempt WHERE batch_id = %s AND decision = 'uncertain' GROUP BY 1"
        told = ", ".join(f"{count} times {text}" for text, count in arena.sql(query, flight.batch))
        report.problems.append(f"too many uncertain: {told}")
    if orphans := arena.orphans():
        report.problems.append(f"orphans: {orphans}")


def _check_lines(arena: Arena, flight: Flight, report: Report, rows: Counter[int]) -> None:
    """The line of the campaign says what its rows say, and the list of the uncertain has exactly those."""
    with psycopg.connect(arena.product.database_url) as connection:
        tally = flight.look(connection)
    counted = (tally.accepted, tally.refused, tally.uncertain, tally.skipped)
    if counted != (rows[MessageState.ACCEPTED], rows[MessageState.REFUSED], rows[MessageState.UNCERTAIN],
                   rows[MessageState.SKIPPED]):  # fmt: skip
        report.problems.append(f"the line says {tally.words}, the rows {dict(rows)}")
    query = "SELECT count(*) FROM delivery_waiting WHERE batch_id = %s AND state = %s"
    listed = arena.sql(query, flight.batch, int(MessageState.UNCERTAIN))[0][0]
    if listed != report.uncertain:
        report.problems.append(f"{listed} of {report.uncertain} uncertain are listed")
