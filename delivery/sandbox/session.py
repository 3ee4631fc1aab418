"""One SMTP connection to the sandbox. Replies keep the order of the commands, also when these come pipelined."""

import asyncio
import random
import re
from dataclasses import dataclass, field
from typing import cast

from delivery import verp
from delivery.markup import printable
from delivery.sandbox import behaviour, identity
from delivery.sandbox.bad_day import BadDay, BadDays
from delivery.sandbox.behaviour import Behaviour, Shares
from delivery.sandbox.complaining import Complainer
from delivery.sandbox.store import Mail, Outcome, Store

MAX_SIZE = 26_214_400
MAX_LINE = 2_048
MAX_RECIPIENTS = 100
MAX_CONNECTIONS = 500
IDLE_SECONDS = 300
_READ_AHEAD = 1_048_576
_END = b"\r\n.\r\n"
_PATH = re.compile(rb"(?:FROM|TO):[ ]?<([^<>\r\n]{0,320})>(.*)", re.IGNORECASE)
_SIZE = re.compile(rb"\bSIZE=(\d{1,12})", re.IGNORECASE)
_BROWSER = {b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"CONNECT", b"DELETE", b"PATCH"}
_EHLO = f"250-sandbox\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {MAX_SIZE}"


@dataclass
class Hub:
    """What all connections share."""

    store: Store
    shares: Shares = field(default_factory=Shares)
    bad_days: BadDays = field(default_factory=BadDays)
    sessions: set["Session"] = field(default_factory=set)
    deferred: dict[tuple[str, str], None] = field(default_factory=dict)
    stopping: bool = False
    complainer: Complainer = field(default_factory=Complainer)

    def defers(self, sender: str, recipient: str) -> bool:
        """True for the first try of this sender (each message has one of its own) and recipient."""
        if (sender, recipient) in self.deferred:
            del self.deferred[sender, recipient]
            return False
        self.deferred[sender, recipient] = None
        if len(self.deferred) > 100_000:
            del self.deferred[next(iter(self.deferred))]
        return True


