"""Which recipients the listener takes mail for: our own signed return addresses, and where complaints go."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from delivery import verp

# Of the bounce domain: where mailbox providers are told to report complaints, and what RFC 2142 asks every domain for.
OPEN_TO_ALL = frozenset({"complaints", "postmaster", "abuse"})
REPORTS = "dmarc"  # where they send what they saw of a domain's mail

ACCEPTED = "250 2.1.5 Recipient noted"
UNKNOWN = "550 5.1.1 No such address here"
LATER = "450 4.2.1 More has come for this address than is believable, try again later"

_MAILS_A_MESSAGE = 20  # an hour: a message is delayed and bounces a few times at most
_OPEN_MAILS = 120  # a minute, from whomever
_REPORTS = 30  # a minute: they are larger, and a provider sends one a day
_MOST_COUNTED = 100_000


@dataclass(slots=True)
class Admission:
    """Whatever is taken lies on our disk for days, so even who knows an address of ours cannot fill it.

    `domains`: in lower case, A-labels; replaced when the settings change.
    """

    domains: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.monotonic
    _by_message: dict[int, int] = field(default_factory=dict)
    _open: int = 0
    _reports: int = 0
    _hour_from: float = 0
    _minute_from: float = 0

    def reply(self, recipient: str) -> str:
        """To RCPT."""
        if recipient.rpartition("@")[2].lower().rstrip(".") not in self.domains:
            return UNKNOWN
        self._begin_anew()
        if brings_reports(recipient):
            return ACCEPTED if self._reports < _REPORTS else LATER
        if is_open(recipient):
            return ACCEPTED if self._open < _OPEN_MAILS else LATER
        message_id = verp.message_id(recipient)
        if message_id is None:
            return UNKNOWN
        return ACCEPTED if self._by_message.get(message_id, 0) < _MAILS_A_MESSAGE else LATER

    def count(self, recipient: str) -> None:
        """A mail was kept."""
        message_id = verp.message_id(recipient)
        if message_id is None:
            self._reports += brings_reports(recipient)
            self._open += is_open(recipient)
            return
        if len(self._by_message) >= _MOST_COUNTED:
            self._by_message.clear()
        self._by_message[message_id] = self._by_message.get(message_id, 0) + 1

    def _begin_anew(self) -> None:
        now = self.clock()
        if now - self._minute_from >= 60:
            self._minute_from, self._open, self._reports = now, 0, 0
        if now - self._hour_from >= 3600:
            self._hour_from = now
            self._by_message.clear()


def is_open(recipient: str) -> bool:
    """Anybody may write there; nothing in such an address proves that it is about us."""
    return recipient.rpartition("@")[0].lower() in OPEN_TO_ALL


def brings_reports(recipient: str) -> bool:
    """As open as those, for DMARC reports."""
    return recipient.rpartition("@")[0].lower() == REPORTS
