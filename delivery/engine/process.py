"""What a sending process opens once, after the fork, and keeps: event loop, journal, database thread, connections."""

import asyncio
import contextlib
import logging
import mmap
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import uvloop
from celery import current_app
from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_shutting_down
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from delivery import content
from delivery.engine import recovery
from delivery.engine.checkpoint import Ledger, Place
from delivery.engine.journal import Held, Journal, Owner, is_given_up
from delivery.models import Batch, Chunk
from delivery.outcomes import BatchFacts
from delivery.transports.smtp.connection import Connection
from delivery.workers import slots, turns

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_SENDING = set(turns.QUEUES.values())
_KEEP_COMPILED = 16
_IDLE_SECONDS = 2.0
_GOODBYE_SECONDS = 1.0
_TICK_SECONDS = 0.25

# `worker_shutting_down` fires in the parent alone; its children see it through memory that they share with it.
_shared = mmap.mmap(-1, mmap.PAGESIZE)


def is_shutting_down() -> bool:
    return _shared[0] != 0


class Pool:
    """Connections to one provider, open or being used, and the slots they stand on."""

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.slots: set[int] = set()
        self.ledger_losses = 0
        self.idle_since: float | None = None

    @property
    def free_slots(self) -> set[int]:
        return self.slots - {connection.slot for connection in self.connections}


class Engine:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.open_journal()
        self.ledger = Ledger()
        self.pools: dict[int, Pool] = {}
        self._batches: dict[tuple[int, int], BatchFacts] = {}
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self.loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="wire", daemon=True)
        self._thread.start()
        self.loop.call_soon_threadsafe(self._tick)
        self._executor.submit(_sweep_journals)

    def open_journal(self) -> None:
        self.journal = Journal(Path(settings.JOURNAL_DIR))
        owner = Owner.this_process()
        self.place = Place(owner.host[:80], owner.boot[:40], self.journal.path.name)

    def leave_to_recovery(self) -> None:
        """Give up chunks that cannot be given back: their journal is read like that of the dead.

        The next turn begins another one. It would write over what a recovery still needs, and this process would be
        killed for a lease that it does not hold any more.
        """
        self.journal.close()
        self._executor.submit(_sweep, self.journal.path)

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    async def in_ledger_thread(self, work: Callable[..., _Result], *args: Any) -> _Result:
        """Whatever waits for the database waits there, one after the other.

        Raises psycopg.OperationalError when it is away, by whichever way it was asked.
        """
        return await self.loop.run_in_executor(self._executor, _ask, work, *args)

    def facts(self, batch_id: int, version: int = 1) -> BatchFacts:
        """In the ledger thread. One version of a batch's content never changes, so it is compiled once."""
        found = self._batches.get((batch_id, version))
        if found is None:
            while len(self._batches) >= _KEEP_COMPILED:
                del self._batches[next(iter(self._batches))]
            batch = Batch.objects.get(pk=batch_id)
            compiled = content.load(batch, version)
            dot_safe = getattr(compiled, "dot_safe", False)
            lists = list(batch.lists)
            found = BatchFacts(batch.pk, batch.stream, batch.rehearsal, lists, compiled, dot_safe, version)
            self._batches[batch_id, version] = found
        return found

    def pool(self, provider_id: int) -> Pool:
        """Locks go with the database connection; what stood on them has to close."""
        pool = self.pools.get(provider_id)
        if pool is None or pool.ledger_losses != self.ledger.lost:
            for stale in list(pool.connections) if pool else []:
                stale.retire()
            pool = self.pools[provider_id] = Pool()
            pool.ledger_losses = self.ledger.lost
        return pool

    def close(self) -> None:
        """Leave nothing behind, unless the database is away in the middle of a turn."""
        self.run(self._close_pools())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.leave_to_recovery()
        self._executor.submit(self.ledger.close).result()
        self._executor.submit(_forget_django).result()
        self._executor.shutdown()
        self.loop.close()

    async def _close_pools(self) -> None:
        """A polite end for each connection, as long as servers take to answer it; a loop that keeps one never ends."""
        for connection_ in self._connections():
            connection_.retire()
        ends_at = self.loop.time() + _GOODBYE_SECONDS
        while self._connections() and self.loop.time() < ends_at:
            await asyncio.sleep(0.02)
        for connection_ in self._connections():
            connection_.abort("closed by us")
        await asyncio.sleep(0.02)

    def _connections(self) -> list[Connection]:
        return [connection_ for pool in self.pools.values() for connection_ in pool.connections]

    def _tick(self) -> None:
        now = self.loop.time()
        for provider_id, pool in list(self.pools.items()):
            for connection_ in list(pool.connections):
                connection_.check(now)
            if pool.idle_since is not None and now - pool.idle_since > _IDLE_SECONDS:
                self._retire(provider_id, pool)
        self.loop.call_later(_TICK_SECONDS, self._tick)

    def _retire(self, provider_id: int, pool: Pool) -> None:
        for connection_ in list(pool.connections):
            connection_.retire()
        if not pool.connections and pool.slots:
            given, pool.slots = list(pool.slots), set()
            if pool.ledger_losses == self.ledger.lost:
                self._executor.submit(self._give_back, provider_id, given)
        if not pool.connections:
            self.pools.pop(provider_id, None)

    def _give_back(self, provider_id: int, given: list[int]) -> None:
        try:
            self.ledger.transact(lambda cursor: slots.give_back(cursor, provider_id, given))
        except Exception as problem:  # the locks went with the connection
            log.info("slots of provider %s are gone: %s", provider_id, problem)


