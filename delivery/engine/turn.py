"""The turn: one provider, at most ten seconds, as many chunks as keep its connections full.

It runs in two threads. `Turn` is what happens in the event loop; `Books` and `Conclusions` are kept behind the ledger's
thread, and the loop can only ask them.
"""

import asyncio
import contextlib
import logging

import psycopg

from delivery.engine import process
from delivery.engine.bookkeeping import books
from delivery.engine.bookkeeping.books import Books, Start
from delivery.engine.bookkeeping.claiming import LEASE_SECONDS
from delivery.engine.bookkeeping.conclusions import Conclusions, Findings
from delivery.engine.bookkeeping.thread import Behind, LedgerThread
from delivery.engine.journal import Journal
from delivery.engine.loop.crew import Crew
from delivery.engine.loop.feed import TurnFeed
from delivery.engine.loop.flushing import CHECKPOINT_SECONDS, LEASE_MARGIN_SECONDS, Flushing
from delivery.engine.loop.lanes import Lanes
from delivery.engine.loop.pools import Pool
from delivery.engine.process import Engine
from delivery.guards import disk
from delivery.throttling.pace import OneMessage, Pace
from delivery.workers import slots

log = logging.getLogger(__name__)

TURN_SECONDS = 10.0
_LOOK_SECONDS = 0.05
# Chunks of one message each cost a round trip to claim and one to tell of: no more than can be told of in time.
_CLAIMING_SECONDS = 0.1
_MOST_CLAIMS = 50
# What lies ready lasts so long: what one worker holds the others cannot send.
_LEAD_SECONDS = 0.5
_GIVE_UP_SECONDS = 20.0
_DISK_SECONDS = 1.0
# So many requests to slow down are told at once, fewer when the turn ends.
_TELL_THROTTLED = 20


def run(provider_id: int, stream: str) -> None:
    """Send what is offered for a provider. Returns when nothing is left, the time is up or nothing can be done."""
    if not disk.has_room():
        return
    try:
        engine = process.engine()
    except OSError as problem:
        log.error("nothing is sent: no room for the journal (%s)", problem)
        return
    engine.run(_take(engine, provider_id, stream))


async def _take(engine: Engine, provider_id: int, stream: str) -> None:
    thread = engine.thread
    start = await thread.ledger.ask(books.prepare, engine.contents, engine.place, provider_id, stream)
    if start is None:
        return
    turn = Turn(thread, engine.journal, engine.pools.of(provider_id), start)
    try:
        await turn.drive()
    finally:
        if turn.leaves_chunks:
            engine.leave_to_recovery()


