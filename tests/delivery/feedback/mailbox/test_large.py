"""A mailbox of a hundred thousand mails costs a bounded number of questions and answers a poll.

Told by a server of this process: to lay so many mails into Dovecot would take minutes.
"""

import itertools
import socket
import ssl
import time
from collections.abc import Iterator
from imaplib import Time2Internaldate
from typing import Any

import pytest

from delivery.feedback.mailbox import polling, pop3
from delivery.feedback.mailbox.account import FIRST_DAYS, Account
from delivery.feedback.mailbox.imap import Imap
from delivery.feedback.mailbox.pop3 import Pop3

MAILS = 100_000
LATELY = 3_000  # came within the days that are read of a new mailbox
ACCOUNT = Account("imap", "mail.example", 993, "tls", "bounces", "x")


class _Imap:
    """Mail n has the UID 2n."""

    def __init__(self) -> None:
        self.asked = itertools.count()
        now = time.time()
        self._old, self._new = Time2Internaldate(now - (FIRST_DAYS + 1) * 86_400), Time2Internaldate(now)

    def select(self, folder: str) -> tuple[str, list[bytes]]:
        return "OK", [str(MAILS).encode()]

    def response(self, code: str) -> tuple[str, list[bytes]]:
        return code, [{"UIDVALIDITY": b"7", "UIDNEXT": str(2 * MAILS + 1).encode()}.get(code, b"")]

    def fetch(self, numbers: str, parts: str) -> tuple[str, list[bytes]]:
        next(self.asked)
        first, _, last = numbers.partition(":")
        return "OK", [self._line(number) for number in range(int(first), int(last or first) + 1)]

    def _line(self, number: int) -> bytes:
        at = self._new if number > MAILS - LATELY else self._old
        return f"{number} (UID {2 * number} RFC822.SIZE 900 INTERNALDATE {at})".encode()


@pytest.fixture
def here() -> Iterator[socket.socket]:
    with socket.socket() as unconnected:
        yield unconnected


def test_imap_finds_by_halves_where_what_is_new_begins(here: socket.socket) -> None:
    visit, client = Imap(ACCOUNT, here, ssl.create_default_context(), None, 0), _Imap()
    visit._client = client  # type: ignore[assignment]
    contents = visit.open()
    assert (contents.mails, contents.new) == (MAILS, LATELY)
    found = visit.new(polling.MOST_MAILS)
    assert (found[0].number, len(found)) == (2 * (MAILS - LATELY + 1), polling.MOST_MAILS)
    assert next(client.asked) <= 20
    later = Imap(ACCOUNT, here, ssl.create_default_context(), 7, found[-1].number)
    later._client = client  # type: ignore[assignment]
    assert later.open().new == LATELY - polling.MOST_MAILS


def test_pop3_looks_at_the_last_thousand_and_then_at_what_is_new(here: socket.socket) -> None:
    class Client:
        def uidl(self) -> tuple[bytes, list[bytes], int]:
            return b"+OK", [b"%d unique-%d" % (number, number) for number in range(1, MAILS + 1)], 0

        def list(self) -> tuple[bytes, list[bytes], int]:
            return b"+OK", [b"%d 900" % number for number in range(1, MAILS + 1)], 0

    client: Any = Client()
    visit = Pop3(ACCOUNT, here, ssl.create_default_context(), None)
    visit._client = client
    assert visit.open().new == pop3.FIRST_MAILS
    first = visit.new(polling.MOST_MAILS)
    assert (first[0].number, len(first)) == (MAILS - pop3.FIRST_MAILS + 1, pop3.FIRST_MAILS)
    known = visit.passed_over | {lying.digest for lying in first[:-1]}
    later = Pop3(ACCOUNT, here, ssl.create_default_context(), known)
    later._client = client
    assert later.open().new == 1
    assert [lying.number for lying in later.new(polling.MOST_MAILS)] == [MAILS]
