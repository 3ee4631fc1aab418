"""IMAP4rev1 (RFC 3501) over the standard library's client: the connection is made by the guard, and what is read from
it is bounded. The libraries round that client (imap-tools, IMAPClient) open connections by name and read whole mails.
"""

import imaplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from delivery.feedback.mailbox import cures, folders, imap_answers
from delivery.feedback.mailbox.account import FIRST_DAYS, WANTED_BYTES, Account, Contents, Fetched, Lying
from delivery.providers.check.cures import Failed

TAKEN = "$TallypostTaken"  # a keyword of ours, for people who look with another program
OUR_FOLDER = "Tallypost"
_SESSION_BYTES = 96_000_000
_SIZES_AT_ONCE = 1_000


class Client(imaplib.IMAP4):
    """Over a connection that exists already; what the server may make us read is bounded."""

    def __init__(self, connected: socket.socket, host: str) -> None:
        self._connected, self._left = connected, _SESSION_BYTES
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._connected

    def read(self, size: int) -> bytes:
        if size > 4 * WANTED_BYTES:
            raise self.abort(f"the server sends {size} bytes, which nobody asked for")
        return self._counted(super().read(size))

    def readline(self) -> bytes:
        return self._counted(super().readline())

    def _counted(self, read: bytes) -> bytes:
        self._left -= len(read)
        if self._left < 0:
            raise self.abort("the server sends without end")
        return read


class Imap:
    """`uid_validity` and `last_uid`: up to where the folder was read; both move on."""

    def __init__(
        self, account: Account, connected: socket.socket, context: ssl.SSLContext, validity: int | None, last_uid: int
    ) -> None:
        self._account, self._connected, self._context = account, connected, context
        self.uid_validity, self.last_uid = validity, last_uid
        self._mails, self._first, self._keywords = 0, 1, ""
        self._offered: frozenset[str] = frozenset()
        self._client: Client

    def greet(self) -> None:
        self._client = Client(self._connected, self._account.host)

    def start_tls(self) -> None:
        if "STARTTLS" not in self._client.capabilities:
            raise cures.no_starttls(self._account.port)
        self._client.starttls(self._context)

    def log_in(self) -> None:
        account, client = self._account, self._client
        offered = client.capabilities
        if account.uses_token and "AUTH=XOAUTH2" not in offered:
            raise cures.no_tokens()
        if not account.uses_token and "LOGINDISABLED" in offered and "AUTH=PLAIN" not in offered:
            raise cures.no_passwords(account.host)
        try:
            if account.uses_token:
                client.authenticate("XOAUTH2", _once(xoauth2(account)))
            elif "AUTH=PLAIN" in offered:
                client.authenticate("PLAIN", _once(f"\0{account.username}\0{account.secret}".encode()))
            else:
                client.login(account.username, account.secret)
        except client.abort:
            raise
        except client.error as refusal:
            raise cures.login(str(refusal), account.host, uses_token=account.uses_token) from None
        # Of servers that offer more to whoever is logged in; the library asks before.
        self._offered = frozenset(imap_answers.text(self._asked(client.capability())).upper().split())

    def open(self) -> Contents:
        client = self._client
        answer, said = client.select(folders.quoted(self._account.folder))
        if answer != "OK":
            raise cures.no_folder(self._account.folder, imap_answers.text(said))
        self._mails = imap_answers.number(said)
        self._keywords = imap_answers.text(client.response("PERMANENTFLAGS")[1])
        validity = imap_answers.number(client.response("UIDVALIDITY")[1])
        next_uid = imap_answers.number(client.response("UIDNEXT")[1])
        if validity != self.uid_validity:
            begun = datetime.now(UTC) - timedelta(days=FIRST_DAYS)
            self._first = self._first_with(lambda mail: mail.received_at is None or mail.received_at >= begun)
            self.uid_validity, self.last_uid = validity, 0
        elif next_uid == self.last_uid + 1:
            self._first = self._mails + 1
        else:
            self._first = self._first_with(lambda mail: mail.uid > self.last_uid)
        return Contents(self._mails, self._mails + 1 - self._first)

    def new(self, most: int) -> list[Lying]:
        found: list[Lying] = []
        for first in range(self._first, min(self._mails + 1, self._first + most), _SIZES_AT_ONCE):
            last = min(first + _SIZES_AT_ONCE - 1, self._mails, self._first + most - 1)
            listed = self._asked(self._client.fetch(f"{first}:{last}", "(UID RFC822.SIZE)"))
            found += [Lying(mail.uid, mail.size) for mail in imap_answers.mails(listed)]
        return sorted((lying for lying in found if lying.number > self.last_uid), key=lambda lying: lying.number)

    def fetch(self, page: Sequence[Lying], most: int = WANTED_BYTES) -> Iterator[Fetched]:
        by_uid = {lying.number: lying for lying in page}
        wanted = f"(UID INTERNALDATE BODY.PEEK[]<0.{most}>)"
        for mail in imap_answers.mails(self._asked(self._client.uid("FETCH", _numbers(page), wanted))):
            if mail.raw is not None and mail.uid in by_uid:
                yield Fetched(by_uid[mail.uid], mail.raw, mail.received_at)

    def put_away(self, ours: Sequence[Lying]) -> None:
        """Moved only where the server can move: to copy and to expunge would delete what others marked as deleted."""
        client = self._client
        if self._account.moves and "MOVE" in self._offered:
            folder = self._our_folder()
            self._asked(client.uid("MOVE", _numbers(ours), folders.quoted(folder)), cures.cannot_move)
            return
        knows = r"\*" in self._keywords or TAKEN in self._keywords
        flags = rf"(\Seen {TAKEN})" if knows else r"(\Seen)"
        self._asked(client.uid("STORE", _numbers(ours), "+FLAGS.SILENT", flags), cures.cannot_mark)

    def say_goodbye(self) -> None:
        self._client.logout()

    def close(self) -> None:
        self._client.shutdown()

    def _first_with(self, is_new: Callable[[imap_answers.Mail], bool]) -> int:
        """The first number of a mail that is new, by halves: mails lie in the order in which they came."""
        low, high = 1, self._mails + 1
        while low < high:
            middle = (low + high) // 2
            listed = imap_answers.mails(self._asked(self._client.fetch(str(middle), "(UID INTERNALDATE)")))
            mail = next((each for each in listed if each.number == middle), None)
            if mail is not None and not is_new(mail):
                low = middle + 1
            else:
                high = middle
        return low

    def _our_folder(self) -> str:
        """Made when it is missing, where this server lets people have folders."""
        name = folders.prefix(self._asked(self._client.namespace())) if "NAMESPACE" in self._offered else ""
        name += OUR_FOLDER
        self._client.create(folders.quoted(name))  # refused where it exists; a move into it tells whether it does
        self._client.subscribe(folders.quoted(name))
        return name

    def _asked(self, answer: tuple[str, list[Any]], failed: Callable[[str], Failed] = cures.odd_answer) -> list[Any]:
        if answer[0] != "OK":
            raise failed(imap_answers.text(answer[1]))
        return answer[1]


def xoauth2(account: Account) -> bytes:
    """https://developers.google.com/gmail/imap/xoauth2-protocol"""
    return f"user={account.username}\1auth=Bearer {account.secret}\1\1".encode()


def _once(answer: bytes) -> Callable[[bytes], bytes]:
    """What a server asks after that, it asks to tell why it refused."""
    left = [answer]
    return lambda asked: left.pop() if left else b""


def _numbers(page: Sequence[Lying]) -> str:
    return ",".join(str(lying.number) for lying in page)
