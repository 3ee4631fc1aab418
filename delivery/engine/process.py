"""What a sending process opens once, after the fork, and keeps: event loop, ledger's thread, journal, channels."""

import asyncio
import contextlib
import logging
import mmap
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import uvloop
from celery import current_app
from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_shutting_down
from django.conf import settings
from django.db import close_old_connections

from delivery.engine import recovery
from delivery.engine.bookkeeping.claiming import Place
from delivery.engine.bookkeeping.contents import Contents
from delivery.engine.bookkeeping.thread import LedgerThread, forget_django
from delivery.engine.journal import Held, Journal, Owner, is_given_up
from delivery.engine.loop.pools import Pools
from delivery.models import Batch, Chunk
from delivery.workers import turns

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_SENDING = set(turns.QUEUES.values())

# `worker_shutting_down` fires in the parent alone; its children see it through memory that they share with it.
_shared = mmap.mmap(-1, mmap.PAGESIZE)
_closing = threading.Event()  # this process alone: it was told to go, whatever its siblings do
_LAST_TURN_SECONDS = 5.0


def is_shutting_down() -> bool:
    return _shared[0] != 0 or _closing.is_set()


class Engine:
    def __init__(self) -> None:
        self.pid = os.getpid()
        self.open_journal()
        self.thread = LedgerThread()
        self.contents = Contents()
        self.pools = Pools(self.thread)
        self.loop = uvloop.new_event_loop()
        self._wire = threading.Thread(target=self.loop.run_forever, name="wire", daemon=True)
        self._wire.start()
        self.loop.call_soon_threadsafe(self.pools.begin)
        self.thread.submit(_sweep_journals)
        self._turn: Future[Any] | None = None

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
        self.thread.submit(_sweep, self.journal.path)

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        self._turn = turn = asyncio.run_coroutine_threadsafe(work, self.loop)
        return turn.result()

    def close(self) -> None:
        """Leave nothing behind, unless the database is away in the middle of a turn.

        A turn that is going on takes nothing more up, hears what is on the wire and gives the rest back: it would open
        new channels for those that are closed here.
        """
        if self._turn is not None and not self._turn.done():
            with contextlib.suppress(Exception):
                self._turn.result(_LAST_TURN_SECONDS)
        self.run(self.pools.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._wire.join(5)
        self.leave_to_recovery()
        self.thread.close()
        self.loop.close()


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
    _closing.set()
    try:
        if _engine is not None and _engine.pid == os.getpid():
            _engine.close()
    finally:
        _engine = None
        _closing.clear()


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
        forget_django()


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
    queues = set(current_app.amqp.queues.consume_from)
    if turns.QUEUES[Batch.Stream.MARKETING] in queues:
        _interrupt_nobody()
    if _SENDING & queues:
        threading.Thread(target=_succeed, name="successor", daemon=True).start()


def _interrupt_nobody() -> None:
    """An answer that arrives waits until whoever has the processor gives it up: pages, PostgreSQL, a server beside us.

    More answers then come together, and sending is faster for it (docs/performance.md).
    """
    with contextlib.suppress(AttributeError, OSError):  # Linux has it, and lets everybody
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


@worker_process_shutdown.connect
def _stop(**_: object) -> None:
    with contextlib.suppress(Exception):
        close()


@worker_shutting_down.connect
def _announce(**_: object) -> None:
    _shared[0] = 1
