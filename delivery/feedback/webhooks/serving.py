"""Answers the front about providers' requests: some threads of the feedback process, behind a Unix socket.

One connection a question. A line of JSON comes in, what is asked and of which address, and then the body, which the
front has taken in already: no stranger holds a thread. An answer goes out as JSON: status, headers, words.
"""

import json
import logging
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import connection

from delivery.feedback.webhooks import receiving
from delivery.feedback.webhooks.receiving import Answer, Door
from delivery.feedback.webhooks.request import MOST_BYTES

FIND, TAKE, TOO_LARGE = "find", "take", "too large"  # what is asked
THREADS = 4
_WAITING = 128  # connections
_SILENT_SECONDS = 10  # of the front, which is on this machine
_STOP_SECONDS = 5
_FAILED = Answer(500, words="Something went wrong on our side. Try again in a minute.\n")
_LARGE_WORDS = f"It was larger than {MOST_BYTES // 2**20} MB. Have the provider send fewer events at a time."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """`headers` by their names in lower case; only TAKE has any, and a body."""

    asked: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    def packed(self) -> bytes:
        head = {"asked": self.asked, "path": self.path, "headers": self.headers, "bytes": len(self.body)}
        return json.dumps(head).encode() + b"\n" + self.body

    @classmethod
    def unpacked(cls, given: bytes) -> Self:
        """Raises ValueError if it is not whole."""
        line, _, body = given.partition(b"\n")
        head: dict[str, Any] = json.loads(line)
        if head.pop("bytes") != len(body):
            raise ValueError("The body is not whole.")
        return cls(**head, body=body)


def packed(answer: Answer) -> bytes:
    return json.dumps([answer.status, answer.headers, answer.words]).encode()


def unpacked(given: bytes) -> Answer:
    """Raises ValueError."""
    status, headers, words = json.loads(given)
    return Answer(status, tuple((name, value) for name, value in headers), words)


class Server:
    """Listens from when it is made; raises OSError where it cannot."""

    def __init__(self) -> None:
        path = Path(settings.WEBHOOKS_SOCKET)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._stopping = False
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        path.chmod(0o600)
        self._socket.listen(_WAITING)
        self._threads = [threading.Thread(target=self._serve, name="webhooks", daemon=True) for _ in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """What is being taken is kept and answered first."""
        self._stopping = True
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_STOP_SECONDS)
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopping:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                if not self._stopping:  # no file can be opened, for example
                    log.exception("The front cannot ask about webhooks.")
                    time.sleep(1)
                continue
            with peer:
                _converse(peer)
        connection.close()


def _converse(peer: socket.socket) -> None:
    peer.settimeout(_SILENT_SECONDS)
    try:
        with peer.makefile("rb") as incoming:
            question = Question.unpacked(incoming.read())
        peer.sendall(packed(_said(question)))
    except (OSError, ValueError) as problem:
        log.warning("The front broke off: %s", problem)
    except Exception:
        log.exception("A webhook's request could not be answered.")
        with suppress(OSError):
            peer.sendall(packed(_FAILED))


def _said(question: Question) -> Answer:
    door = receiving.find(question.path)
    if not isinstance(door, Door):
        return door
    if question.asked == FIND:
        return receiving.OK
    if question.asked == TOO_LARGE:
        receiving.refuse(door, _LARGE_WORDS)
        return receiving.TOO_LARGE
    return receiving.receive(door, question.headers, question.body)
