"""A part of this machine says that it has begun to work: whoever starts all parts waits for that."""

import signal
import threading
from pathlib import Path

from django.conf import settings


def say(part: str) -> None:
    """By an empty file beside those of the run; where there is no run, nobody asks."""
    folder = Path(settings.RUN_DIR)
    if folder.is_dir():
        (folder / f"{part}.ready").touch()


def told_to_end() -> threading.Event:
    """Set when this process is told to end, so that it may finish what it has in hand."""
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    return stop
