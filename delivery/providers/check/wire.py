"""One SMTP conversation, a command at a time, over a blocking socket: for trying a connection, not for sending."""

import re
import socket
from dataclasses import dataclass

from delivery.markup import printable

MAX_LINE = 2_048
MAX_LINES = 100
_LINE = re.compile(rb"(\d{3})([ -]|$)(.*)")


class WireSilent(Exception):
    """No answer in time."""


class WireClosed(Exception):
    """The other side hung up."""


class WireNotSmtp(Exception):
    """What came is no SMTP reply."""


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    lines: tuple[str, ...]

    @property
    def raw(self) -> str:
        return f"{self.code} {' '.join(self.lines)}"[:500]

    @property
    def enhanced(self) -> str:
        """Such as 5.7.139, or nothing."""
        found = re.match(r"[245]\.\d{1,3}\.\d{1,3}", self.lines[0] if self.lines else "")
        return found.group() if found else ""


class Wire:
    def __init__(self, connected: socket.socket, timeout_seconds: float) -> None:
        connected.settimeout(timeout_seconds)
        self.socket = connected
        self._buffer = b""

    def command(self, line: str) -> Reply:
        try:
            self.socket.sendall(f"{line}\r\n".encode())
        except TimeoutError:
            raise WireSilent from None
        except (BrokenPipeError, ConnectionResetError):
            raise WireClosed from None
        return self.read()

    def read(self) -> Reply:
        lines: list[str] = []
        while len(lines) < MAX_LINES:
            found = _LINE.fullmatch(self._line())
            if not found:
                raise WireNotSmtp
            lines.append(printable(found[3].decode("utf-8", "replace").strip()))
            if found[2] != b"-":
                return Reply(int(found[1]), tuple(lines))
        raise WireNotSmtp

    def close(self) -> None:
        self.socket.close()

    def _line(self) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > MAX_LINE:
                raise WireNotSmtp
            self._buffer += self._received()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def _received(self) -> bytes:
        try:
            data = self.socket.recv(4_096)
        except TimeoutError:
            raise WireSilent from None
        except ConnectionResetError:
            data = b""
        if not data:
            if self._buffer:
                raise WireNotSmtp
            raise WireClosed
        return data
