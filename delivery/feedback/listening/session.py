"""One connection to the listener: SMTP, or LMTP (RFC 2033) for a mail server in front that hands on."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from delivery.feedback.intake import LARGEST_BYTES, Item
from delivery.feedback.listening.admission import ACCEPTED, LATER, Admission, brings_reports, is_open
from delivery.feedback.listening.gathering import Gathering
from delivery.receiving.conversation import Conversation, Limits

_OPEN_BYTES = 128_000  # kept of what anybody may send; a report and the headers of the mail it is about stand in front
_REPORT_BYTES = 400_000  # packed, it is about a hundred thousand sources
_BUSY = "421 4.3.2 Too many connections, try again later"
_KEPT, _NOT_KEPT = "250 2.0.0 Kept", "451 4.3.0 It cannot be kept right now, try again later"
_MAILS, _COMMANDS, _GUESSES = 1_000, 500, 20  # mails a connection; the others without a mail between


@dataclass(slots=True)
class Hub:
    """What all connections share."""

    admission: Admission
    only_lmtp: bool = False
    most_connections: int = 100
    most_of_an_address: int = 10
    gathering: Gathering = field(default_factory=Gathering)
    sessions: set["Session"] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)  # for the page
    stopping: bool = False

    def has_room_for(self, peer: str) -> bool:
        """`peer` is empty for a Unix socket, where a mail server of ours is."""
        if len(self.sessions) >= self.most_connections:
            self.refused["full"] += 1
            return False
        if self.stopping:
            return False
        return not peer or sum(session.peer == peer for session in self.sessions) < self.most_of_an_address


class Session(Conversation):
    limits = Limits(
        size_bytes=10_000_000,
        kept_bytes=LARGEST_BYTES,
        read_ahead_bytes=65_536,
        recipients=10,
        idle_seconds=60,
        mail_seconds=300,
    )
    name = "tallypost"
    extensions = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self._hub = hub
        self._is_lmtp = hub.only_lmtp
        self._mails = 0
        self._commands = self._guesses = 0  # since the last mail
        self.peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        name = transport.get_extra_info("peername")
        self.peer = name[0] if isinstance(name, tuple) else ""
        if not self._hub.has_room_for(self.peer):
            self._hub.refused["connections"] += 1
            self.turn_away(_BUSY)
            return
        self._hub.sessions.add(self)
        self.open(f"tallypost {'LMTP' if self._is_lmtp else 'ESMTP'} takes what comes back of its own mail")

    def connection_lost(self, _: Exception | None) -> None:
        self._hub.sessions.discard(self)

    def obey_own(self, verb: bytes, rest: bytes) -> bool:
        self._commands += 1
        if self._commands > _COMMANDS:
            self.turn_away("421 4.7.0 Too many commands without a mail")
            return True
        if verb == b"LHLO":
            self._is_lmtp = True
            self.greet_back()
            return True
        if verb in (b"EHLO", b"HELO") and self._hub.only_lmtp:
            self.mistake("500 5.5.1 LMTP is spoken here: LHLO")
            return True
        return False

    def begin(self, sender: str) -> str:
        if self._mails >= _MAILS:
            return "421 4.7.0 Enough for one connection"
        return super().begin(sender)

    def receive(self, recipient: str) -> str:
        reply = self._hub.admission.reply(recipient)
        if reply == ACCEPTED:
            return reply
        self._hub.refused["flood" if reply == LATER else "unknown"] += 1
        self._guesses += reply != LATER
        if self._guesses > _GUESSES:
            self.turn_away("421 4.7.0 Too many unknown addresses")
            return ""
        return reply

    async def take_over(self, mail: bytes) -> Sequence[str]:
        self._mails += 1
        self._commands = self._guesses = 0
        recipients = self.recipients
        is_kept = await self._hub.gathering.keep([_item(mail, self.sender or "", each) for each in recipients])
        if is_kept:
            for recipient in recipients:
                self._hub.admission.count(recipient)
        else:
            self._hub.refused["not kept"] += 1
        reply = _KEPT if is_kept else _NOT_KEPT
        replies = [reply] * len(recipients) if self._is_lmtp else [reply]
        if self._hub.stopping:
            self.turn_away("\r\n".join(replies))
            return ()
        return replies


def _item(mail: bytes, sender: str, recipient: str) -> Item:
    kept = mail[:_OPEN_BYTES] if is_open(recipient) else mail
    kept = mail[:_REPORT_BYTES] if brings_reports(recipient) else kept
    return Item(as_delivered(kept, sender, recipient), recipient)


def as_delivered(mail: bytes, sender: str, recipient: str) -> bytes:
    """The mail as a mailbox would have it (RFC 5321, 4.4): the envelope in front, and nothing that changes when the
    same mail comes again."""
    return f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode() + mail
