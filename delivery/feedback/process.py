"""The process that takes and reads what came back: apart from web pages and sending, so that it holds up neither."""

import logging
import threading

from django.db import DatabaseError, InterfaceError, connection

from delivery.feedback.listening.door import Door
from delivery.feedback.reading.reader import Reader
from delivery.feedback.settling import settle

_PAUSE_SECONDS = 0.5
_AWAY_SECONDS = 2
log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Until told to stop. A database that is away for a while is waited for: what came back is in it, or not taken."""
    reader, door = Reader(), Door()
    try:
        while not stop.is_set():
            pause = _work(reader, door)
            if pause:
                reader.rest()
                stop.wait(pause)
    finally:
        door.shut()
        reader.close()


def _work(reader: Reader, door: Door) -> float:
    """How long to wait before the next look."""
    try:
        door.look()
        return 0 if settle(reader) else _PAUSE_SECONDS
    except (DatabaseError, InterfaceError) as problem:
        log.warning("What came back is read in a moment: %s", type(problem).__name__)
        connection.close()
        return _AWAY_SECONDS
