"""What an SMTP server says, cut into replies."""

import re
from dataclasses import dataclass

from delivery.markup import printable

MAX_LINE_BYTES = 8192
MAX_LINES = 128
_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")


class Violation(Exception):
    """The peer does not speak SMTP as we know it; nothing it says may be trusted any further."""


class NotSmtp(ConnectionError):
    """The connection was closed because what the peer says is no SMTP."""


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    lines: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def enhanced(self) -> str:
        """The RFC 3463 code, or nothing."""
        found = _ENHANCED.match(self.lines[-1]) or _ENHANCED.match(self.lines[0])
        return found.group(1) if found else ""

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def wait_seconds(self) -> float:
        """What a server asks for is about this mail or its lane: see delivery.replies and delivery.policy.slowdown."""
        return 0.0


def read_code(line: bytes) -> int:
    code = line[:3]
    if len(code) != 3 or not code.isdigit() or line[3:4] not in (b" ", b"-", b""):
        raise Violation(f"not a reply: {line[:80]!r}")
    return int(code)


def make_reply(lines: list[bytes]) -> Reply:
    code = read_code(lines[-1])
    if any(read_code(line) != code for line in lines):
        raise Violation("lines of one reply with different codes")
    return Reply(code, tuple(printable(line[4:].decode("utf-8", "replace")) for line in lines))
