"""An SMTP server that does what a test tells it, and writes down every message it accepts before it says so."""

import asyncio
import re
import socket
import ssl
import threading
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from delivery.sandbox import identity

DROP = "drop"  # close the connection instead of answering
SILENT = "silent"  # answer nothing, ever
_ESTABLISHED = 1  # TCP_ESTABLISHED of the kernel's tcp_states.h


@dataclass
class Talk:
    """One connection, as a rule sees it."""

    number: int
    sender: str = ""
    recipient: str = ""
    accepted: int = 0
    secure: bool = False
    logged_in: str = ""
    commands: list[str] = field(default_factory=list)


Rule = Callable[[Talk], str | None]


@dataclass
class Behaviour:
    """What the server announces, and rules by stage: greeting, ehlo, helo, starttls, auth, mail, rcpt, data, body, dot.

    A rule returns the reply (lines joined by CRLF), DROP, SILENT or None for the usual answer. `body` is asked before
    a message is read, `dot` after it was read.
    """

    features: list[str] = field(default_factory=lambda: ["PIPELINING", "SIZE 10485760"])
    rules: dict[str, Rule] = field(default_factory=dict)
    delay: float = 0.0
    context: ssl.SSLContext | None = None  # for STARTTLS
    implicit_tls: bool = False
    user: tuple[str, str] = ("ada", "secret")
    after_data: Callable[[asyncio.StreamWriter], None] | None = None  # between 354 and the body
    inject_before_tls: bytes = b""
    hold_after: int = 0  # from so many accepted messages on it answers nothing, until `release`


