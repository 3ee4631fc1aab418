"""A mailbox as whoever opens it needs to know it, and what both protocols offer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from delivery.models import OAuthLogin, ReturnMailbox
from delivery.oauth import tokens

WANTED_BYTES = 262_144  # of a mail: its report and the headers of what it returns stand in front
PAGE_BYTES = 4_000_000
PAGE_MAILS = 100
FIRST_DAYS = 14  # of a mailbox that is new to us; older reports tell nothing that still matters


@dataclass(frozen=True, slots=True)
class Account:
    protocol: str
    host: str
    port: int
    security: str
    username: str
    secret: str = field(repr=False)
    uses_token: bool = False
    folder: str = "INBOX"
    moves: bool = True
    is_signed_in: bool = False  # at the service that gave the token, which is another one every hour

    @classmethod
    def of(cls, mailbox: ReturnMailbox) -> "Account":
        """Raises secrets.Unreadable, of which NoToken is one."""
        signed_in = _signed_in(mailbox)
        if signed_in is None and mailbox.login_by == ReturnMailbox.LoginBy.TOKEN and not mailbox.secret_sealed:
            raise tokens.nobody_signed_in()
        secret = tokens.access(signed_in, mailbox.host) if signed_in else mailbox.secret
        return cls._with(mailbox, secret, is_signed_in=signed_in is not None)

    def is_still_of(self, mailbox: ReturnMailbox) -> bool:
        """Nobody set it up in another way. No token is asked for. Raises secrets.Unreadable."""
        is_signed_in = _signed_in(mailbox) is not None
        secret = self.secret if is_signed_in else mailbox.secret
        return self == Account._with(mailbox, secret, is_signed_in=is_signed_in)

    @classmethod
    def _with(cls, mailbox: ReturnMailbox, secret: str, *, is_signed_in: bool) -> "Account":
        return cls(
            mailbox.protocol,
            mailbox.host,
            mailbox.port,
            mailbox.security,
            mailbox.username,
            secret,
            mailbox.login_by == ReturnMailbox.LoginBy.TOKEN,
            mailbox.folder,
            mailbox.afterwards == ReturnMailbox.Afterwards.MOVE,
            is_signed_in,
        )


def _signed_in(mailbox: ReturnMailbox) -> OAuthLogin | None:
    if mailbox.login_by != ReturnMailbox.LoginBy.TOKEN:
        return None
    return OAuthLogin.objects.filter(mailbox=mailbox).first()


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail that lies in the mailbox and was not looked at."""

    number: int  # IMAP: its UID; POP3: its number in this session
    size: int
    digest: bytes = b""  # POP3: of its UIDL


@dataclass(frozen=True, slots=True)
class Fetched:
    lying: Lying
    raw: bytes  # its first octets
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """Of the folder: how many mails, and how many of them were not looked at."""

    mails: int
    new: int


class Visit(Protocol):
    """A mailbox that is open. All raise Failed and OSError, and whatever their library raises for a broken answer."""

    def greet(self) -> None: ...

    def start_tls(self) -> None: ...

    def log_in(self) -> None: ...

    def open(self) -> Contents: ...

    def new(self, most: int) -> Sequence[Lying]:
        """Up to `most` that were not looked at, in their order."""

    def fetch(self, page: Sequence[Lying], most: int = WANTED_BYTES) -> Iterator[Fetched]:
        """The first `most` octets of each."""

    def put_away(self, ours: Sequence[Lying]) -> None:
        """Marks or moves what was taken, where the protocol can."""

    def say_goodbye(self) -> None: ...

    def close(self) -> None: ...


def pages(found: Sequence[Lying]) -> Iterator[list[Lying]]:
    page: list[Lying] = []
    size = 0
    for lying in found:
        wanted = min(lying.size, WANTED_BYTES)
        if page and (len(page) == PAGE_MAILS or size + wanted > PAGE_BYTES):
            yield page
            page, size = [], 0
        page.append(lying)
        size += wanted
    if page:
        yield page
