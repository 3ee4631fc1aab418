"""When a claim's next checkpoint is due, what it says, and what its answer changes. In the event loop."""

import asyncio
import logging

import psycopg

from delivery.engine.bookkeeping.books import Books, Learned
from delivery.engine.bookkeeping.claiming import LEASE_SECONDS
from delivery.engine.bookkeeping.session import Fenced
from delivery.engine.bookkeeping.thread import Behind
from delivery.engine.bookkeeping.window import Unread
from delivery.engine.journal import Journal
from delivery.engine.loop.feed import CHECKPOINT, FENCED, USED_UP, TurnFeed
from delivery.engine.loop.lanes import Lanes
from delivery.models import Provider
from delivery.outcomes import Claim, Flush

log = logging.getLogger(__name__)

CHECKPOINT_SECONDS = 0.5
# A lease is believed so much shorter than the database counts it.
LEASE_MARGIN_SECONDS = 5.0
_STALE_SECONDS = 1.0


class Flushing:
    def __init__(
        self, books: Behind[Books], provider: Provider, feed: TurnFeed, lanes: Lanes, journal: Journal, window: int
    ) -> None:
        self._books = books
        self._provider = provider
        self._feed = feed
        self._lanes = lanes
        self._journal = journal
        self._window = window
        self._loop = asyncio.get_running_loop()

    async def flush_due(self) -> bool:
        """Whether the database is away."""
        for claim in list(self._feed.claims):
            if claim.flushing is not None or self._is_due(claim):
                try:
                    await self.flush(claim)
                except psycopg.OperationalError as problem:
                    log.warning("checkpoint of chunk %s put off: %s", claim.chunk_id, problem)
                    return True
        return False

    async def flush(self, claim: Claim) -> None:
        """Raises OperationalError; then the same is told again next time."""
        flush = claim.flushing or self._begin(claim)
        stale = []
        if claim.ready and self._loop.time() - claim.read_at > _STALE_SECONDS:
            stale = [letter.message_id for letter in claim.ready]
        started = self._loop.time()
        try:
            learned = await self._books.ask(Books.flush, flush, Unread.of(claim), stale)
        except Fenced as fence:
            log.error("fenced: %s", fence)
            claim.stop = FENCED
            self._feed.claims.remove(claim)
            await self._books.ask(Books.tell_late, flush)
            return
        claim.flushing, claim.flushing_numbers = None, []
        claim.flush_no += 1
        if learned.standing.renews:
            claim.flushed_at, claim.safe_until = started, started + LEASE_SECONDS - LEASE_MARGIN_SECONDS
        self._sink_floor()
        if flush.ends or flush.release_from is not None:
            self._feed.claims.remove(claim)
            return
        self._obey(claim, flush, learned)
        self._take_in(claim, learned, bool(stale))

    def _is_due(self, claim: Claim) -> bool:
        if claim.is_spent or claim.is_urgent or claim.unflushed >= CHECKPOINT:
            return True
        if not claim.in_flight and (claim.stop or self._feed.stopped):
            return True
        if self._loop.time() - claim.flushed_at >= CHECKPOINT_SECONDS:
            return True
        return not self._feed.stopped and self._wants_window(claim)

    def _wants_window(self, claim: Claim) -> bool:
        return claim.window_end < len(claim.ids) and claim.window_end - claim.next_position <= self._window // 2

    def _begin(self, claim: Claim) -> Flush:
        leaving = not claim.in_flight and bool(claim.stop or self._feed.stopped)
        ends = claim.is_spent
        wanted = claim.window_end if leaving else min(len(claim.ids), claim.next_position + self._window)
        flush = Flush(
            claim.chunk_id,
            claim.epoch,
            claim.flush_no,
            self._provider,
            claim.batch.id,
            granted_to=claim.window_end,
            window_end=wanted,
            accepted=claim.accepted,
            settled=claim.settled,
            heard=claim.heard,
            accepted_ms=int(claim.accepted_seconds * 1000),
            by_ids=not isinstance(claim.ids, range) and claim.unflushed > 0,
            ends=ends,
            release_from=claim.next_position if leaving and not ends else None,
            stays_offered=self._feed.may_hand_on and not claim.stop,
            version=claim.batch.version,
            is_pinned=claim.is_pinned,
        )
        claim.flushing = flush
        claim.flushing_numbers = claim.accepted_numbers + [o.journal_no for o in claim.settled if o.journal_no >= 0]
        claim.accepted, claim.accepted_numbers, claim.settled, claim.heard = [], [], [], []
        claim.accepted_seconds = 0.0
        claim.is_urgent = False
        return flush

    def _obey(self, claim: Claim, flush: Flush, learned: Learned) -> None:
        standing = learned.standing
        claim.window_end, claim.stop = standing.window_end, claim.stop or standing.stop
        if standing.renews and not claim.ready and standing.window_end == flush.granted_to < flush.window_end:
            claim.stop = claim.stop or USED_UP
        if standing.lane_rate is not None:
            self._lanes.obey(claim, standing.lane_rate)

    def _take_in(self, claim: Claim, learned: Learned, has_looked_again: bool) -> None:
        if learned.left:
            gone = [letter for letter in claim.ready if letter.message_id in learned.left]
            for letter in gone:
                claim.ready.remove(letter)
                claim.settled.append(learned.left[letter.message_id])
        claim.ready.extend(learned.letters)
        claim.settled.extend(learned.skipped)
        if not claim.stop:
            claim.read_end = max(claim.read_end, claim.window_end)
        if learned.letters or has_looked_again:
            claim.read_at = self._loop.time()
        self._feed.wake()

    def _sink_floor(self) -> None:
        """The journal may use again what lies below."""
        numbers = [claim.oldest_number for claim in self._feed.claims]
        self._journal.floor = min((n for n in numbers if n is not None), default=self._journal.next_number)