class Server:
    """Runs in a thread with a loop of its own, so that the engine under test has its process for itself.

    A test that does something in the middle of a send has it held there: else a busy machine lets the test come when
    all is over.
    """

    def __init__(self, log: Path, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.talks: list[Talk] = []
        self.log = log
        self.port = 0
        self._connections: set[asyncio.StreamWriter] = set()
        self.most_open = 0
        self.kept_at: list[float] = []  # by its own clock
        self.held = threading.Event()
        self._released = threading.Event()
        self._file = log.open("ab", buffering=0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> "Server":
        self._thread.start()
        assert self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()
        self._file.close()

    @property
    def open(self) -> int:
        """Connections, but for those whose other end was closed or killed, of which nobody here may have read so."""
        return sum(map(_is_held_open, tuple(self._connections)))

    def wait_until_held(self, seconds: float = 120) -> None:
        assert self.held.wait(seconds), f"only {len(self.kept_at)} were accepted"

    def release(self) -> None:
        self._released.set()

    async def hold(self) -> None:
        """Return once it may answer."""
        while self.held.is_set() and not self._released.is_set():
            await asyncio.sleep(0.002)

    def accepted(self) -> list[str]:
        """The Message-ID of everything that was accepted, in order, as often as it was."""
        return self.log.read_text().split()

    def twice(self) -> list[str]:
        return [name for name, count in Counter(self.accepted()).items() if count > 1]

    def said(self, verb: str) -> int:
        return sum(line.upper().startswith(verb) for talk in self.talks for line in talk.commands)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()

    async def _listen(self) -> None:
        tls = self.behaviour.context if self.behaviour.implicit_tls else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, limit=2**26)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.02)  # transports close in the loop's next rounds

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections.add(writer)
        # Of one that is closed for another the end may be read after the beginning of the other.
        self._loop.call_later(0.05, self._look)
        talk = Talk(len(self.talks))
        self.talks.append(talk)
        try:
            await _Conversation(self, talk, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(writer)
            self._tasks.discard(task)
            writer.close()

    def _look(self) -> None:
        self.most_open = max(self.most_open, self.open)

    def keep(self, body: bytes) -> None:
        self.kept_at.append(time.monotonic())
        found = re.search(rb"^Message-ID: *(\S+)", body, re.MULTILINE | re.IGNORECASE)
        self._file.write((found.group(1) if found else b"<none>") + b"\n")
        if len(self.kept_at) == self.behaviour.hold_after:
            self.held.set()


def _is_held_open(writer: asyncio.StreamWriter) -> bool:
    end: socket.socket = writer.get_extra_info("socket")
    try:
        return end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _ESTABLISHED
    except OSError:  # closed here
        return False


class _Gone(ConnectionError):
    pass


class _Conversation:
    def __init__(self, server: Server, talk: Talk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.behaviour = server.behaviour
        self.talk = talk
        self.reader = reader
        self.writer = writer
        talk.secure = self.behaviour.implicit_tls

    async def run(self) -> None:
        await self.answer("greeting", f"220 test.example ESMTP {identity.proof()}")
        while line := await self.reader.readline():
            text = line.decode("latin-1").strip()
            self.talk.commands.append(text)
            verb = text.split(" ")[0].upper()
            handler = getattr(self, f"on_{verb.lower()}", None)
            if handler is None:
                await self.say("502 5.5.2 what?")
            else:
                await handler(text)

    async def answer(self, stage: str, usual: str) -> bool:
        """Say what the rule says; whether that was good."""
        rule = self.behaviour.rules.get(stage)
        words = (rule(self.talk) if rule else None) or usual
        if words == DROP:
            self.writer.transport.abort()
            raise _Gone
        if words == SILENT:
            await asyncio.sleep(3600)
        await self.say(words)
        return words.splitlines()[-1][:1] in "23"

    async def say(self, words: str) -> None:
        if self.behaviour.delay:
            await asyncio.sleep(self.behaviour.delay)
        if self.server.held.is_set():
            await self.server.hold()
        self.writer.write(words.encode("latin-1") + b"\r\n")
        await self.writer.drain()

    async def on_ehlo(self, _: str) -> None:
        features = list(self.behaviour.features)
        if self.behaviour.context and not self.talk.secure:
            features.append("STARTTLS")
        await self.answer("ehlo", "\r\n".join(["250-test.example", *(f"250-{f}" for f in features), "250 HELP"]))

    async def on_helo(self, _: str) -> None:
        await self.answer("helo", "250 test.example")

    async def on_starttls(self, _: str) -> None:
        if not await self.answer("starttls", "220 2.0.0 go ahead"):
            return
        if self.behaviour.inject_before_tls:
            self.writer.write(self.behaviour.inject_before_tls)
        assert self.behaviour.context is not None
        await self.writer.start_tls(self.behaviour.context)
        self.talk.secure = True

    async def on_auth(self, text: str) -> None:
        _, method, *initial = text.split(" ")
        if method.upper() == "PLAIN":
            _, user, password = b64decode(initial[0]).decode().split("\0")
        else:
            await self.say("334 VXNlcm5hbWU6")
            user = b64decode(await self.reader.readline()).decode()
            await self.say("334 UGFzc3dvcmQ6")
            password = b64decode(await self.reader.readline()).decode()
        good = (user, password) == self.behaviour.user
        self.talk.logged_in = user if good else ""
        await self.answer("auth", "235 2.7.0 welcome" if good else "535 5.7.8 Authentication credentials invalid")

    async def on_mail(self, text: str) -> None:
        self.talk.sender = text[text.index("<") + 1 : text.index(">")]
        self.talk.recipient = ""
        self.mail_ok = await self.answer("mail", "250 2.1.0 Ok")

    async def on_rcpt(self, text: str) -> None:
        self.talk.recipient = text[text.index("<") + 1 : text.index(">")]
        if not self.mail_ok:
            await self.say("503 5.5.1 need MAIL")
            self.rcpt_ok = False
            return
        self.rcpt_ok = await self.answer("rcpt", "250 2.1.5 Ok")

    mail_ok = rcpt_ok = False

    async def on_data(self, _: str) -> None:
        usual = "354 go" if self.mail_ok and self.rcpt_ok else "503 5.5.1 need RCPT"
        if not await self.answer("data", usual):
            return
        if self.behaviour.after_data is not None:
            self.behaviour.after_data(self.writer)
        rule = self.behaviour.rules.get("body")
        early = rule(self.talk) if rule else None
        if early is not None:
            if early == DROP:
                self.writer.transport.abort()
                raise _Gone
            await asyncio.sleep(0.05)
            await self.say(early)
        body = await self.reader.readuntil(b".\r\n")
        while not (body.endswith(b"\r\n.\r\n") or body == b".\r\n"):
            body += await self.reader.readuntil(b".\r\n")
        await self.take(body)

    async def take(self, body: bytes) -> None:
        rule = self.behaviour.rules.get("dot")
        words = (rule(self.talk) if rule else None) or "250 2.0.0 taken"
        if words[:1] == "2":
            self.server.keep(body)
            self.talk.accepted += 1
        if words == "taken and gone":
            self.server.keep(body)
            words = DROP
        if words == DROP:
            self.writer.transport.abort()
            raise _Gone
        if words == SILENT:
            await asyncio.sleep(3600)
        self.mail_ok = self.rcpt_ok = False
        await self.say(words)

    async def on_rset(self, _: str) -> None:
        self.mail_ok = self.rcpt_ok = False
        await self.answer("rset", "250 2.0.0 Ok")

    async def on_noop(self, _: str) -> None:
        await self.say("250 2.0.0 Ok")

    async def on_quit(self, _: str) -> None:
        await self.say("221 2.0.0 bye")
        self.writer.close()
        raise _Gone
