"""Short answers given on the server's thread that has read the request, not on the event loop's.

granian hands every request on as a task: a wake-up, a change of threads and Python's lock changing hands twice, for an
answer to an open or a click that takes ten microseconds itself. It promises nothing about the function that is
replaced here: where that looks different, nothing is replaced and every request comes as a task.
"""

from collections.abc import Callable
from inspect import signature
from typing import Any

from granian import _futures

_NAME = "_cbsched_aioschedule"
_PARAMETERS = ["loop", "ctx", "cb"]

Answered = Callable[[Any, Any], bool]


def open_for(answered: Answered) -> bool:
    """From now on `answered` is asked first with scope and protocol, and must neither wait nor raise.

    Returns whether this granian lets us.
    """
    by_task = getattr(_futures, _NAME, None)
    if by_task is None or list(signature(by_task).parameters) != _PARAMETERS:
        return False

    def schedules(loop: Any, ctx: Any, cb: Any) -> Callable[[Any], None]:
        hand_on = by_task(loop, ctx, cb)

        def schedule(watcher: Any) -> None:
            if answered(watcher.scope, watcher.proto):
                watcher.done()
            else:
                hand_on(watcher)

        return schedule

    setattr(_futures, _NAME, schedules)
    return True
