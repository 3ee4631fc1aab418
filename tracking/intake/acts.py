"""An act of a reader as the intake sees it: which message it belongs to, and what will be stored of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from delivery.models import MessageState
from tracking.intake.traits import NONE, Traits
from tracking.models import EventKind
from tracking.scoring import verdicts
from tracking.scoring.networks import Network

_OPEN, _CLICK = EventKind.OPEN, EventKind.CLICK  # a look into the class takes three times as long
RENTED = (Network.CLOUD, Network.OFFICE, Network.SECURITY)


class Mail(NamedTuple):
    """The message an act belongs to, as far as counting needs it."""

    id: int
    batch_id: int
    contact_id: int | None
    email: str
    accepted_at: float | None  # seconds since 1970
    is_rehearsal: bool
    may_count_opens: bool
    may_count_clicks: bool
    state: int
    attempts: int
    version: int
    language: str  # of the mail, where its batch has several
    lane: str  # the mailbox provider, as the ledger knows it: also of a custom domain whose MX was looked up

    def may_count(self, kind: int) -> bool:
        """Asked anew for each act: a refusal ends the recording of mails that were sent before it, too."""
        if kind == _OPEN:
            return self.may_count_opens
        return self.may_count_clicks or kind != _CLICK

    @property
    def may_have_arrived(self) -> bool:
        """Its connection broke before the answer, or it is tried once more since."""
        return self.state == MessageState.UNCERTAIN or (self.state == MessageState.PENDING and self.attempts > 0)

    def age(self, seconds: float) -> float | None:
        """Seconds since the server took it. None: nobody knows when; 0 while our books have not even got that far."""
        if self.accepted_at is not None:
            return max(0.0, seconds - self.accepted_at)
        return 0.0 if self.state == MessageState.PENDING and not self.attempts else None


class Judged:
    """What judging asks of any event, whether it is about to be stored or was stored before."""

    __slots__ = ()
    kind: int
    ip: str | None
    network: Network

    @property
    def is_click(self) -> bool:
        return self.kind == _CLICK

    @property
    def neighbourhood(self) -> str | None:
        return self.ip

    @property
    def is_rented(self) -> bool:
        return self.network in RENTED


@dataclass(slots=True, eq=False)
class Seen(Judged):
    """An event about to be stored. Made for each act; frozen, making one would take three times as long."""

    at: datetime
    seconds: float  # the same moment, since 1970
    kind: EventKind
    mail: Mail
    link_id: int
    verdict: str
    channel: str
    ip: str | None
    user_agent: str
    network: Network
    is_fresh: bool  # soon after acceptance
    traits: Traits = NONE

    @property
    def is_machine(self) -> bool:
        return self.verdict != verdicts.HUMAN

    @property
    def counts(self) -> bool:
        """HEAD and the hidden link, a click on no link of the mail's, are kept as traces and counted nowhere."""
        return self.verdict != verdicts.HEAD and (self.kind != _CLICK or self.link_id != 0)
