"""A transaction that met somebody else's: PostgreSQL has undone the whole of it, so that it can be tried again."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError

_ATTEMPTS = 5
_MEETINGS = ("40P01", "40001")  # deadlock, serialisation

T = TypeVar("T")


def retried(transaction: Callable[[], T]) -> T:
    """What it returns. Each call of it must be one transaction, the outermost."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return transaction()
        except OperationalError as problem:
            if getattr(problem.__cause__, "sqlstate", "") not in _MEETINGS:
                raise
            time.sleep(0.2 * attempt)
    return transaction()
