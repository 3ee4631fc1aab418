"""How delivery hands work to Celery: by a task's name, so that no domain module imports the tasks above it."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue(
    task: str, *, queue: str, expires: float | None = None, if_not: Callable[[], None] | None = None, **kwargs: Any
) -> None:
    """Send a task when the transaction commits.

    A broker that does not answer is no reason to fail: what is to be done is known from the database, and the tick
    sends it again. `if_not` is called when it was not sent.
    """
    transaction.on_commit(partial(_send, task, queue, expires, if_not, kwargs))


def _send(
    task: str, queue: str, expires: float | None, if_not: Callable[[], None] | None, kwargs: dict[str, Any]
) -> None:
    try:
        current_app.send_task(task, kwargs=kwargs, queue=queue, expires=expires, retry=False, ignore_result=True)
    except OperationalError as problem:
        log.warning("%s not queued, the next tick will: %s", task, problem)
        if if_not is not None:
            if_not()
