"""What a process keeps open to its providers, also between turns, and the slots that it stands on."""

import asyncio
from dataclasses import dataclass

from delivery.engine.bookkeeping.thread import LedgerThread
from delivery.transports.base import Channel, Transport
from delivery.workers import slots

_IDLE_SECONDS = 2.0
_GOODBYE_SECONDS = 1.0
_TICK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Berth:
    """Where a channel stands, and what opened it."""

    slot: int
    transport: Transport


class Pool:
    """Channels to one provider, open or being used. In the event loop."""

    def __init__(self, ledger_losses: int) -> None:
        self.channels: dict[Channel, Berth] = {}
        self.slots: set[int] = set()
        self.ledger_losses = ledger_losses
        self.idle_since: float | None = None

    @property
    def free_slots(self) -> set[int]:
        return self.slots - {berth.slot for berth in self.channels.values()}

    def forget(self, channel: Channel) -> None:
        self.channels.pop(channel, None)


class Pools:
    """By provider. In the event loop."""

    def __init__(self, thread: LedgerThread) -> None:
        self._thread = thread
        self._pools: dict[int, Pool] = {}

    def of(self, provider_id: int) -> Pool:
        """Locks go with the database connection; what stood on them has to close."""
        pool = self._pools.get(provider_id)
        if pool is None or pool.ledger_losses != self._thread.losses:
            for stale in list(pool.channels) if pool else []:
                stale.retire()
            pool = self._pools[provider_id] = Pool(self._thread.losses)
        return pool

    def begin(self) -> None:
        """Look after what is open, from now on."""
        self._tick()

    async def close(self) -> None:
        """A polite end for each channel, as long as servers take to answer it; a loop that keeps one never ends."""
        loop = asyncio.get_running_loop()
        for channel in self._channels():
            channel.retire()
        ends_at = loop.time() + _GOODBYE_SECONDS
        while self._channels() and loop.time() < ends_at:
            await asyncio.sleep(0.02)
        for channel in self._channels():
            channel.abort("closed by us")
        await asyncio.sleep(0.02)

    def _channels(self) -> list[Channel]:
        return [channel for pool in self._pools.values() for channel in pool.channels]

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for provider_id, pool in list(self._pools.items()):
            for channel in list(pool.channels):
                channel.check(now)
            if pool.idle_since is not None and now - pool.idle_since > _IDLE_SECONDS:
                self._retire(provider_id, pool)
        loop.call_later(_TICK_SECONDS, self._tick)

    def _retire(self, provider_id: int, pool: Pool) -> None:
        for channel in list(pool.channels):
            channel.retire()
        if not pool.channels and pool.slots:
            given, pool.slots = list(pool.slots), set()
            if pool.ledger_losses == self._thread.losses:
                self._thread.transact_later(slots.give_back, provider_id, given)
        if not pool.channels:
            self._pools.pop(provider_id, None)
