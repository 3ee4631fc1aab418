"""Plays readers who mark a mail as spam: their complaint comes back the way a mailbox provider sends it."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connection

from delivery.bounces import writing
from delivery.feedback import intake
from delivery.models import Returned
from delivery.sandbox.store import Mail

MOST_WAITING = 50_000
TRIES = 30

log = logging.getLogger(__name__)


class Complainer:
    """One thread, so that complaints never hold up what arrives. What is left when the sandbox stops is forgotten."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "complaints")
        self._room = threading.Semaphore(MOST_WAITING)

    def complain(self, mail: Mail) -> None:
        if not self._room.acquire(blocking=False):
            return
        report = writing.complaint(mail.raw, return_address=mail.envelope_from, recipient=mail.recipients[0])
        self._thread.submit(self._hand_in, report)

    def stop(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _hand_in(self, report: bytes) -> None:
        self._room.release()
        for _ in range(TRIES):
            try:
                intake.take([intake.Item(report)], way=Returned.Way.SANDBOX, source="sandbox")
                return
            except (DatabaseError, InterfaceError) as problem:
                log.warning("A complaint is handed in again in a second: %s", type(problem).__name__)
                connection.close()
                time.sleep(1)
