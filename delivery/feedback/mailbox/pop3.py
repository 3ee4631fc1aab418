"""POP3 (RFC 1939) over the standard library's client. Mails stay where they are; UIDL tells which were looked at."""

import base64
import poplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import Any

from delivery.feedback.mailbox import cures
from delivery.feedback.mailbox.account import WANTED_BYTES, Account, Contents, Fetched, Lying
from delivery.feedback.mailbox.imap import xoauth2

FIRST_MAILS = 1_000  # of a mailbox that is new to us: the last so many, because POP3 tells no dates
_SESSION_BYTES = 96_000_000
_LINE_BYTES = 65  # about; of a mail that is too large so many lines are asked for


class Client(poplib.POP3):
    """Over a connection that exists already; what the server may make us read is bounded."""

    def __init__(self, connected: socket.socket, host: str) -> None:
        self._connected, self._left = connected, _SESSION_BYTES
        super().__init__(host)

    def _create_socket(self, timeout: float) -> socket.socket:
        return self._connected

    def _getline(self) -> tuple[bytes, int]:
        line: bytes
        line, octets = super()._getline()  # type: ignore[misc]  # missing in the stubs
        self._left -= octets
        if self._left < 0:
            raise poplib.error_proto("the server sends without end")
        return line, octets

    def auth_xoauth2(self, token: bytes) -> None:
        """In two steps, which Microsoft wants and Google takes. Whoever refuses may first say why and wait."""
        self._shortcmd("AUTH XOAUTH2")  # type: ignore[attr-defined]  # missing in the stubs
        answer = self._shortcmd(base64.b64encode(token).decode("ascii"))  # type: ignore[attr-defined]
        if not answer.startswith(b"+OK"):
            self._shortcmd("")  # type: ignore[attr-defined]
            raise poplib.error_proto(answer)


class Pop3:
    """`known`: digests of the mails that were looked at; `listed`: of those that lie there now."""

    def __init__(
        self, account: Account, connected: socket.socket, context: ssl.SSLContext, known: frozenset[bytes] | None
    ) -> None:
        self._account, self._connected, self._context = account, connected, context
        self._known = known  # None: the mailbox is new to us
        self._numbers: dict[bytes, int] = {}
        self._new: list[bytes] = []
        self._client: Client

    def greet(self) -> None:
        self._client = Client(self._connected, self._account.host)

    def start_tls(self) -> None:
        try:
            self._client.stls(self._context)
        except poplib.error_proto:
            raise cures.no_starttls(self._account.port) from None

    def log_in(self) -> None:
        account, client = self._account, self._client
        try:
            if account.uses_token:
                client.auth_xoauth2(xoauth2(account))
            else:
                client.encoding = "UTF-8"
                client.user(account.username)
                client.pass_(account.secret)
        except poplib.error_proto as refusal:
            raise cures.login(_words(refusal), account.host, uses_token=account.uses_token) from None

    def open(self) -> Contents:
        try:
            listed = self._client.uidl()[1]
        except poplib.error_proto as refusal:
            raise cures.no_uidl(_words(refusal)) from None
        self._numbers = dict(_uidls(listed))
        if self._known is None:
            self._new = list(self._numbers)[-FIRST_MAILS:]
        else:
            self._new = [digest for digest in self._numbers if digest not in self._known]
        return Contents(len(self._numbers), len(self._new))

    @property
    def listed(self) -> frozenset[bytes]:
        return frozenset(self._numbers)

    @property
    def passed_over(self) -> frozenset[bytes]:
        """Of a mailbox that is new to us: what is too old to look at."""
        return self.listed - frozenset(self._new) if self._known is None else frozenset()

    @property
    def gone(self) -> frozenset[bytes]:
        return (self._known or frozenset()) - self.listed

    def new(self, most: int) -> list[Lying]:
        if not self._new:
            return []
        sizes = dict(map(_pair, self._client.list()[1]))
        numbers = [(self._numbers[digest], digest) for digest in self._new[:most]]
        return [Lying(number, sizes.get(number, 0), digest) for number, digest in numbers]

    def fetch(self, page: Sequence[Lying], most: int = WANTED_BYTES) -> Iterator[Fetched]:
        for lying in page:
            lines = self._lines(lying, most)
            if lines:
                yield Fetched(lying, b"\r\n".join([*lines, b""])[:most])

    def put_away(self, ours: Sequence[Lying]) -> None:
        """Nothing: POP3 can only delete."""

    def say_goodbye(self) -> None:
        with suppress(poplib.error_proto):
            self._client.quit()

    def close(self) -> None:
        self._client.close()

    def _lines(self, lying: Lying, most: int) -> list[bytes]:
        """None of a mail that went away meanwhile. By TOP: servers that keep flags mark as read what RETR fetched."""
        client, number, is_large = self._client, lying.number, lying.size > most
        lines = _unless_refused(lambda: client.top(number, most // _LINE_BYTES if is_large else most))
        if lines is None and not is_large:  # a server without TOP, which is optional
            lines = _unless_refused(lambda: client.retr(number))
        return lines or []


def _unless_refused(ask: Callable[[], tuple[bytes, list[bytes], int]]) -> list[bytes] | None:
    """A refusal is about this mail; a connection that breaks concerns all."""
    try:
        return ask()[1]
    except poplib.error_proto as refusal:
        if not _words(refusal).startswith("-ERR"):
            raise
    return None


def _uidls(lines: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    for line in lines:
        number, _, uidl = line.partition(b" ")
        if number.isdigit() and uidl:
            yield blake2b(uidl.strip(), digest_size=16).digest(), int(number)


def _pair(line: bytes) -> tuple[int, int]:
    number, _, size = line.partition(b" ")
    size = size.split(b" ")[0]
    return (int(number), int(size)) if number.isdigit() and size.isdigit() else (0, 0)


def _words(refusal: poplib.error_proto) -> str:
    said: Any = refusal.args[0] if refusal.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
