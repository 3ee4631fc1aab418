"""Plays what comes back of a mail that was accepted: a complaint or a bounce, as the mail that others send."""

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, InterfaceError, connection

from delivery.bounces import writing
from delivery.feedback import intake
from delivery.models import Returned
from delivery.sandbox.behaviour import Behaviour
from delivery.sandbox.store import Mail

MOST_WAITING = 50_000
MOST_LATER = 20_000  # whole mails in memory; beyond it reports come at once
TRIES = 30

log = logging.getLogger(__name__)


class Reporter:
    """One thread, so that reports never hold up what arrives. What is left when the sandbox stops is forgotten."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "reports")
        self._later = 0
        self._room = threading.Semaphore(MOST_WAITING)

    def report_later(self, mail: Mail, how: Behaviour) -> None:
        """After as many seconds as `how` says; called in the event loop."""
        if how.later_seconds and self._later < MOST_LATER:
            self._later += 1
            asyncio.get_running_loop().call_later(how.later_seconds, self._report_now, mail, how)
        else:
            self._report(mail, how)

    def _report_now(self, mail: Mail, how: Behaviour) -> None:
        self._later -= 1
        self._report(mail, how)

    def _report(self, mail: Mail, how: Behaviour) -> None:
        if how.complains:
            self.complain(mail)
        if how.bounces:
            self.bounce(mail, how.bounces)

    def complain(self, mail: Mail) -> None:
        """Somebody marks it as spam."""
        self._submit(writing.complaint(mail.raw, return_address=mail.envelope_from, recipient=mail.recipients[0]))

    def bounce(self, mail: Mail, words: str) -> None:
        """`words`: what the recipient's server said, with reply code and status in front."""
        report = writing.delivery_report(
            mail.raw,
            return_address=mail.envelope_from,
            recipient=mail.recipients[0],
            status=words.split()[1],
            words=words,
        )
        self._submit(report, mail.envelope_from)

    def _submit(self, report: bytes, envelope_to: str = "") -> None:
        if self._room.acquire(blocking=False):
            self._thread.submit(self._hand_in, intake.Item(report, envelope_to))

    def stop(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _hand_in(self, report: intake.Item) -> None:
        self._room.release()
        for _ in range(TRIES):
            try:
                intake.take([report], way=Returned.Way.SANDBOX, source="sandbox")
                return
            except (DatabaseError, InterfaceError) as problem:
                log.warning("A report is handed in again in a second: %s", type(problem).__name__)
                connection.close()
                time.sleep(1)
