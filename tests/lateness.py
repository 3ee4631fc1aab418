"""How late this machine is just now: a promise in seconds is measured beside it, for a busy one keeps none."""

import threading
import time

import psycopg

from tests.running import database_url

_NAP_SECONDS = 0.01
# How often what is measured is late as well: a look at the database, a thread that wakes up, a reply, who notes it.
_STEPS = 4


class Lateness:
    """While it is entered a thread naps and asks the database, again and again, and notes how much longer that took."""

    def __init__(self) -> None:
        self._address = database_url()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.worst = 0.0
        self.total = 0.0

    @property
    def allowed(self) -> float:
        """Seconds by which something of some steps may be late without any fault of its own."""
        return _STEPS * self.worst

    def __enter__(self) -> "Lateness":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        with psycopg.connect(self._address, autocommit=True) as asked:
            while not self._over.is_set():
                began = time.monotonic()
                time.sleep(_NAP_SECONDS)
                asked.execute("SELECT 1")
                late = time.monotonic() - began - _NAP_SECONDS
                self.worst = max(self.worst, late)
                self.total += late
