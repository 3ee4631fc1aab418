"""The turn: one provider, at most ten seconds, as many chunks as keep its connections full."""

import asyncio
import contextlib
import logging
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections

from accounts.models import Organisation
from delivery import breakers, disk, ledger, pacing, secrets, turns
from delivery.breaker import Circuit
from delivery.engine import process, reading, slots
from delivery.engine.checkpoint import LEASE_SECONDS, WINDOW, Fenced, Flush, Standing
from delivery.engine.crew import Crew
from delivery.engine.feed import CHECKPOINT, FENCED, USED_UP, Halt, TurnFeed
from delivery.engine.lanes import Lanes
from delivery.engine.letters import Claim, Letter, Outcome
from delivery.engine.opening import Server
from delivery.engine.pace import OneMessage, Pace
from delivery.engine.process import Engine
from delivery.engine.refusals import Refusals
from delivery.limits import Limiter, Limits, connect
from delivery.models import Batch, Breaker, MessageState, Provider
from delivery.replies import Category

log = logging.getLogger(__name__)

TURN_SECONDS = 10.0
CHECKPOINT_SECONDS = 0.5
_LEASE_MARGIN_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_STALE_SECONDS = 1.0
# Chunks of one message each cost a round trip to claim and one to tell of: no more than can be told of in time.
_CLAIMING_SECONDS = 0.1
_MOST_CLAIMS = 50
# What lies ready lasts so long: what one worker holds the others cannot send.
_LEAD_SECONDS = 0.5
_GIVE_UP_SECONDS = 20.0
_DISK_SECONDS = 1.0
_CAME_BACK = "The process that sent it was taken for dead; it came back, and says so."
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
    engine.run(_Turn(engine, stream).drive(provider_id))


