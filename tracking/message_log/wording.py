"""Where a message is, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.wording import moment
from delivery.feedback.webhooks.events import SUPPRESSED
from delivery.ledger.lanes import pausing
from delivery.ledger.uncertain import LEFT
from delivery.models import Batch, MessageState
from delivery.policy import mailbox_providers
from delivery.policy.proof import UNPROVEN
from delivery.replies import WORDS, Stage

_REASONS = {category.value: words for category, words in WORDS.items()} | {
    "cancelled": "The sending was cancelled.",
    "unsubscribed": "Unsubscribed before it was sent.",
    "suppressed": "Suppressed before it was sent.",
    "deleted": "Deleted before it was sent.",
    "paused": "Paused all mail before it was sent.",
    "consent_ended": "What they agreed to ended before it was sent.",
    "merged": "The same person is mailed at another address, with which this one was merged.",
    LEFT: "Somebody decided to leave it as it is.",
    UNPROVEN: "The server has refused everybody so far, so nobody is given up for it.",
}

STAGES: dict[str, str] = {
    Stage.CONNECT.value: "Connecting",
    Stage.EHLO.value: "Greeting the server",
    Stage.STARTTLS.value: "Starting encryption",
    Stage.AUTH.value: "Logging in",
    Stage.MAIL.value: "Naming the sender",
    Stage.RCPT.value: "Naming the recipient",
    Stage.DATA.value: "Announcing the mail",
    Stage.BODY.value: "Handing over the mail",
}

DECISIONS = {
    "accepted": "Accepted",
    "retry": "Will be tried again",
    "refused": "Given up",
    "uncertain": "May have arrived",
    "skipped": "Skipped",
    "again": "To be sent again",
    LEFT: "Left as it is",
}


_DROPPED = "The provider dropped it: the address is on its own list of suppressed ones."


@dataclass(frozen=True, slots=True)
class Words:
    """`kind` is one of the face's states: good, wait, warn, bad, none."""

    kind: str
    text: str
    why: str = ""


def of_message(
    state: int | None, category: str, retry_at: datetime | None, batch: Batch, holdup: str = "", paused: str = ""
) -> Words:
    """`holdup`: why nobody carries the batch now, if so; `paused`: what `of_pause` says."""
    why = reason(category)
    match state:
        case MessageState.ACCEPTED:
            return Words("good", "Accepted")
        case MessageState.PENDING | MessageState.DEFERRED if paused and batch.state == Batch.State.SENDING:
            return Words("wait", "Waiting", paused)
        case MessageState.PENDING if batch.state == Batch.State.PAUSED:
            return Words("wait", "Waiting", "The sending is paused.")
        case MessageState.PENDING:
            return Words("wait", "Waiting", holdup)
        case MessageState.DEFERRED:
            return Words("wait", _next_try(retry_at), why)
        case MessageState.REFUSED:
            return Words("bad", "Refused", why)
        case MessageState.UNCERTAIN:
            left = why if category == LEFT else ""
            return Words("warn", "May have arrived: the connection broke before the answer", left)
        case MessageState.SKIPPED:
            return Words("none", "Skipped", why)
        case _:
            return Words("bad", "Unaccounted for")


def of_pause(batch: Batch, email: str) -> str:
    """Empty unless mail of this batch to the address's mailbox provider is paused, and the rest of it is not."""
    pause = pausing.pause_of(batch, email)
    return f"The sending to {mailbox_providers.IN_WORDS[pause.lane]} is paused." if pause else ""


def reason(category: str) -> str:
    """Our words for why, empty for a category that says nothing to a person."""
    return _REASONS.get(category, "")


def of_bounce(category: str) -> str:
    """Of what came back later: a provider may have dropped it itself, which is not our list."""
    return _DROPPED if category == SUPPRESSED else reason(category)


def _next_try(retry_at: datetime | None) -> str:
    if retry_at is None:
        return "Waiting for another try"
    return f"Waiting, next try {moment(timezone.localtime(retry_at), timezone.localtime())}"
