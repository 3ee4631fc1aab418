"""Asking for a compilation outside this process, and what became of it."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from campaigns.compiling import limits
from campaigns.compiling.server import END, OUT_OF_MEMORY

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 30  # for a queue of others, too
_TRAILER = len(END) + 4


class Died(Exception):
    """The child did not live to answer. `of`: time, memory, or "" for anything else."""

    def __init__(self, of: str) -> None:
        super().__init__(of or "failed")
        self.of = of


class Busy(Exception):
    """No answer, through no fault of the words: another try may bring one."""


class Workshop:
    """Starts its server at the first job, and again when that has ended for want of work."""

    def __init__(self, steps_module: str = "campaigns.compiling.steps") -> None:
        self._steps_module = steps_module
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0
        self._inherited: list[object] = []  # by a process that was forked with a server begun: not its own to end
        atexit.register(self.close)

    def run(self, step: str, argument: dict[str, Any]) -> dict[str, Any]:
        """Raises Died, Busy."""
        job = json.dumps([step, argument]).encode()
        answer = self._asked(job) or self._asked(job)
        if not answer:
            raise Busy
        status = int.from_bytes(answer[-4:], "big")
        if status == 0:
            found: dict[str, Any] = json.loads(answer[:-_TRAILER])
            return found
        killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if killed_by == signal.SIGALRM:
            raise Busy
        if killed_by in {signal.SIGXCPU, signal.SIGKILL}:
            raise Died("time")
        is_memory = killed_by == signal.SIGABRT or (not killed_by and os.WEXITSTATUS(status) == OUT_OF_MEMORY)
        raise Died("memory" if is_memory else "")

    def close(self) -> None:
        with self._lock:
            if self._owner == os.getpid():
                self._forget()

    def _asked(self, job: bytes) -> bytes:
        """The answer with its trailer; nothing when the server had ended or is too busy."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._hand_over(theirs)
            ours.settimeout(_PATIENCE_SECONDS)
            return _answer(ours, job)
        except OSError:
            return b""
        finally:
            ours.close()

    def _hand_over(self, connection: socket.socket) -> None:
        with self._lock:
            try:
                socket.send_fds(self._started(), [b"j"], [connection.fileno()])
            except OSError:
                self._forget()
                socket.send_fds(self._started(), [b"j"], [connection.fileno()])

    def _started(self) -> socket.socket:
        if self._owner != os.getpid():
            self._inherited.append(self._server)
            self._server = None
            self._forget()
        if self._server is not None and self._server.poll() is not None:
            self._forget()
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                command = [sys.executable, "-m", "campaigns.compiling.server", self._steps_module]
                surroundings = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"}
                self._server = subprocess.Popen(
                    command, stdin=theirs.fileno(), env=surroundings, start_new_session=True
                )
            self._owner = os.getpid()
        return self._control

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._server is not None:
            self._server.kill()
            self._server.wait()
        self._server = self._control = None


def _answer(connection: socket.socket, job: bytes) -> bytes:
    end = time.monotonic() + _PATIENCE_SECONDS
    connection.sendall(job)
    connection.shutdown(socket.SHUT_WR)
    found = bytearray()
    while part := connection.recv(1 << 16):
        found += part
        if len(found) > limits.OUTPUT_BYTES + _TRAILER or time.monotonic() > end:
            return b""
    return bytes(found) if found[-_TRAILER:-4] == END else b""
