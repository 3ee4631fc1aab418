"""A turn's connections: as many as are its share and there is work for, opened again when they go."""

import asyncio
import logging
from typing import Any

from delivery import replies
from delivery.engine.feed import Halt, TurnFeed
from delivery.engine.process import Engine
from delivery.models import Provider
from delivery.transports.smtp import opening
from delivery.transports.smtp.connection import Connection
from delivery.transports.smtp.opening import CannotOpen, Server
from delivery.workers import slots

log = logging.getLogger(__name__)

_SHARE_SECONDS = 0.5
# So long a turn waits for a connection that another one has to give up first.
_PATIENCE_SECONDS = 2.0
_AGAIN_SECONDS = 5.0
_RETURN_SECONDS = 2.0
_FRUITLESS = 3


class Crew:
    def __init__(
        self, engine: Engine, provider: Provider, stream: str, server: Server, feed: TurnFeed, *, is_alone: bool
    ) -> None:
        """`is_alone`: one connection is all it takes, whatever its share."""
        self.problem: CannotOpen | None = None  # why none could be opened
        self.is_crowded = False  # the server has as many connections as it takes: others may have them
        self._engine = engine
        self._provider = provider
        self._stream = stream
        self._server = server
        self._feed = feed
        self._pool = engine.pool(provider.pk)
        self._is_alone = is_alone
        self._share = 0
        self._share_at = float("-inf")
        self._opening: set[asyncio.Task[None]] = set()
        self._again_at = 0.0
        self._loop = asyncio.get_running_loop()

    @property
    def is_hopeless(self) -> bool:
        """Nothing is open, and opening or keeping one has failed as often as makes sense now."""
        if self._feed.connections or self._opening:
            return False
        return self.problem is not None or self._feed.fruitless >= _FRUITLESS or self._share == 0

    async def start(self) -> bool:
        """Take over what the last turn left open, or open one. False: there is no way out now."""
        self._pool.idle_since = None
        for connection in list(self._pool.connections):
            if connection.server == self._server and connection.is_idle:
                self._employ(connection)
            else:
                connection.retire()
        await self._look_at_share()
        self._retire_surplus()
        until = self._loop.time() + _PATIENCE_SECONDS
        while not self._feed.connections and not self.is_hopeless:
            await self._open(1)
            if self._opening:
                await asyncio.wait(self._opening)
            elif self._loop.time() < until:
                await asyncio.sleep(_SHARE_SECONDS / 5)
            else:
                break
        return bool(self._feed.connections)

    async def adjust(self, unsent: int) -> None:
        """Open more while there is work for them, give up what is not our share any more."""
        if self._pool.ledger_losses != self._engine.ledger.lost:
            await self._stand_again()
        now = self._loop.time()
        if now - self._share_at > _SHARE_SECONDS:
            await self._look_at_share()
            self._retire_surplus()
        await self._give_back_surplus()
        missing = min(self._share, unsent) - len(self._feed.connections) - len(self._opening)
        if missing > 0 and now >= self._again_at and not self.is_hopeless:
            await self._open(missing)

    async def finish(self) -> None:
        for task in self._opening:
            task.cancel()
        if self._opening:
            await asyncio.wait(self._opening)
        self._pool.idle_since = self._loop.time()

    async def _look_at_share(self) -> None:
        work = self._engine.in_ledger_thread(
            self._engine.ledger.transact, lambda cursor: slots.share(cursor, self._provider, self._stream)
        )
        share = (await work).connections
        self._share = min(share, 1) if self._is_alone else share
        self._share_at = self._loop.time()

    async def _stand_again(self) -> None:
        """The locks went with the database connection: go on only on those that nobody else has taken meanwhile."""
        for task in self._opening:
            task.cancel()
        losses, held = self._engine.ledger.lost, set(self._pool.slots)

        def enter(cursor: Any) -> list[int]:
            slots.enter(cursor, self._provider, self._stream)
            return slots.keep(cursor, self._provider.pk, held)

        kept = await self._engine.in_ledger_thread(self._engine.ledger.transact, enter)
        self._pool.slots, self._pool.ledger_losses = set(kept), losses
        # The others lost theirs too: what seems free is theirs until they have had time to come back.
        self._again_at = self._loop.time() + _RETURN_SECONDS
        for connection in list(self._pool.connections):
            if connection.slot not in self._pool.slots:
                self._feed.connections.discard(connection)
                connection.retire()

    def _retire_surplus(self) -> None:
        for connection in list(self._feed.connections)[self._share :]:
            self._feed.connections.discard(connection)
            connection.retire()

    async def _give_back_surplus(self) -> None:
        """Others wait for slots beyond our share, as soon as what stood on them is closed."""
        surplus = list(self._free_slots)[: max(0, len(self._pool.slots) - self._share)]
        if surplus:
            self._pool.slots.difference_update(surplus)
            await self._engine.in_ledger_thread(
                self._engine.ledger.transact, lambda cursor: slots.give_back(cursor, self._provider.pk, surplus)
            )

    @property
    def _free_slots(self) -> set[int]:
        return self._pool.free_slots - {int(task.get_name()) for task in self._opening}

    async def _open(self, count: int) -> None:
        taken = list(self._free_slots)[:count]
        if len(taken) < count:
            held, wanted = set(self._pool.slots), count - len(taken)
            more = await self._engine.in_ledger_thread(
                self._engine.ledger.transact, lambda cursor: slots.take(cursor, self._provider, held, wanted)
            )
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
            connection = await opening.connect(self._server)
        except CannotOpen as problem:
            self._failed(problem)
            return
        self.problem = None
        connection.slot, connection.server = slot, self._server
        connection.home = self._pool.connections
        self._pool.connections.add(connection)
        self._employ(connection)

    def _employ(self, connection: Connection) -> None:
        self._feed.connections.add(connection)
        connection.begin(self._feed, messages=self._provider.messages_per_connection)

    def _failed(self, problem: CannotOpen) -> None:
        log.warning("%s cannot be used (%s): %s", self._server, problem.stage, problem.why)
        self._again_at = self._loop.time() + _AGAIN_SECONDS
        self.problem = problem
        reply = problem.reply
        if reply is None:
            return
        verdict = replies.classify(problem.stage, reply.code, reply.enhanced, reply.text)
        self.is_crowded = verdict.category == replies.Category.CONN_LIMIT
        if verdict.pauses_provider:
            self._feed.halts.append(Halt(None, replies.WORDS[verdict.category], problem.why, verdict.category))
            self._feed.stopped = True
