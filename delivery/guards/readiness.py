"""A part of this machine says that it has begun to work: whoever starts all parts waits for that."""

import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def say(part: str) -> None:
    """By an empty file beside those of the run; where there is no run, nobody asks."""
    folder = Path(settings.RUN_DIR)
    if folder.is_dir():
        (folder / f"{part}.ready").touch()


class RunsAlready(Exception):
    """Another process does this part's work for the same var folder."""


@contextmanager
def alone(part: str) -> Iterator[None]:
    """Of a part that a var folder has once. The kernel ends it with the process. Raises RunsAlready."""
    path = Path(settings.RUN_DIR) / f"{part}.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            other = file.read().strip() or "unknown"
            raise RunsAlready(
                f"{part} runs for {path.parent.parent} already, as process {other}: stop that one first, or give"
                " this one a folder of its own by TALLYPOST_VAR."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def told_to_end() -> threading.Event:
    """Set when this process is told to end, so that it may finish what it has in hand."""
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    return stop
