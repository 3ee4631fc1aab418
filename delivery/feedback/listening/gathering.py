"""Keeps what was received. One thread writes what has gathered; while it commits, the next mails gather."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import DatabaseError, DataError, InterfaceError, connection, transaction

from delivery.feedback import intake
from delivery.feedback.intake import Item
from delivery.models import Returned

SOURCE = "listener"
_MAILS, _BYTES = 200, 16_000_000  # of one insert
_BROKEN = (DatabaseError, InterfaceError, psycopg.Error, OSError)
log = logging.getLogger(__name__)

_Waiting = tuple[Sequence[Item], "asyncio.Future[bool]"]


class Gathering:
    """One commit for all that arrive together. Whose commit got no answer is told to come back: the intake knows a
    mail that comes twice."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._thread = ThreadPoolExecutor(1, "returned")
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, items: Sequence[Item]) -> bool:
        """True once they are committed; False: not kept, as far as we know."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((items, kept))
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return await kept

    async def end(self) -> None:
        """Once nobody brings anything any more."""
        if self._writing is not None:
            await self._writing
        await asyncio.get_running_loop().run_in_executor(self._thread, _disconnect)
        self._thread.shutdown()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group = self._next()
            outcome = await loop.run_in_executor(self._thread, _take, [items for items, _ in group])
            for (_, kept), is_kept in zip(group, outcome, strict=True):
                if not kept.done():
                    kept.set_result(is_kept)
        self._writing = None

    def _next(self) -> list[_Waiting]:
        size = count = 0
        for items, _ in self._waiting[:_MAILS]:
            count, size = count + 1, size + sum(len(item.raw) for item in items)
            if size >= _BYTES:
                break
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group


def _take(mails: Sequence[Sequence[Item]]) -> list[bool]:
    """Of each mail, whether it is safe now."""
    try:
        with transaction.atomic():
            intake.take([item for items in mails for item in items], way=Returned.Way.LISTENER, source=SOURCE)
    except DataError:  # one among them that the database cannot hold keeps the others from nothing
        log.exception("A returned mail cannot be stored.")
        return [False] if len(mails) == 1 else [_take([items])[0] for items in mails]
    except _BROKEN as problem:
        log.warning("%d returned mails are not kept: %s", len(mails), type(problem).__name__)
        connection.close()
        return [False] * len(mails)
    return [True] * len(mails)


def _disconnect() -> None:
    """Of the thread that runs it."""
    connection.close()