class Session(asyncio.Protocol):
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._replies: list[str] = []
        self._sender: str | None = None
        self._message_id: int | None = None
        self._bad_day: BadDay | None = None  # of what this connection carried last
        self._recipients: list[tuple[str, Behaviour]] = []
        self._reads_body = False
        self._searched = 0  # up to here the body holds no end
        self._too_large = False
        self._mistakes = 0
        self._seen_at = self._loop.time()
        self._task: asyncio.Task[None] | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if len(self._hub.sessions) >= MAX_CONNECTIONS or self._hub.stopping:
            self._say("421 4.3.2 Too many connections")
            self._close()
            return
        self._hub.sessions.add(self)
        self._say(f"220 sandbox ESMTP {identity.proof()} keeps mail and delivers none")
        self._flush()
        self._watch()

    def data_received(self, data: bytes) -> None:
        self._seen_at = self._loop.time()
        self._buffer += data
        self._advance()
        if self._task and len(self._buffer) > _READ_AHEAD:
            self._transport.pause_reading()

    def connection_lost(self, _: Exception | None) -> None:
        self._hub.sessions.discard(self)

    # Reading

    @property
    def is_busy(self) -> bool:
        """A mail was taken over and its answer is due."""
        return self._task is not None

    def leave(self) -> None:
        """Say goodbye; with an answer due, after that answer."""
        if not self._task:
            self._say("421 4.3.2 The sandbox stops")
            self._close()

    def die_with(self, day: BadDay) -> None:
        """Break off without a word, whatever is under way, if this connection carries mail of that rehearsal."""
        if self._bad_day is day:
            self._transport.abort()

    def _advance(self) -> None:
        while not self._task and not self._transport.is_closing():
            if not (self._take_body() if self._reads_body else self._take_line()):
                break
        self._flush()

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > MAX_LINE:
                self._say("500 5.5.2 Line too long")
                self._close()
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._obey(line)
        return True

    def _take_body(self) -> bool:
        # A body may begin with the dot: the CRLF before it is then that of the DATA command.
        if self._searched == 0 and not self._too_large and self._buffer.startswith(b".\r\n"):
            del self._buffer[:3]
            self._end_body(b"")
            return True
        end = self._buffer.find(_END, max(0, self._searched - len(_END)))
        if end < 0:
            self._searched = len(self._buffer)
            if self._searched > MAX_SIZE:
                self._too_large = True
                del self._buffer[: -len(_END)]
                self._searched = len(self._buffer)
            return False
        body = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(_END)]
        self._end_body(body)
        return True

    def _end_body(self, body: bytes) -> None:
        self._reads_body = False
        if self._too_large or len(body) > MAX_SIZE:
            self._reset()
            self._say("552 5.3.4 Message too big")
            return
        stuffed = body.removeprefix(b".").replace(b"\r\n.", b"\r\n")
        mail = Mail(self._sender or "", tuple(address for address, _ in self._recipients), stuffed)
        self._task = self._loop.create_task(self._take_over(mail, self._recipients[0][1]))

    # Commands

    def _obey(self, line: bytes) -> None:
        verb, _, rest = line.partition(b" ")
        match verb.upper():
            case b"EHLO":
                self._reset()
                self._say(_EHLO)
            case b"HELO":
                self._reset()
                self._say("250 sandbox")
            case b"MAIL":
                self._mail(rest)
            case b"RCPT":
                self._rcpt(rest)
            case b"DATA":
                self._data()
            case b"RSET":
                self._reset()
                self._say("250 2.0.0 Forgotten")
            case b"NOOP":
                self._say("250 2.0.0 Here")
            case b"QUIT":
                self._say("221 2.0.0 Bye")
                self._close()
            case http if http in _BROWSER:
                self._transport.abort()  # a web page that tries to speak to a local port
            case _:
                self._mistake("502 5.5.1 Not known here")

    def _mail(self, rest: bytes) -> None:
        found = _PATH.fullmatch(rest.strip())
        if self._sender is not None:
            self._mistake("503 5.5.1 One sender a message")
        elif not found:
            self._mistake("501 5.5.4 MAIL FROM:<address>")
        elif (size := _SIZE.search(found[2])) and int(size[1]) > MAX_SIZE:
            self._say("552 5.3.4 Message too big")
        else:
            self._begin(_text(found[1]))

    def _begin(self, sender: str) -> None:
        self._message_id = verp.message_id(sender) if self._hub.bad_days else None
        self._bad_day = day = self._hub.bad_days.of(self._message_id)
        if day and day.relay_is_dead(self._loop.time()):
            for session in list(self._hub.sessions):
                session.die_with(day)
            return
        self._sender = sender
        self._say("250 2.1.0 Sender noted")

    def _rcpt(self, rest: bytes) -> None:
        found = _PATH.fullmatch(rest.strip())
        if self._sender is None:
            self._mistake("503 5.5.1 MAIL first")
        elif not found or b"@" not in found[1]:
            self._mistake("501 5.1.3 RCPT TO:<address>")
        elif len(self._recipients) >= MAX_RECIPIENTS:
            self._say("452 4.5.3 Too many recipients")
        else:
            self._receive(self._sender, _text(found[1]))

    def _receive(self, sender: str, recipient: str) -> None:
        how = self._behave(recipient)
        if how.recipient_reply and (not how.defers_once or self._hub.defers(sender, recipient)):
            self._say(how.recipient_reply)
        else:
            self._recipients.append((recipient, how))
            self._say("250 2.1.5 Recipient noted")

    def _behave(self, recipient: str) -> Behaviour:
        if self._bad_day and self._message_id is not None:
            return behaviour.by_sign(recipient) or self._bad_day.behave(self._message_id)
        return behaviour.behave(recipient, self._hub.shares, random.random)

    def _data(self) -> None:
        if not self._recipients:
            self._say("503 5.5.1 No valid recipient")
            self._reset()
        else:
            self._reads_body, self._searched, self._too_large = True, 0, False
            self._say("354 Go on, end with a dot")

    async def _take_over(self, mail: Mail, how: Behaviour) -> None:
        if how.delay_seconds:
            await asyncio.sleep(how.delay_seconds)
        outcome = Outcome.NOT_KEPT if how.content_reply else await self._hub.store.keep(mail)
        self._task = None
        self._reset()
        if outcome == Outcome.UNKNOWN or how.drops:
            self._transport.abort()
            return
        self._say(how.content_reply or _ANSWERS[outcome])
        if how.complains and outcome == Outcome.KEPT:
            self._hub.complainer.complain(mail)
        if self._hub.stopping:
            self._close()
        else:
            self._transport.resume_reading()
            self._advance()

    # Saying

    def _say(self, reply: str) -> None:
        self._replies.append(reply)

    def _mistake(self, reply: str) -> None:
        self._mistakes += 1
        self._say(reply)
        if self._mistakes >= 10:
            self._close()

    def _flush(self) -> None:
        if self._replies and not self._transport.is_closing():
            self._transport.write("".join(f"{reply}\r\n" for reply in self._replies).encode())
        self._replies.clear()

    def _close(self) -> None:
        self._flush()
        self._transport.close()

    def _reset(self) -> None:
        self._sender, self._recipients = None, []

    def _watch(self) -> None:
        if self._transport.is_closing():
            return
        idle = self._loop.time() - self._seen_at
        if idle >= IDLE_SECONDS and not self._task:
            self._say("421 4.4.2 Nothing heard for five minutes")
            self._close()
        else:
            self._loop.call_later(max(1.0, IDLE_SECONDS - idle), self._watch)


_ANSWERS = {
    Outcome.KEPT: "250 2.0.0 Kept by the sandbox",
    Outcome.NOT_KEPT: "451 4.3.0 The sandbox cannot reach its database, try again",
}


def _text(address: bytes) -> str:
    return printable(address.decode("utf-8", "replace"))
