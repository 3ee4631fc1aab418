"""Postmark's webhooks: one event each, not signed, so by user name and password."""

from datetime import datetime
from typing import Any

from delivery.feedback.forms import Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import MARK, About, Failure, each, heard
from delivery.feedback.webhooks.request import Request
from delivery.replies import Category

C = Category

# Postmark's bounce types; what is not here the words decide.
_SAYS = {
    "HardBounce": C.INVALID_RECIPIENT,
    "BadEmailAddress": C.INVALID_RECIPIENT,
    "DnsError": C.NETWORK,
    "SpamNotification": C.SPAM_CONTENT,
    "VirusNotification": C.SPAM_CONTENT,
    "Blocked": C.BLOCK_REPUTATION,
    "DMARCPolicy": C.AUTH_POLICY,
}
_DROPPED = frozenset({"ManuallyDeactivated", "Unconfirmed"})
# Anymail takes a message refused as spam for a complaint of the person's; nobody has pressed a button.
_REFUSED_AS_SPAM = "SpamNotification"
_PASSING = frozenset({"SoftBounce", "Transient", "DnsError"})


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    signatures.password(keys, request)


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    return signatures.with_password(content, keys, url)


def read(request: Request) -> list[Heard]:
    return each([request.json()], _one)


def _one(event: dict[str, Any]) -> Heard | None:
    normal = normalising.event("postmark", event)
    metadata = event.get("Metadata") or {}
    about = About((metadata.get(MARK),), recipient=normal.recipient, at=normal.timestamp)
    if event.get("RecordType") == "SubscriptionChange":
        return _of_list(event, about)
    kind = str(event.get("Type", ""))
    event_type = "bounced" if kind == _REFUSED_AS_SPAM else normal.event_type
    # Two types are passing by anymail and final by Postmark: nothing more comes of a SoftBounce.
    return heard(event_type, about, kind or event.get("RecordType"), _failure(event, kind))


def _of_list(event: dict[str, Any], about: About) -> Heard | None:
    """A change of Postmark's own list of suppressions; bounces and complaints come as events of their own, too."""
    if not event.get("SuppressSending", True):
        return heard("", about, "resubscribe")
    if event.get("SuppressionReason") == "ManualSuppression" and event.get("Origin") == "Recipient":
        return heard("unsubscribed", about, "")
    return heard("", about, "suppressed", Failure(summary=f"On Postmark's list: {event.get('SuppressionReason')}"))


def _failure(event: dict[str, Any], kind: str) -> Failure:
    summary = event.get("Description") or event.get("Name")
    if kind in _DROPPED:
        return Failure(summary=f"Postmark did not send it: {summary}", is_dropped=True)
    return Failure(event.get("Details"), summary, says=_SAYS.get(kind), is_soft=kind in _PASSING)
