"""What a turn says to the ledger: claims, checkpoints, ends. Each is one transaction of a connection of its own.

Fencing: every change names the epoch and `flush_no` it was made under. No row found means that somebody took the chunk
over, or that the answer to our last commit got lost; reading the chunk again tells which.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from django.db import connection as django_connection

from accounts.database import locks
from delivery.engine.bookkeeping import checkpoint, claiming
from delivery.engine.bookkeeping.claiming import Claimed, Place
from delivery.models import Provider
from delivery.outcomes import Flush, Standing

_RETURNED = TypeVar("_RETURNED")

# Between two statements of a transaction. A process that is frozen there has the provider's minute and its chunk, for
# which all others at that provider wait, and recovery, too.
FROZEN_AFTER = "10s"
_LOST = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.IdleInTransactionSessionTimeout)


class Fenced(Exception):
    """The chunk is not ours any more: no further dot."""


class Ledger:
    """A database connection for one thread, opened after the fork, opened again when it breaks."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None
        self.lost = 0  # how often the connection broke: session locks went with it

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def transact(self, work: Callable[[psycopg.Cursor[Any]], _RETURNED]) -> _RETURNED:
        """Run `work` in one transaction. Raises psycopg.OperationalError when the database is away."""
        connection = self._open()
        try:
            with connection.transaction(), connection.cursor() as cursor:
                return work(cursor)
        except _LOST as error:
            self.close()
            self.lost += 1
            raise psycopg.OperationalError(str(error)) from error

    def claim(self, provider: Provider, stream: str, owner: UUID, place: Place, window: int) -> Claimed | None:
        """Take the chunk that was offered first. The client-made `owner` finds it again if the answer gets lost."""
        try:
            return self.transact(lambda cursor: claiming.claim(cursor, provider, stream, owner, place, window))
        except psycopg.OperationalError:
            return self.transact(lambda cursor: claiming.find_again(cursor, owner))

    def flush(self, flush: Flush) -> Standing:
        """Write a checkpoint once, however often the connection breaks. Raises Fenced or OperationalError."""
        try:
            return self.transact(lambda cursor: checkpoint.write(cursor, flush))
        except checkpoint.NoRow:
            return self._look(flush)

    def _look(self, flush: Flush) -> Standing:
        row = self.transact(
            lambda cursor: cursor.execute(
                "SELECT epoch, flush_no FROM delivery_chunk WHERE id = %s", [flush.chunk_id]
            ).fetchone()
        )
        if row == (flush.epoch, flush.flush_no + 1):
            return Standing(flush.granted_to, renews=False)  # it had been committed; the next one learns the rest
        raise Fenced(f"chunk {flush.chunk_id}: epoch {flush.epoch}, now {row}")

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            # A session has a dozen statements and says each of them again and again: prepared from the first time on.
            self._connection = psycopg.connect(**connection_parameters(), autocommit=True, prepare_threshold=0)
            locks.missed_soon(self._connection)
            self._connection.execute(
                "SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [FROZEN_AFTER]
            )
        return self._connection


def connection_parameters() -> dict[str, Any]:
    """Of the database Django uses now, tests included, with what its address says about TLS."""
    settings = django_connection.settings_dict
    named = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
        "connect_timeout": 5,
    }
    given: dict[str, Any] = {key: value for key, value in named.items() if value}
    given.update(settings.get("OPTIONS", {}))
    return given | {"application_name": "tallypost engine"}
