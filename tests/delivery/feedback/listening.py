"""A listener of a test's own, and what speaks to it."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from delivery.feedback.listening.admission import Admission
from delivery.feedback.listening.listener import Listener
from delivery.feedback.listening.place import Place
from delivery.feedback.listening.session import Hub
from tests.delivery.feedback.returned import DOMAIN
from tests.running import free_port


@contextmanager
def listening(host: str = "127.0.0.1", **of_hub: object) -> Iterator[Listener]:
    """In the process of the test; the tables it writes to must be there for all (a transactional test)."""
    listener = Listener(Place(host, free_port()), Hub(Admission(frozenset({DOMAIN})), **of_hub))  # type: ignore[arg-type]
    try:
        yield listener
    finally:
        listener.stop()


def send(listener: Listener, to: str, raw: bytes, sender: str = "") -> None:
    with smtplib.SMTP("127.0.0.1", listener.place.port, timeout=60) as client:
        client.sendmail(sender, [to], raw)


class Line:
    """A bare connection: says exactly what it is told."""

    def __init__(self, listener: Listener) -> None:
        self.socket = socket.create_connection(("127.0.0.1", listener.place.port), timeout=60)
        self._file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def say(self, *lines: str) -> None:
        self.socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def reply(self) -> str:
        """The last line of it; empty once the other side has hung up."""
        line = self._file.readline().decode().strip()
        while line[3:4] == "-":
            line = self._file.readline().decode().strip()
        return line

    def replies(self, count: int) -> list[str]:
        """Their codes."""
        return [self.reply()[:3] for _ in range(count)]

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.socket.close()
