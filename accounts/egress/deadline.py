"""A time after which connections are cut, whatever the other side is doing."""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self


class Deadline:
    """While it is entered, every socket under watch is shut down when the time is over.

    A time limit of a socket counts from byte to byte: a server that sends one every few seconds would keep us for days.
    What was read before the cut looks complete, so whoever has read asks `left` once more.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            while self._watched:
                self._watched.pop().close()

    @property
    def is_over(self) -> bool:
        return self._ends_at <= time.monotonic()

    def left(self) -> float:
        """Seconds, more than none. Raises TimeoutError."""
        if self.is_over:
            raise TimeoutError("the time is over")
        return max(self._ends_at - time.monotonic(), 0.001)

    def watch(self, connected: socket.socket) -> None:
        """A second handle on the connection: it stays ours when TLS takes over the first."""
        with self._lock:
            self._watched.append(connected.dup())
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            for each in self._watched:
                with suppress(OSError):  # the other side was faster
                    each.shutdown(socket.SHUT_RDWR)
