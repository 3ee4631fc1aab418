"""The process that takes and reads what came back, mails and providers' requests: apart from web pages and sending, so
that it holds up neither.
"""

import logging
import threading
from collections.abc import Sequence

from django.db import DatabaseError, DataError, InterfaceError, connection

from delivery.feedback import settling
from delivery.feedback.intake import MAIL
from delivery.feedback.listening.door import Door
from delivery.feedback.reading.reader import Mail
from delivery.feedback.reading.readers import Readers, Reading
from delivery.feedback.settling import Due
from delivery.feedback.webhooks.serving import Server

_PAUSE_SECONDS = 0.5
_AWAY_SECONDS = 2
# What the database cannot hold, and what a reader said against its promise. All else is no mail's fault.
_OF_ONE_MAIL = (DataError, ArithmeticError, LookupError, TypeError, ValueError)
log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Until told to stop. A database that is away for a while is waited for: what came back is in it, or not taken."""
    door, server, work = Door(), Server(), Work()
    try:
        while not stop.is_set():
            pause = _step(door, work)
            if pause:
                work.rest()
                stop.wait(pause)
    finally:
        door.shut()
        server.stop()
        work.close()


def _step(door: Door, work: "Work") -> float:
    """How long to wait before the next look."""
    try:
        door.look()
        return 0 if work.step() else _PAUSE_SECONDS
    except (DatabaseError, InterfaceError) as problem:
        log.warning("What came back is read in a moment: %s", type(problem).__name__)
        connection.close()
        work.forget()
        return _AWAY_SECONDS


def _act_on(rows: Sequence[Due], answers: Sequence[Mail | None]) -> None:
    """One that cannot be acted upon keeps the others from nothing."""
    try:
        settling.act_on(rows, answers)
    except _OF_ONE_MAIL:
        if len(rows) == 1:
            log.exception("A returned mail cannot be acted upon.")
            settling.give_up(rows[0])
            return
        mails = iter(answers)
        for row in rows:
            _act_on([row], [next(mails)] if row.form == MAIL else [])


class Work:
    """Reads one group while the one before is acted upon."""

    def __init__(self) -> None:
        self._readers = Readers()
        self._rows: Sequence[Due] = ()
        self._reading: Reading | None = None

    def step(self) -> bool:
        """False: nothing is due."""
        rows, reading = self._rows, self._reading
        answers = list(reading.answers()) if reading else []
        self._rows, self._reading = settling.due(beside=rows), None
        if self._rows:
            self._reading = self._readers.begin(settling.mails(self._rows))
        _act_on(rows, answers)
        return bool(rows or self._rows)

    def forget(self) -> None:
        """What was begun is begun anew: nothing of it is in the database."""
        if self._reading:
            list(self._reading.answers())
        self._rows, self._reading = (), None

    def rest(self) -> None:
        self._readers.rest()

    def close(self) -> None:
        self._readers.close()
