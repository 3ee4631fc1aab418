"""A turn's channels: as many as are its share and there is work for, opened again when they go."""

import asyncio
import logging
from math import ceil
from typing import Any

from delivery import replies
from delivery.engine.bookkeeping.books import Start
from delivery.engine.bookkeeping.halts import Halt
from delivery.engine.bookkeeping.thread import LedgerThread
from delivery.engine.loop.feed import TurnFeed
from delivery.engine.loop.pools import Berth, Pool
from delivery.models import Provider
from delivery.transports.base import CannotOpen, Channel
from delivery.workers import slots

log = logging.getLogger(__name__)

_SHARE_SECONDS = 0.5
# So long a turn waits for a connection that another one has to give up first.
_PATIENCE_SECONDS = 2.0
_AGAIN_SECONDS = 5.0
_RETURN_SECONDS = 2.0
_FRUITLESS = 3


class Crew:
    def __init__(self, thread: LedgerThread, pool: Pool, start: Start, feed: TurnFeed) -> None:
        self.problem: CannotOpen | None = None  # why none could be opened
        self.is_crowded = False  # the server has as many connections as it takes: others may have them
        self._thread = thread
        self._pool = pool
        self._provider = start.provider
        self._stream = start.stream
        self._transport = start.transport
        self._is_alone = start.is_probe  # one channel is all it takes, whatever its share
        self._feed = feed
        self._share = 0
        self._share_at = float("-inf")
        self._opening: set[asyncio.Task[None]] = set()
        self._again_at = 0.0
        self._loop = asyncio.get_running_loop()

    @property
    def batch_size(self) -> int:
        return self._transport.batch_size

    @property
    def is_hopeless(self) -> bool:
        """Nothing is open, and opening or keeping one has failed as often as makes sense now."""
        if self._feed.channels or self._opening:
            return False
        return self.problem is not None or self._feed.fruitless >= _FRUITLESS or self._share == 0

    async def start(self) -> bool:
        """Take over what the last turn left open, or open one. False: there is no way out now."""
        self._pool.idle_since = None
        for channel, berth in list(self._pool.channels.items()):
            if berth.transport == self._transport and channel.is_idle:
                self._employ(channel)
            else:
                channel.retire()
        await self._look_at_share()
        self._retire_surplus()
        until = self._loop.time() + _PATIENCE_SECONDS
        while not self._feed.channels and not self.is_hopeless:
            await self._open(1)
            if self._opening:
                await asyncio.wait(self._opening)
            elif self._loop.time() < until:
                await asyncio.sleep(_SHARE_SECONDS / 5)
            else:
                break
        return bool(self._feed.channels)

    async def adjust(self, sendable: int) -> None:
        """Open more while there is work for them, give up what is not our share any more."""
        if self._pool.ledger_losses != self._thread.losses:
            await self._stand_again()
        now = self._loop.time()
        if now - self._share_at > _SHARE_SECONDS:
            await self._look_at_share()
            self._retire_surplus()
        await self._give_back_surplus()
        missing = min(self._share, ceil(sendable / self.batch_size)) - len(self._feed.channels) - len(self._opening)
        if missing > 0 and now >= self._again_at and not self.is_hopeless:
            await self._open(missing)

    async def finish(self) -> None:
        for task in self._opening:
            task.cancel()
        if self._opening:
            await asyncio.wait(self._opening)
        self._pool.idle_since = self._loop.time()

    async def _look_at_share(self) -> None:
        share = (await self._thread.transact(slots.share, self._provider, self._stream)).connections
        self._share = min(share, 1) if self._is_alone else share
        self._share_at = self._loop.time()

    async def _stand_again(self) -> None:
        """The locks went with the database connection: go on only on those that nobody else has taken meanwhile."""
        for task in self._opening:
            task.cancel()
        losses, held = self._thread.losses, set(self._pool.slots)

        kept = await self._thread.transact(_enter_again, self._provider, self._stream, held)
        self._pool.slots, self._pool.ledger_losses = set(kept), losses
        # The others lost theirs too: what seems free is theirs until they have had time to come back.
        self._again_at = self._loop.time() + _RETURN_SECONDS
        for channel, berth in list(self._pool.channels.items()):
            if berth.slot not in self._pool.slots:
                self._feed.channels.discard(channel)
                channel.retire()

    def _retire_surplus(self) -> None:
        for channel in list(self._feed.channels)[self._share :]:
            self._feed.channels.discard(channel)
            channel.retire()

    async def _give_back_surplus(self) -> None:
        """Others wait for slots beyond our share, as soon as what stood on them is closed."""
        surplus = list(self._free_slots)[: max(0, len(self._pool.slots) - self._share)]
        if surplus:
            self._pool.slots.difference_update(surplus)
            await self._thread.transact(slots.give_back, self._provider.pk, surplus)

    @property
    def _free_slots(self) -> set[int]:
        return self._pool.free_slots - {int(task.get_name()) for task in self._opening}

    async def _open(self, count: int) -> None:
        taken = list(self._free_slots)[:count]
        if len(taken) < count:
            held, wanted = set(self._pool.slots), count - len(taken)
            more = await self._thread.transact(slots.take, self._provider, held, wanted)
            self._pool.slots.update(more)
            taken += more
        if not taken:
            self._again_at = self._loop.time() + _SHARE_SECONDS / 4
        for slot in taken:
            task = self._loop.create_task(self._open_one(slot), name=str(slot))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open_one(self, slot: int) -> None:
        if self._feed.fruitless:
            await asyncio.sleep(0.25 * 2**self._feed.fruitless)
        try:
            channel = await self._transport.open(self._pool.forget)
        except CannotOpen as problem:
            self._failed(problem)
            return
        self.problem = None
        self._pool.channels[channel] = Berth(slot, self._transport)
        self._employ(channel)

    def _employ(self, channel: Channel) -> None:
        self._feed.channels.add(channel)
        channel.begin(self._feed, messages=self._provider.messages_per_connection)

    def _failed(self, problem: CannotOpen) -> None:
        log.warning("%s cannot be used (%s): %s", self._transport, problem.stage, problem.why)
        self._again_at = self._loop.time() + _AGAIN_SECONDS
        self.problem = problem
        answer = problem.answer
        if answer is None:
            return
        verdict = replies.classify(problem.stage, answer.code, answer.enhanced, answer.text)
        self.is_crowded = verdict.category == replies.Category.CONN_LIMIT
        if verdict.pauses_provider:
            self._feed.halts.append(Halt(None, replies.WORDS[verdict.category], problem.why, verdict.category))
            self._feed.stopped = True


def _enter_again(cursor: Any, provider: Provider, stream: str, held: set[int]) -> list[int]:
    """Those of the slots held that are still to be had."""
    slots.enter(cursor, provider, stream)
    return slots.keep(cursor, provider.pk, held)
