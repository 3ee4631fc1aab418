"""One SMTP connection as its server has it. Replies keep the order of the commands, also when these come pipelined.

Whoever speaks is a stranger: lines, mails, mistakes, silence and what is kept in memory are limited. A mail ends at
CRLF, dot, CRLF and nowhere else, so that nobody smuggles a second one into it.
"""

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from delivery.markup import printable

_END = b"\r\n.\r\n"
_PATH = re.compile(rb"(?:FROM|TO):[ ]?<([^<>\r\n]{0,320})>(.*)", re.IGNORECASE)
_SIZE = re.compile(rb"\bSIZE=(\d{1,12})", re.IGNORECASE)
_BROWSER = {b"GET", b"POST", b"PUT", b"HEAD", b"OPTIONS", b"CONNECT", b"DELETE", b"PATCH"}
_CLOSED = "221 2.0.0 Bye"
_HANDSHAKE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Limits:
    size_bytes: int
    kept_bytes: int  # of a mail; what follows is read, counted and dropped
    read_ahead_bytes: int  # while a mail waits for its answer
    line_bytes: int = 2_048
    recipients: int = 100
    mistakes: int = 10
    idle_seconds: float = 300
    mail_seconds: float = 1_800  # from DATA to the final dot


class Conversation(asyncio.Protocol):
    """Who inherits says what a sender, a recipient and a mail are answered. It must call `open` or `turn_away`."""

    limits: Limits
    name: str  # in the replies to EHLO and HELO
    extensions: Sequence[str] = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.sender: str | None = None
        self.recipients: list[str] = []
        self._buffer = bytearray()
        self._replies: list[str] = []
        self._is_held = False  # what is to be said waits
        self.reads_mail = False
        self._searched = 0  # up to here the buffer holds no end of the mail
        self._dropped = 0  # octets of the mail that are not kept
        self._mistakes = 0
        self._seen_at = self._mail_begun_at = self.loop.time()
        self._task: asyncio.Task[None] | None = None
        self.is_encrypted = False
        self.asked: Callable[[bytes], None] | None = None  # takes the next line, which is no command but an answer

    # What a server decides

    def greet(self) -> str:
        """The reply to EHLO and HELO; empty: the usual one."""
        return ""

    def begin(self, sender: str) -> str:
        """The reply to MAIL; "2…" accepts."""
        return "250 2.1.0 Sender noted"

    def receive(self, recipient: str) -> str:
        """The reply to RCPT; "2…" accepts."""
        raise NotImplementedError

    def admit(self) -> str:
        """The reply to DATA; "3…" lets the mail come."""
        return "354 Go on, end with a dot"

    async def take_over(self, mail: bytes) -> Sequence[str] | None:
        """The replies to the final dot: from here on it is ours to keep. None breaks off without a word."""
        raise NotImplementedError

    def offers(self) -> Sequence[str]:
        """The extensions that the reply to EHLO names now."""
        return self.extensions

    def obey_own(self, verb: bytes, rest: bytes) -> bool:
        """A command beyond SMTP's own; False: unknown."""
        return False

    def hold(self, seconds: float) -> None:
        """The reply that is decided now is said that much later; what follows it waits."""
        self._flush()
        self._is_held = True
        self._task = self.loop.create_task(self._release(seconds))

    # Beginning and end

    def open(self, greeting: str) -> None:
        self.say(f"220 {greeting}")
        self._flush()
        self._watch()

    def turn_away(self, reply: str) -> None:
        self.say(reply)
        self.close()

    def secure(self, context: ssl.SSLContext) -> None:
        """STARTTLS, RFC 3207: what was said before is forgotten, and so is what came without encryption after it."""
        self.say("220 2.0.0 Go ahead")
        self.transport.pause_reading()
        self._task = self.loop.create_task(self._shake_hands(context))

    def leave(self, reply: str) -> None:
        """Say goodbye; with an answer due, `take_over` is to see to it."""
        if not self._task:
            self.turn_away(reply)

    def close(self) -> None:
        self._flush()
        self.transport.close()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._seen_at = self.loop.time()
        self._buffer += data
        self._advance()
        if self._task and len(self._buffer) > self.limits.read_ahead_bytes:
            self.transport.pause_reading()

    # Reading

    def _advance(self) -> None:
        while not self._task and not self.transport.is_closing():
            if not (self._read_mail() if self.reads_mail else self._read_line()):
                break
        self._flush()

    def _read_line(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            if len(self._buffer) > self.limits.line_bytes:
                self.turn_away("500 5.5.2 Line too long")
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._obey(line)
        return True

    def _read_mail(self) -> bool:
        # A mail may begin with the dot: the CRLF before it is then that of the DATA command.
        if self._searched == 0 and not self._dropped and self._buffer.startswith(b".\r\n"):
            del self._buffer[:3]
            self._end_mail(b"")
            return True
        end = self._buffer.find(_END, max(0, self._searched - len(_END)))
        if end < 0:
            self._drop_what_is_not_kept()
            return False
        mail = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(_END)]
        self._end_mail(mail)
        return True

    def _drop_what_is_not_kept(self) -> None:
        """But for the last octets, which may begin the end."""
        kept = self.limits.kept_bytes
        if len(self._buffer) > kept + len(_END):
            self._dropped += len(self._buffer) - kept - len(_END)
            del self._buffer[kept : -len(_END)]
        self._searched = len(self._buffer)

    def _end_mail(self, mail: bytes) -> None:
        self.reads_mail = False
        if len(mail) + self._dropped > self.limits.size_bytes:
            self.reset()
            self.say("552 5.3.4 Message too big")
            return
        unstuffed = mail[: self.limits.kept_bytes].removeprefix(b".").replace(b"\r\n.", b"\r\n")
        self._task = self.loop.create_task(self._hand_over(unstuffed))

    async def _release(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._task, self._is_held = None, False
        self._go_on()

    async def _hand_over(self, mail: bytes) -> None:
        replies = await self.take_over(mail)
        self._task = None
        self.reset()
        if replies is None:
            self.transport.abort()
            return
        for reply in replies:
            self.say(reply)
        self._go_on()

    async def _shake_hands(self, context: ssl.SSLContext) -> None:
        self._buffer.clear()
        try:
            encrypted = await self.loop.start_tls(
                self.transport, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE_SECONDS
            )
        except (OSError, ssl.SSLError):
            encrypted = None
        self._task = None
        if encrypted is None:
            self.transport.abort()
            self.connection_lost(None)  # nobody else says so any more
            return
        self.transport, self.is_encrypted = encrypted, True
        self.reset()
        self._go_on()

    def _go_on(self) -> None:
        self._flush()
        if not self.transport.is_closing():
            self._seen_at = self.loop.time()
            self.transport.resume_reading()
            self._advance()

    # Commands

    def _obey(self, line: bytes) -> None:
        if self.asked:
            takes, self.asked = self.asked, None
            takes(line)
            return
        verb, _, rest = line.partition(b" ")
        verb = verb.upper()
        if self.obey_own(verb, rest):
            return
        match verb:
            case b"EHLO":
                self.greet_back()
            case b"HELO":
                self.greet_back(in_one_line=True)
            case b"MAIL":
                self._mail(rest)
            case b"RCPT":
                self._rcpt(rest)
            case b"DATA":
                self._data()
            case b"RSET":
                self.reset()
                self.say("250 2.0.0 Forgotten")
            case b"NOOP":
                self.say("250 2.0.0 Here")
            case b"QUIT":
                self.turn_away(_CLOSED)
            case http if http in _BROWSER:
                self.transport.abort()  # a web page that tries to speak to a local port
            case _:
                self.mistake("502 5.5.1 Not known here")

    def greet_back(self, *, in_one_line: bool = False) -> None:
        """To EHLO, or in one line to HELO."""
        self.reset()
        if reply := self.greet():
            self.say(reply)
        elif in_one_line:
            self.say(f"250 {self.name}")
        else:
            lines = (self.name, *self.offers())
            self.say("".join(f"250-{line}\r\n" for line in lines) + f"250 SIZE {self.limits.size_bytes}")

    def _mail(self, rest: bytes) -> None:
        found = _PATH.fullmatch(rest.strip())
        if self.sender is not None:
            self.mistake("503 5.5.1 One sender a message")
        elif not found:
            self.mistake("501 5.5.4 MAIL FROM:<address>")
        elif (size := _SIZE.search(found[2])) and int(size[1]) > self.limits.size_bytes:
            self.say("552 5.3.4 Message too big")
        else:
            sender = _text(found[1])
            reply = self.begin(sender)
            self.sender = sender if reply.startswith("2") else None
            self.say(reply)

    def _rcpt(self, rest: bytes) -> None:
        found = _PATH.fullmatch(rest.strip())
        if self.sender is None:
            self.mistake("503 5.5.1 MAIL first")
        elif not found or b"@" not in found[1]:
            self.mistake("501 5.1.3 RCPT TO:<address>")
        elif len(self.recipients) >= self.limits.recipients:
            self.say("452 4.5.3 Too many recipients")
        else:
            recipient = _text(found[1])
            reply = self.receive(recipient)
            if reply.startswith("2"):
                self.recipients.append(recipient)
            self.say(reply)

    def _data(self) -> None:
        if not self.recipients:
            self.say("503 5.5.1 No valid recipient")
            self.reset()
            return
        reply = self.admit()
        if reply.startswith("3"):
            self.reads_mail, self._searched, self._dropped = True, 0, 0
            self._mail_begun_at = self.loop.time()
        else:
            self.reset()
        self.say(reply)

    def reset(self) -> None:
        self.sender, self.recipients = None, []

    # Saying

    def say(self, reply: str) -> None:
        if reply:
            self._replies.append(reply)

    def mistake(self, reply: str) -> None:
        self._mistakes += 1
        self.say(reply)
        if self._mistakes >= self.limits.mistakes:
            self.close()

    def _flush(self) -> None:
        if self._is_held:
            return
        if self._replies and not self.transport.is_closing():
            self.transport.write("".join(f"{reply}\r\n" for reply in self._replies).encode())
        self._replies.clear()

    def _watch(self) -> None:
        if self.transport.is_closing():
            return
        now, limits = self.loop.time(), self.limits
        idle_left = self._seen_at + limits.idle_seconds - now
        mail_left = self._mail_begun_at + limits.mail_seconds - now if self.reads_mail else limits.mail_seconds
        if min(idle_left, mail_left) <= 0 and not self._task:
            self.turn_away("421 4.4.2 It takes too long")
        else:
            self.loop.call_later(max(0.1, min(idle_left, mail_left, 30)), self._watch)


def _text(address: bytes) -> str:
    return printable(address.decode("utf-8", "replace"))
