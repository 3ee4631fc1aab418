"""One SMTP connection to the sandbox."""

import asyncio
import binascii
import random
import ssl
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from delivery import verp
from delivery.receiving.conversation import Conversation, Limits
from delivery.sandbox import behaviour, identity
from delivery.sandbox.bad_day import BadDay, BadDays
from delivery.sandbox.behaviour import Behaviour
from delivery.sandbox.mailboxes import logins
from delivery.sandbox.mailboxes.logins import Logins
from delivery.sandbox.mailboxes.models import OWN
from delivery.sandbox.reporting import Reporter
from delivery.sandbox.simulating.audience import Audience
from delivery.sandbox.simulating.playing import Play, Way
from delivery.sandbox.store import Mail, Outcome, Store

MAX_SIZE = 26_214_400
MAX_CONNECTIONS = 500


@dataclass
class Hub:
    """What all connections share."""

    store: Store
    tls: ssl.SSLContext | None = None  # none: encryption is not offered
    play: Play = field(default_factory=lambda: Play(random.random))
    bad_days: BadDays = field(default_factory=BadDays)
    logins: Logins = field(default_factory=dict)
    sessions: set["Session"] = field(default_factory=set)
    deferred: dict[tuple[str, str], None] = field(default_factory=dict)
    stopping: bool = False
    reporter: Reporter = field(default_factory=Reporter)
    audience: Audience = field(default_factory=Audience)

    def defers(self, sender: str, recipient: str) -> bool:
        """True for the first try of this sender (each message has one of its own) and recipient."""
        if (sender, recipient) in self.deferred:
            del self.deferred[sender, recipient]
            return False
        self.deferred[sender, recipient] = None
        if len(self.deferred) > 100_000:
            del self.deferred[next(iter(self.deferred))]
        return True