def _ask(work: Callable[..., _Result], *args: Any) -> _Result:
    try:
        return work(*args)
    except (OperationalError, InterfaceError) as problem:
        _forget_django()
        raise psycopg.OperationalError(str(problem)) from problem


def _forget_django() -> None:
    connection.close()  # of the thread that calls


_engine: Engine | None = None


def engine() -> Engine:
    """This process's. Raises OSError when its journal finds no room on the disk."""
    global _engine
    if _engine is None or _engine.pid != os.getpid():
        _engine = Engine()
    if _engine.journal.is_closed:
        _engine.open_journal()
    return _engine


def close() -> None:
    global _engine
    if _engine is not None and _engine.pid == os.getpid():
        _engine.close()
    _engine = None


def _succeed() -> None:
    """The journal is here, but the tick may be on another host; and who died may have had a turn in hand.

    The journals stay: the database may just be committing the last claim of the dead.
    """
    close_old_connections()
    try:
        for path in Path(settings.JOURNAL_DIR).glob("*.journal"):
            if is_given_up(path):
                recovery.recover_dead(path)
        turns.forget_queued()
    except Exception:  # a sending process must start even so; the tick recovers when leases run out
        log.exception("what a dead process left is looked after later")
    finally:
        _forget_django()


def _sweep_journals() -> None:
    for path in Path(settings.JOURNAL_DIR).glob("*.journal"):
        _sweep(path)


def _sweep(path: Path) -> None:
    """Settle what the dead owner of a journal left, without waiting for its leases, and remove the journal."""
    close_old_connections()
    try:
        recovery.recover_dead(path)
        with contextlib.suppress(OSError), Held(path) as held:
            recovery.settle_late(held)
            if not Chunk.objects.filter(owner__isnull=False, journal=path.name).exists():
                path.unlink()
    except Exception:  # a sending process must start even so; the tick recovers when leases run out
        log.exception("journal %s could not be swept", path.name)


@worker_init.connect
def _announce_to_own_children(**_: object) -> None:
    """Workers that were forked from one parent share its memory, but not their end."""
    global _shared
    _shared = mmap.mmap(-1, mmap.PAGESIZE)


@worker_process_init.connect
def _start(**_: object) -> None:
    """Loop and journal are made at the first turn: a process that only builds or ticks needs neither.

    A child that starts may be there instead of one that died: what that one left is looked after at once, and beside,
    because the parent waits for its child.
    """
    global _engine
    _engine = None
    if _SENDING & set(current_app.amqp.queues.consume_from):
        threading.Thread(target=_succeed, name="successor", daemon=True).start()


@worker_process_shutdown.connect
def _stop(**_: object) -> None:
    with contextlib.suppress(Exception):
        close()


@worker_shutting_down.connect
def _announce(**_: object) -> None:
    _shared[0] = 1