class _Turn:
    provider: Provider
    circuit: Circuit  # as it was when the turn began
    feed: TurnFeed
    lanes: Lanes
    crew: Crew

    def __init__(self, engine: Engine, stream: str) -> None:
        self.engine = engine
        self.stream = stream
        self.due = asyncio.Event()
        self.window = WINDOW
        self.is_probe = False
        self.told = (0, 0)  # accepted and throttled messages
        self.nothing_offered = False
        self.hands_on = False  # only the clock or the pace ended it: another turn may go on with what it leaves
        self.owes = False  # a chunk may be ours that we do not know of
        self.began_at = 0.0
        self.refusals = Refusals()

    async def drive(self, provider_id: int) -> None:
        prepared = await self._there(self._prepare, provider_id)
        if prepared is None:
            return
        self.provider, server, limiter, rate = prepared
        if rate is not None:
            self.window = max(1, min(WINDOW, int(rate)))
        self.loop = asyncio.get_running_loop()
        self.pace = OneMessage(limiter) if self.is_probe else Pace(limiter)
        self.feed = TurnFeed(self.engine.journal, self.pace, self.due.set)
        self.lanes = Lanes(self.provider, self.stream, self.feed)
        self.crew = Crew(self.engine, self.provider, self.stream, server, self.feed, is_alone=self.is_probe)
        try:
            await self._transact(slots.enter, self.provider, self.stream)
            await self._work()
        except psycopg.OperationalError as problem:
            log.warning("the turn ends, the database is away: %s", problem)
        finally:
            await self._leave()

    # In the loop's thread

    async def _work(self) -> None:
        if await self.crew.start():
            if self.circuit.failures:
                await self._there(breakers.connected, self.provider)
            await self._send()
        if self.feed.halts:
            await self._halt()
        await self._there(self._conclude)

    async def _send(self) -> None:
        disk_at = self.began_at = self.loop.time()
        ends_at = disk_at + TURN_SECONDS
        while True:
            self.due.clear()
            now = self.loop.time()
            if not self.feed.stopped and (now > ends_at or process.is_shutting_down() or self.pace.is_starved):
                self.feed.stopped, self.hands_on = True, self.feed.accepted_count > 0 and not self.is_probe
            self.feed.stopped |= self.crew.is_hopeless
            if now > disk_at:
                disk_at = now + _DISK_SECONDS
                self.feed.stopped |= not disk.has_room()
            if self.feed.halts:
                await self._halt()
            if self.feed.throttled_count >= self.told[1] + _TELL_THROTTLED:
                await self._there(self._tell_answers)
            away = await self._checkpoint_due() or not await self._take_on()
            if not self.feed.claims and (self.feed.stopped or self.nothing_offered):
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
            await self._claim_more()
            await self.crew.adjust(self.feed.unsent + self.feed.in_flight)
        except psycopg.OperationalError as problem:
            log.warning("nothing more is taken on: %s", problem)
            return False
        self.feed.wake()
        return True

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.due.wait(), seconds)

    async def _claim_more(self) -> None:
        until = self.loop.time() + _CLAIMING_SECONDS
        while self._has_room_for_more():
            started = self.loop.time()
            losses = self.engine.ledger.lost
            try:
                claim = await self._there(self._claim, started + LEASE_SECONDS - _LEASE_MARGIN_SECONDS)
            except Exception:
                self.owes = True
                raise
            self.owes |= claim is None and losses != self.engine.ledger.lost
            self.nothing_offered = claim is None
            if claim is None:
                return
            # What the claim said of the batch is as old as its beginning, however long reading and compiling took.
            claim.flushed_at, claim.read_at = started, self.loop.time()
            self.feed.claims.append(claim)
            self.lanes.obey(claim, claim.lane_rate)
            self.feed.wake()
            if claim.read_at > until:
                return

    def _has_room_for_more(self) -> bool:
        feed = self.feed
        per_second = feed.accepted_count / (self.loop.time() - self.began_at + _LEAD_SECONDS)
        lead = min(self.window, max(_MOST_CLAIMS, 2 * len(feed.connections), int(per_second * _LEAD_SECONDS)))
        return feed.unsent < lead and len(feed.claims) < _MOST_CLAIMS and not feed.stopped

    async def _checkpoint_due(self) -> bool:
        """Whether the database is away."""
        for claim in list(self.feed.claims):
            if claim.flushing is not None or self._is_due(claim):
                try:
                    await self._checkpoint(claim)
                except psycopg.OperationalError as problem:
                    log.warning("checkpoint of chunk %s put off: %s", claim.chunk_id, problem)
                    return True
        return False

    def _is_due(self, claim: Claim) -> bool:
        if claim.is_spent or claim.is_urgent or claim.unflushed >= CHECKPOINT:
            return True
        if not claim.in_flight and (claim.stop or self.feed.stopped):
            return True
        if self.loop.time() - claim.flushed_at >= CHECKPOINT_SECONDS:
            return True
        return not self.feed.stopped and self._wants_window(claim)

    def _wants_window(self, claim: Claim) -> bool:
        return claim.window_end < len(claim.ids) and claim.window_end - claim.next_position <= self.window // 2

    async def _checkpoint(self, claim: Claim) -> None:
        flush = claim.flushing or self._begin_flush(claim)
        stale = []
        if claim.ready and self.loop.time() - claim.read_at > _STALE_SECONDS:
            stale = [letter.message_id for letter in claim.ready]
        started = self.loop.time()
        try:
            standing, letters, skipped, left = await self._there(self._flush, claim, flush, stale)
        except Fenced as fence:
            log.error("fenced: %s", fence)
            claim.stop = FENCED
            self.feed.claims.remove(claim)
            await self._there(self._tell_late, flush)
            return
        claim.flushing, claim.flushing_numbers = None, []
        claim.flush_no += 1
        if standing.renews:
            claim.flushed_at, claim.safe_until = started, started + LEASE_SECONDS - _LEASE_MARGIN_SECONDS
        self._sink_floor()
        if flush.ends or flush.release_from is not None:
            self.feed.claims.remove(claim)
            return
        claim.window_end, claim.stop = standing.window_end, claim.stop or standing.stop
        if standing.renews and not claim.ready and standing.window_end == flush.granted_to < flush.window_end:
            claim.stop = claim.stop or USED_UP
        if standing.lane_rate is not None:
            self.lanes.obey(claim, standing.lane_rate)
        self._take_in(claim, letters, skipped, left, bool(stale))

    def _begin_flush(self, claim: Claim) -> Flush:
        leaving = not claim.in_flight and bool(claim.stop or self.feed.stopped)
        ends = claim.is_spent
        wanted = claim.window_end if leaving else min(len(claim.ids), claim.next_position + self.window)
        flush = Flush(
            claim.chunk_id,
            claim.epoch,
            claim.flush_no,
            self.provider,
            claim.batch.id,
            granted_to=claim.window_end,
            window_end=wanted,
            accepted=claim.accepted,
            settled=claim.settled,
            heard=claim.heard,
            by_ids=not isinstance(claim.ids, range) and claim.unflushed > 0,
            ends=ends,
            release_from=claim.next_position if leaving and not ends else None,
            stays_offered=self.hands_on and not claim.stop,
            version=claim.batch.version,
            is_pinned=claim.is_pinned,
        )
        claim.flushing = flush
        claim.flushing_numbers = claim.accepted_numbers + [o.journal_no for o in claim.settled if o.journal_no >= 0]
        claim.accepted, claim.accepted_numbers, claim.settled, claim.heard = [], [], [], []
        claim.is_urgent = False
        return flush

    def _take_in(
        self, claim: Claim, letters: list[Letter], skipped: list[Outcome], left: dict[int, Outcome], again: bool
    ) -> None:
        if left:
            gone = [letter for letter in claim.ready if letter.message_id in left]
            for letter in gone:
                claim.ready.remove(letter)
                claim.settled.append(left[letter.message_id])
        claim.ready.extend(letters)
        claim.settled.extend(skipped)
        if not claim.stop:
            claim.read_end = max(claim.read_end, claim.window_end)
        if letters or again:
            claim.read_at = self.loop.time()
        self.feed.wake()

    def _sink_floor(self) -> None:
        """The journal may use again what lies below."""
        numbers = [claim.oldest_number for claim in self.feed.claims]
        self.engine.journal.floor = min((n for n in numbers if n is not None), default=self.engine.journal.next_number)

    async def _halt(self) -> None:
        halts, self.feed.halts = self.feed.halts, []
        self.feed.stopped = True
        await self._there(self._pause, halts)

    async def _leave(self) -> None:
        await self.crew.finish()
        for connection in list(self.feed.connections):
            if not connection.is_idle:
                connection.abort("the turn ended")
        try:
            await self._transact(slots.leave, self.provider.pk, self.stream)
        except psycopg.OperationalError:
            log.info("the lock that shows this turn went with the database connection")
        if self.feed.claims or self.owes:
            self.feed.broken = "its chunks are left to recovery"
            self.engine.leave_to_recovery()

    async def _there(self, work: Any, *args: Any) -> Any:
        return await self.engine.in_ledger_thread(work, *args)

    async def _transact(self, work: Any, *args: Any) -> Any:
        return await self._there(self.engine.ledger.transact, lambda cursor: work(cursor, *args))

    # In the ledger's thread

    def _prepare(self, provider_id: int) -> tuple[Provider, Server, Limiter | None, float | None] | None:
        close_old_connections()
        provider = Provider.objects.filter(pk=provider_id).first()
        if provider is None or provider.is_paused:
            return None
        try:
            password = provider.password
        except secrets.Unreadable as problem:
            provider.pause("Its stored password cannot be read any more. Enter it again.", str(problem))
            return None
        if not self._may_begin(provider_id):
            return None
        limits = Limits.of(provider)
        rate = limits.rate_per_second
        limiter = Limiter(str(provider.pk), limits, connect(), stream=self.stream) if rate is not None else None
        if self.is_probe:
            rate = 1.0
        server = Server(provider.host, provider.port, provider.security, provider.username, password, _local_name())
        return provider, server, limiter, rate

    def _may_begin(self, provider_id: int) -> bool:
        """Always, while its circuit is closed; else one turn may, with one message, when it is time."""
        known = Breaker.objects.filter(pk=provider_id).first()
        self.circuit = known.circuit if known else Circuit()
        self.is_probe = not self.circuit.carries and breakers.begin_probe(provider_id)
        return self.circuit.carries or self.is_probe

    def _claim(self, safe_until: float) -> Claim | None:
        engine = self.engine
        claimed = engine.ledger.claim(self.provider, self.stream, uuid4(), engine.place, self.window)
        if claimed is None:
            return None
        try:
            batch = engine.facts(claimed.batch_id, claimed.version)
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:  # whatever a content app may raise; another turn must not meet it again
            log.exception("the content of batch %s cannot be prepared", claimed.batch_id)
            self._pause([Halt(claimed.batch_id, "The content cannot be prepared.", str(problem))])
            back = Flush(
                claimed.chunk_id,
                claimed.epoch,
                claimed.flush_no,
                self.provider,
                claimed.batch_id,
                claimed.window_end,
                claimed.window_end,
                release_from=claimed.read_from,
            )
            engine.ledger.flush(back)
            return None
        claim = Claim(
            claimed.chunk_id,
            batch,
            claimed.epoch,
            claimed.flush_no,
            claimed.ids,
            claimed.window_end,
            safe_until,
            lane=claimed.lane,
            lane_rate=claimed.lane_rate,
            is_pinned=claimed.is_pinned,
            read_end=claimed.read_from,
        )
        try:
            letters, skipped = engine.ledger.transact(
                lambda cursor: reading.read_window(cursor, claim, claim.window_end)
            )
        except psycopg.OperationalError:
            return claim  # it is ours: its first checkpoint reads
        claim.ready.extend(letters)
        claim.settled.extend(skipped)
        claim.read_end = max(claim.read_end, claim.window_end)
        return claim

    def _flush(
        self, claim: Claim, flush: Flush, stale: list[int]
    ) -> tuple[Standing, list[Letter], list[Outcome], dict[int, Outcome]]:
        self.refusals.before(flush.settled)
        ledger_ = self.engine.ledger
        standing = ledger_.flush(flush)
        self.refusals.after(claim.batch, flush.settled)
        if flush.ends or flush.release_from is not None or standing.stop:
            return standing, [], [], {}
        letters: list[Letter] = []
        skipped: list[Outcome] = []
        if claim.read_end < standing.window_end:
            letters, skipped = ledger_.transact(lambda cursor: reading.read_window(cursor, claim, standing.window_end))
        left = ledger_.transact(lambda cursor: reading.read_again(cursor, claim, stale)) if stale else {}
        return standing, letters, skipped, left

    def _tell_late(self, flush: Flush) -> None:
        """We were taken for dead, and what we know for uncertain."""
        accepted = flush.accepted + [o.message_id for o in flush.settled if o.state == MessageState.ACCEPTED]
        with contextlib.suppress(DatabaseError):
            ledger.settle_uncertain(accepted, as_=MessageState.ACCEPTED, because=_CAME_BACK)

    def _pause(self, halts: list[Halt]) -> None:
        for halt in halts:
            if halt.batch_id is None:
                log.warning("%s is left alone: %s (%s)", self.provider, halt.reason, halt.detail)
                breakers.refused(self.provider, Category(halt.category), halt.detail)
                continue
            try:
                ledger.pause(Batch.objects.get(pk=halt.batch_id), f"{halt.reason} {halt.detail}"[:500])
            except (ledger.NotPossible, Batch.DoesNotExist):
                log.info("batch %s had stopped already", halt.batch_id)

    def _conclude(self) -> None:
        """What the turn has found out about the provider."""
        problem, feed = self.crew.problem, self.feed
        if self.crew.is_crowded and not self.provider.is_rehearsal:
            self.engine.ledger.transact(lambda cursor: pacing.use_fewer_connections(cursor, self.provider))
        if self.crew.is_crowded and turns.running(self.provider.pk) > 1:
            problem = None  # the others have the connections
        if problem is not None and not feed.accepted_count:
            breakers.could_not_connect(self.provider, problem.why)
        else:
            self._tell_answers()
            if feed.fruitless and (not feed.connections or self.is_probe):
                breakers.broke_off(self.provider, feed.last_loss, feed.fruitless)
        if self.is_probe:
            breakers.end_probe(self.provider, arrived=self._has_arrived())

    def _tell_answers(self) -> None:
        accepted, throttled = self.feed.accepted_count, self.feed.throttled_count
        if throttled > self.told[1] or self.circuit.throttled:
            breakers.answered(self.provider, accepted - self.told[0], throttled - self.told[1])
        self.told = accepted, throttled

    def _has_arrived(self) -> bool | None:
        """Of a probe: any answer about the message will do, but to slow down; None: there was no message."""
        if self.feed.accepted_count or self.feed.refused_count > self.feed.throttled_count:
            return True
        return False if isinstance(self.pace, OneMessage) and self.pace.is_used else None


def _local_name() -> str:
    organisation = Organisation.get()
    address = organisation.public_address if organisation else settings.PUBLIC_URL
    return urlsplit(address).hostname or "localhost"
