"""Readers who open and click while everything is being killed: whoever was answered is counted, and exactly once.

Each act has a name of its own for a user agent, by which it is found again. One message is opened, and one link of it
clicked, a few times only: what comes too often from one address is not stored, whoever is killed.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import closing
from random import Random

from delivery import tokens

ACTS_OF_ONE = 40  # below tracking.intake.replays.MOST_STORED
PAUSE, ANSWERS_WITHIN = 0.02, 10.0
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0 reader-{}"


class Reader(threading.Thread):
    """Opens and clicks what `mails` offers, on the public port, until it is stopped; one act at a time."""

    def __init__(self, port: int, sealer: tokens.Sealer, name: str) -> None:
        super().__init__(daemon=True)
        self._port, self._sealer, self._name = port, sealer, name
        self._over = threading.Event()
        self._dice = Random(name)
        self._mails: list[tuple[int, int]] = []  # message, and a link of it or 0
        self._acts: Counter[tuple[int, int]] = Counter()
        self.asked: list[str] = []
        self.answered: set[str] = set()

    def offer(self, mails: Iterable[tuple[int, int]]) -> None:
        """Messages that have arrived, each with a link that is in it: what nobody has, nobody reads."""
        known = {message for message, _ in self._mails}
        self._mails += [mail for mail in mails if mail[0] not in known]

    def stop(self) -> None:
        self._over.set()
        self.join(4 * ANSWERS_WITHIN)

    def run(self) -> None:
        while not self._over.wait(PAUSE):
            if self._mails:
                self._read(*self._dice.choice(self._mails))

    def _read(self, message_id: int, link_id: int) -> None:
        act = (message_id, link_id if link_id and self._dice.random() < 0.5 else 0)
        if self._acts[act] >= ACTS_OF_ONE:
            return
        agent = _AGENT.format(f"{self._name}-{len(self.asked)}")
        self.asked.append(agent)
        if self._answers(act, agent):
            self.answered.add(agent)

    def _path(self, message_id: int, link_id: int) -> str:
        if link_id:
            return f"/c/{self._sealer.seal(tokens.CLICK, message_id, link_id)}"
        return f"/o/{self._sealer.seal(tokens.OPEN, message_id)}"

    def _answers(self, act: tuple[int, int], agent: str) -> bool:
        """To the last byte: what was cut off may be written down or not. Who is not let in has not acted."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWERS_WITHIN)) as web:
                web.connect()
                self._acts[act] += 1
                web.request("GET", self._path(*act), headers={"User-Agent": agent})
                answer = web.getresponse()
                answer.read()
                return answer.status in (200, 302)
        except (OSError, http.client.HTTPException):
            return False


def problems(stored: Mapping[str, int], asked: Iterable[str], answered: Set[str]) -> list[str]:
    """`stored` is how often each user agent stands in the events."""
    lost = [agent for agent in answered if not stored.get(agent)]
    doubled = [agent for agent in asked if stored.get(agent, 0) > 1]
    return [
        *([f"{len(lost)} of {len(answered)} opens and clicks lost, as {lost[0]}"] if lost else []),
        *([f"{len(doubled)} opens and clicks stored twice, as {doubled[0]}"] if doubled else []),
    ]


def wait_until_stored(read: Callable[[], Mapping[str, int]], answered: Set[str], seconds: float) -> Mapping[str, int]:
    """What is stored once everybody who was answered is in it, or after that time; then a look for doubles."""
    deadline = time.monotonic() + seconds
    while not answered <= read().keys() and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(1)
    return read()