class Session(Conversation):
    limits = Limits(size_bytes=MAX_SIZE, kept_bytes=MAX_SIZE, read_ahead_bytes=1_048_576)
    name = "sandbox"
    extensions = (*Conversation.extensions, "AUTH PLAIN LOGIN")

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._message_id: int | None = None
        self._bad_day: BadDay | None = None  # of what this connection carried last
        self._how: list[Behaviour] = []  # of each recipient
        self._mailbox_id = OWN

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self._hub.sessions) >= MAX_CONNECTIONS or self._hub.stopping:
            self.turn_away("421 4.3.2 Too many connections")
            return
        self._hub.sessions.add(self)
        way = self._hub.play.connect(_now())
        if way.delay_seconds:
            self.loop.call_later(way.delay_seconds, self._greet, way)
        else:
            self._greet(way)

    def connection_lost(self, _: Exception | None) -> None:
        self._hub.sessions.discard(self)

    def die_with(self, day: BadDay) -> None:
        """Break off without a word, whatever is under way, if this connection carries mail of that rehearsal."""
        if self._bad_day is day:
            self.transport.abort()

    def offers(self) -> Sequence[str]:
        return (*self.extensions, "STARTTLS") if self._hub.tls and not self.is_encrypted else self.extensions

    def obey_own(self, verb: bytes, rest: bytes) -> bool:
        if verb == b"STARTTLS" and self._hub.tls and not self.is_encrypted:
            if rest:
                self.mistake("501 5.5.4 STARTTLS alone")
            else:
                self._mailbox_id = OWN
                self.secure(self._hub.tls)
            return True
        if verb != b"AUTH":
            return False
        way, _, given = rest.partition(b" ")
        if self.sender is not None or self._mailbox_id != OWN:
            self.mistake("503 5.5.1 Not now")
        elif way.upper() == b"PLAIN":
            self._ask("334 ", self._take_plain, given)
        elif way.upper() == b"LOGIN":
            self._ask("334 VXNlcm5hbWU6", self._take_username, given)
        else:
            self.mistake("504 5.5.4 PLAIN or LOGIN")
        return True

    def data_received(self, data: bytes) -> None:
        if self.reads_mail and any(how.drops_before for how in self._how):
            self.transport.abort()
        else:
            super().data_received(data)

    def greet(self) -> str:
        way = self._hub.play.greet(_now())
        self._go(way)
        return way.reply

    def begin(self, sender: str) -> str:
        self._message_id = verp.message_id(sender) if self._hub.bad_days else None
        self._bad_day = day = self._hub.bad_days.of(self._message_id)
        if day and day.relay_is_dead(self.loop.time()):
            for session in list(self._hub.sessions):
                session.die_with(day)
            return ""
        way = self._hub.play.begin(self._mailbox_id, _now()) if not day else Way()
        self._go(way)
        return way.reply or super().begin(sender)

    def receive(self, recipient: str) -> str:
        how = self._behave(recipient)
        if how.recipient_delay_seconds:
            self.hold(how.recipient_delay_seconds)
        if how.recipient_reply and (not how.defers_once or self._hub.defers(self.sender or "", recipient)):
            return how.recipient_reply
        self._how.append(how)
        return "250 2.1.5 Recipient noted"

    def admit(self) -> str:
        how = self._how[0]
        if how.data_delay_seconds:
            self.hold(how.data_delay_seconds)
        return how.data_reply or super().admit()

    async def take_over(self, mail: bytes) -> Sequence[str] | None:
        how, kept = self._how[0], Mail(self.sender or "", tuple(self.recipients), mail, self._mailbox_id)
        if how.delay_seconds:
            await asyncio.sleep(how.delay_seconds)
        outcome = Outcome.NOT_KEPT if how.content_reply else await self._hub.store.keep(kept)
        if outcome == Outcome.UNKNOWN or how.drops:
            return None
        if outcome == Outcome.KEPT and how.acts:
            self._hub.audience.act_later(mail, kept.envelope_from, how.acts)
        if outcome == Outcome.KEPT and (how.complains or how.bounces):
            self._hub.reporter.report_later(kept, how)
        reply = how.content_reply or _ANSWERS[outcome]
        if self._hub.stopping:
            self.turn_away(reply)
            return ()
        return (reply,)

    def reset(self) -> None:
        super().reset()
        self._how = []

    def _go(self, way: Way) -> None:
        """Its reply is the caller's to say."""
        if way.breaks:
            self.transport.abort()
        elif way.delay_seconds:
            self.hold(way.delay_seconds)

    def _greet(self, way: Way) -> None:
        if way.breaks:
            self.transport.abort()
        elif way.reply:
            self.turn_away(way.reply)
        elif not self.transport.is_closing():
            self.open(f"sandbox ESMTP {identity.proof()} keeps mail and delivers none")

    def _ask(self, question: str, takes: Callable[[bytes], None], given: bytes) -> None:
        """What is given with the command is not asked for."""
        if given:
            takes(given)
        else:
            self.asked = takes
            self.say(question)

    def _take_plain(self, line: bytes) -> None:
        _, _, rest = _decoded(line).partition("\0")
        username, _, password = rest.partition("\0")
        self._log_in(username, password)

    def _take_username(self, line: bytes) -> None:
        self._ask("334 UGFzc3dvcmQ6", lambda answer: self._log_in(_decoded(line), _decoded(answer)), b"")

    def _log_in(self, username: str, password: str) -> None:
        mailbox_id = logins.mailbox_of(self._hub.logins, username, password)
        if mailbox_id is None:
            self.mistake("535 5.7.8 No such user name and password in this sandbox")
        else:
            self._mailbox_id = mailbox_id
            self.say("235 2.7.0 Welcome")

    def _behave(self, recipient: str) -> Behaviour:
        if self._bad_day and self._message_id is not None:
            return behaviour.by_sign(recipient) or self._bad_day.behave(self._message_id)
        return behaviour.by_sign(recipient) or self._hub.play.receive(self._mailbox_id, recipient, _now())


def _now() -> datetime:
    return datetime.now(UTC)


def _decoded(line: bytes) -> str:
    try:
        return b64decode(line, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return ""


_ANSWERS = {
    Outcome.KEPT: "250 2.0.0 Kept by the sandbox",
    Outcome.NOT_KEPT: "451 4.3.0 The sandbox cannot reach its database, try again",
}
