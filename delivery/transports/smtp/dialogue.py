"""The lower half of an SMTP connection: bytes into replies, each matched with what it answers.

Whoever says what nobody asked for is not believed any further: the connection closes.
"""

import asyncio
from collections import deque
from enum import IntEnum
from typing import Any

from accounts.egress import failures
from delivery.transports.smtp.wire import MAX_LINE_BYTES, MAX_LINES, NotSmtp, Reply, Violation, make_reply, read_code


class Await(IntEnum):
    """What the next reply answers."""

    ANSWER = 0
    STARTTLS = 1
    RSET = 2
    MAIL = 3
    RCPT = 4
    DATA = 5
    DOT = 6
    VOID_DOT = 7
    QUIT = 8


class Dialogue(asyncio.Protocol):
    def __init__(self, *, command_timeout: float, dot_timeout: float) -> None:
        self.features: dict[str, str] = {}
        self.is_plain = True
        self._command_timeout = command_timeout
        self._dot_timeout = dot_timeout
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None  # until connection_made; uvloop's is no asyncio.Transport by type
        self._expected: deque[Await] = deque()
        self._lines: list[bytes] = []
        self._rest = b""
        self._answer: asyncio.Future[Reply] = self._loop.create_future()
        self._deadline = float("inf")
        self._closing = False
        self._deaf = False
        self._paused = False
        self._why = ""
        self._is_smtp = True

    async def greeting(self) -> Reply:
        return await asyncio.wait_for(self._answer, self._command_timeout)

    async def ask(self, command: str) -> Reply:
        """Send one command and return its reply. Raises ConnectionError when the peer goes, TimeoutError."""
        return await self._ask(command, Await.ANSWER)

    async def ask_starttls(self) -> Reply:
        """After a good answer nothing that came in plain text is read any more (CVE-2011-0411)."""
        return await self._ask("STARTTLS", Await.STARTTLS)

    def secured(self, transport: Any) -> None:
        """TLS has begun: what was said before counts for nothing."""
        self._take_transport(transport)
        self.is_plain, self._deaf = False, False
        self._rest, self._lines = b"", []
        self.features = {}

    @property
    def transport(self) -> Any:
        return self._transport

    def check(self, now: float) -> None:
        if now > self._deadline:
            self.abort("the server did not answer in time")

    def abort(self, why: str) -> None:
        """Close at once; `connection_lost` settles what was under way."""
        if not self._closing:
            self._closing = True
            self._why = why
            if self._transport is not None:
                self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._take_transport(transport)
        self.is_plain = transport.get_extra_info("ssl_object") is None
        self._expected.append(Await.ANSWER)  # the greeting

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False

    def data_received(self, data: bytes) -> None:
        if self._closing or self._deaf:
            return
        lines = (self._rest + data if self._rest else data).split(b"\n")
        self._rest = lines.pop()
        try:
            if len(self._rest) > MAX_LINE_BYTES:
                raise Violation("an endless line")
            last = len(lines) - 1
            for index, line in enumerate(lines):
                if not self._line(line.rstrip(b"\r"), index < last or bool(self._rest)):
                    return
        except Violation as violation:
            self._is_smtp = False
            self.abort(str(violation))

    def connection_lost(self, exc: Exception | None) -> None:
        self._closing = True
        self._deadline = float("inf")
        self._why = self._why or (failures.why(exc) if exc else "the server closed the connection")
        if not self._answer.done():
            broken = ConnectionError if self._is_smtp and not self._rest else NotSmtp
            self._answer.set_exception(broken(self._why))
            self._answer.exception()  # seen: nobody may be waiting
        self._lost(self._why)

    # For the upper half

    def _on_reply(self, awaited: Await, code: int, lines: list[bytes], more: bool) -> None:
        """A reply to anything but `ask`; `more`: the peer has said something behind it already."""
        raise NotImplementedError

    def _lost(self, why: str) -> None:
        """The connection is gone."""

    def _say(self, command: bytes, awaited: Await) -> None:
        self._expected.append(awaited)
        self._deadline = self._loop.time() + self._command_timeout
        self._transport.write(command)

    # Within

    def _line(self, line: bytes, more: bool) -> bool:
        """Whether to listen on."""
        mark = line[3:4]
        if mark == b"-" or self._lines:
            self._lines.append(line)
            if len(self._lines) > MAX_LINES:
                raise Violation("an endless reply")
            if mark == b"-":
                return True
            lines, self._lines = self._lines, []
        else:
            lines = [line]
        if not self._expected:
            raise Violation(f"a reply nobody awaits: {line[:200].decode('utf-8', 'replace')}")
        awaited = self._expected.popleft()
        code = read_code(line)
        if awaited > Await.STARTTLS:
            self._on_reply(awaited, code, lines, more)
            return not self._closing
        self._deadline = float("inf")
        self._deaf = awaited is Await.STARTTLS and code < 300
        if not self._answer.done():
            self._answer.set_result(make_reply(lines))
        return not self._deaf

    async def _ask(self, command: str, awaited: Await) -> Reply:
        if self._closing:
            raise ConnectionError(self._why)
        self._answer = self._loop.create_future()
        self._say(command.encode("ascii") + b"\r\n", awaited)
        return await asyncio.wait_for(self._answer, self._command_timeout)

    def _take_transport(self, transport: Any) -> None:
        self._transport = transport
        # `_paused` then says precisely whether something we wrote has not reached the kernel yet.
        transport.set_write_buffer_limits(high=0)
