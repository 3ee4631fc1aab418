"""Work for the database from threads that keep a connection for long: it may have died since it was last used."""

from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection

BROKEN = (DatabaseError, InterfaceError)
T = TypeVar("T")


def again(work: Callable[[], T]) -> T:
    """Once more on a fresh connection when this thread's old one turns out dead. Raises BROKEN."""
    try:
        return work()
    except BROKEN:
        if connection.in_atomic_block:
            raise
        connection.close()
        return work()
