"""The thread in which whatever waits for the database waits, one after the other, so that the event loop never does.

The loop has no other way to the ledger: what belongs to the thread is kept `Behind` it, and whoever holds that can only
ask and await the answer. Values go back and forth; of what the loop changes, the thread is given copies.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connection

from delivery.engine.bookkeeping.session import Ledger

log = logging.getLogger(__name__)

_Kept = TypeVar("_Kept")
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class LedgerThread:
    def __init__(self, ledger: Ledger | None = None, executor: Executor | None = None) -> None:
        self._ledger = ledger or Ledger()
        self._executor = executor or ThreadPoolExecutor(1, thread_name_prefix="ledger")

    @property
    def losses(self) -> int:
        """How often the ledger's connection broke: session locks went with it."""
        return self._ledger.lost

    @property
    def ledger(self) -> "Behind[Ledger]":
        return Behind(self, self._ledger)

    async def ask(
        self, work: Callable[_Parameters, _Result], *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> _Result:
        """Raises psycopg.OperationalError when the database is away, by whichever way it was asked."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, partial(_ask, partial(work, *args, **kwargs)))

    async def transact(
        self,
        work: Callable[Concatenate[psycopg.Cursor[Any], _Parameters], _Result],
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> _Result:
        """The same in one transaction of the ledger's own connection."""
        return await self.ask(self._ledger.transact, lambda cursor: work(cursor, *args, **kwargs))

    def transact_later(
        self,
        work: Callable[Concatenate[psycopg.Cursor[Any], _Parameters], object],
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> None:
        """Without waiting for it: what fails went with the connection anyway."""
        self._executor.submit(self._try, lambda cursor: work(cursor, *args, **kwargs))

    def submit(
        self, work: Callable[_Parameters, object], *args: _Parameters.args, **kwargs: _Parameters.kwargs
    ) -> None:
        self._executor.submit(work, *args, **kwargs)

    def close(self) -> None:
        """When all that was submitted is done."""
        self._executor.submit(self._ledger.close).result()
        self._executor.submit(forget_django).result()
        self._executor.shutdown()

    def _try(self, work: Callable[[psycopg.Cursor[Any]], object]) -> None:
        try:
            self._ledger.transact(work)
        except Exception as problem:
            log.info("left undone: %s", problem)


class Behind(Generic[_Kept]):
    """What only the ledger's thread may touch."""

    def __init__(self, thread: LedgerThread, kept: _Kept) -> None:
        self._thread = thread
        self._kept = kept

    async def ask(
        self,
        work: Callable[Concatenate[_Kept, _Parameters], _Result],
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> _Result:
        """Call one of its methods there. Raises psycopg.OperationalError when the database is away."""
        return await self._thread.ask(work, self._kept, *args, **kwargs)


def forget_django() -> None:
    connection.close()  # of the thread that calls


def _ask(work: Callable[[], _Result]) -> _Result:
    try:
        return work()
    except (OperationalError, InterfaceError) as problem:
        forget_django()
        raise psycopg.OperationalError(str(problem)) from problem
