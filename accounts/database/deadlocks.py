"""A transaction that met somebody else's: PostgreSQL has undone the whole of it, so that it can be tried again."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError

_ATTEMPTS = 5
_MEETINGS = ("40P01", "40001")  # deadlock, serialisation
_GONE = "23503"  # what a new row names was deleted meanwhile

T = TypeVar("T")


def retried(transaction: Callable[[], T], *, looks_again: bool = False) -> T:
    """What it returns. Each call of it must be one transaction, the outermost.

    `looks_again`: each call looks up anew what its rows name, so that it goes on without what was deleted meanwhile.
    """
    meetings = (*_MEETINGS, _GONE) if looks_again else _MEETINGS
    for attempt in range(1, _ATTEMPTS):
        try:
            return transaction()
        except (OperationalError, IntegrityError) as problem:
            if getattr(problem.__cause__, "sqlstate", "") not in meetings:
                raise
            time.sleep(0.2 * attempt)
    return transaction()
