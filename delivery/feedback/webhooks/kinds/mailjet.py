"""Mailjet's event callbacks: one event or a list, by user name and password in the address."""

from datetime import datetime
from typing import Any

from delivery.feedback.forms import Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import About, Failure, each, heard, pieces
from delivery.feedback.webhooks.request import Request
from delivery.replies import Category

C = Category

# Its `error` says what; whether for good, `hard_bounce`.
_SAYS = {
    "user unknown": C.INVALID_RECIPIENT,
    "typofix": C.INVALID_RECIPIENT,
    "mailbox inactive": C.INACTIVE_MAILBOX,
    "invalid domain": C.BAD_DOMAIN,
    "no mail host": C.BAD_DOMAIN,
    "quota exceeded": C.MAILBOX_FULL,
    "greylisted": C.GREYLIST,
    "relay/access denied": C.RELAY_DENIED,
    "sender blocked": C.BLOCK_REPUTATION,
    "policy issue": C.BLOCK_REPUTATION,
    "content blocked": C.SPAM_CONTENT,
    "spam content detected": C.SPAM_CONTENT,
    "connection issue": C.NETWORK,
}
_ITS_OWN = frozenset({"preblocked", "blacklisted", "spam reporter", "duplicate in campaign"})


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    signatures.password(keys, request)


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    return signatures.with_password(content, keys, url)


def read(request: Request) -> list[Heard]:
    return each(pieces(request.json()), _one)


def _one(event: dict[str, Any]) -> Heard | None:
    normal = normalising.event("mailjet", event)
    about = About((event.get("CustomID"), event.get("Payload")), recipient=event.get("email"), at=normal.timestamp)
    return heard(normal.event_type, about, event["event"], _failure(event))


def _failure(event: dict[str, Any]) -> Failure:
    error, comment = str(event.get("error") or "").lower(), event.get("comment") or ""
    if event["event"] == "blocked" and (error in _ITS_OWN or not event.get("hard_bounce")):
        return Failure(summary=f"Mailjet did not send it: {error or comment}", is_dropped=True)
    return Failure(
        diagnostic=event.get("smtp_reply") or comment,
        summary=error,
        says=_SAYS.get(error),
        is_soft=not event.get("hard_bounce"),
    )