class Turn:
    """In the event loop."""

    def __init__(self, thread: LedgerThread, journal: Journal, pool: Pool, start: Start) -> None:
        self.provider = start.provider
        self.stream = start.stream
        self.owes = False  # a chunk may be ours that we do not know of
        self._thread = thread
        self._books = Behind(thread, start.books)
        self._conclusions = Behind(thread, start.conclusions)
        self._window = start.window
        self._loop = asyncio.get_running_loop()
        self._due = asyncio.Event()
        self._told_throttled = 0
        self._nothing_offered = False
        self._began_at = 0.0
        self._pace = OneMessage(start.limiter) if start.is_probe else Pace(start.limiter)
        self.feed = TurnFeed(journal, self._pace, start.transport, self._due.set)
        self._lanes = Lanes(start.provider, start.stream, self.feed)
        self.flushing = Flushing(self._books, start.provider, self.feed, self._lanes, journal, start.window)
        self._crew = Crew(thread, pool, start, self.feed)

    @property
    def leaves_chunks(self) -> bool:
        """After the end: chunks that could not be given back."""
        return bool(self.feed.claims) or self.owes

    async def drive(self) -> None:
        try:
            await self._thread.transact(slots.enter, self.provider, self.stream)
            await self._work()
        except psycopg.OperationalError as problem:
            log.warning("the turn ends, the database is away: %s", problem)
        finally:
            await self._leave()

    async def claim_more(self) -> None:
        until = self._loop.time() + _CLAIMING_SECONDS
        while self._has_room_for_more():
            started = self._loop.time()
            losses = self._thread.losses
            safe_until = started + LEASE_SECONDS - LEASE_MARGIN_SECONDS
            try:
                claim = await self._books.ask(Books.claim, self._window, safe_until)
            except Exception:
                self.owes = True
                raise
            self.owes |= claim is None and losses != self._thread.losses
            self._nothing_offered = claim is None
            if claim is None:
                return
            # What the claim said of the batch is as old as its beginning, however long reading and compiling took.
            claim.flushed_at, claim.read_at = started, self._loop.time()
            self.feed.claims.append(claim)
            self._lanes.obey(claim, claim.lane_rate)
            self.feed.wake()
            if claim.read_at > until:
                return

    async def _work(self) -> None:
        if await self._crew.start():
            await self._conclusions.ask(Conclusions.connected)
            await self._send()
        if self.feed.halts:
            await self._halt()
        await self._conclusions.ask(Conclusions.conclude, self._findings())

    async def _send(self) -> None:
        disk_at = self._began_at = self._loop.time()
        ends_at = disk_at + TURN_SECONDS
        while True:
            self._due.clear()
            now = self._loop.time()
            if not self.feed.stopped and (now > ends_at or process.is_shutting_down() or self._pace.is_starved):
                self.feed.stopped, self.feed.hands_on = True, not isinstance(self._pace, OneMessage)  # no probe
            self.feed.stopped |= self._crew.is_hopeless
            if now > disk_at:
                disk_at = now + _DISK_SECONDS
                self.feed.stopped |= not disk.has_room()
            if self.feed.halts:
                await self._halt()
            if self.feed.throttled_count >= self._told_throttled + _TELL_THROTTLED:
                await self._tell_answers()
            away = await self.flushing.flush_due() or not await self._take_on()
            if not self.feed.claims and (self.feed.stopped or self._nothing_offered):
                return
            if away and now > ends_at + _GIVE_UP_SECONDS:
                log.error("the ledger cannot be told what was sent; recovery will read the journal")
                return
            await self._wait(CHECKPOINT_SECONDS if away else _LOOK_SECONDS)

    async def _take_on(self) -> bool:
        """More chunks, more connections. False: the database is away; what is in hand goes on meanwhile."""
        if self.feed.stopped:
            return True
        try:
            await self.claim_more()
            await self._crew.adjust(self.feed.sendable)
        except psycopg.OperationalError as problem:
            log.warning("nothing more is taken on: %s", problem)
            return False
        self.feed.wake()
        return True

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._due.wait(), seconds)

    def _has_room_for_more(self) -> bool:
        feed = self.feed
        per_second = feed.accepted_count / (self._loop.time() - self._began_at + _LEAD_SECONDS)
        at_once = 2 * self._crew.batch_size * len(feed.channels)
        lead = min(self._window, max(_MOST_CLAIMS, at_once, int(per_second * _LEAD_SECONDS)))
        return feed.unsent < lead and len(feed.claims) < _MOST_CLAIMS and not feed.stopped

    async def _halt(self) -> None:
        halts, self.feed.halts = self.feed.halts, []
        self.feed.stopped = True
        await self._books.ask(Books.pause, halts)

    async def _tell_answers(self) -> None:
        findings = self._findings()
        await self._conclusions.ask(Conclusions.answered, findings)
        self._told_throttled = findings.throttled

    def _findings(self) -> Findings:
        feed, problem = self.feed, self._crew.problem
        return Findings(
            feed.accepted_count,
            feed.refused_count,
            feed.throttled_count,
            feed.fruitless,
            feed.last_loss,
            bool(feed.channels),
            problem.why if problem is not None else None,
            self._crew.is_crowded,
            isinstance(self._pace, OneMessage) and self._pace.is_used,
        )

    async def _leave(self) -> None:
        await self._crew.finish()
        for channel in list(self.feed.channels):
            if not channel.is_idle:
                channel.abort("the turn ended")
        try:
            await self._thread.transact(slots.leave, self.provider.pk, self.stream)
        except psycopg.OperationalError:
            log.info("the lock that shows this turn went with the database connection")
        if self.leaves_chunks:
            self.feed.broken = "its chunks are left to recovery"
