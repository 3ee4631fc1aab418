"""SendGrid's event webhook: batches, signed with ECDSA."""

from datetime import datetime, timedelta
from typing import Any

from delivery.feedback.forms import AUTOMATED, Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import MARK, About, Failure, each, heard, pieces
from delivery.feedback.webhooks.request import Request
from delivery.replies import Category

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_STAMP = "x-twilio-email-event-webhook-timestamp"
_OLDEST = timedelta(hours=25)  # it repeats for 24 hours
_APPLE_S_PROXY = "sg_machine_open"


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    stamp = signatures.header(request, _STAMP)
    signature = signatures.header(request, _SIGNATURE)
    signatures.ecdsa(signatures.key(keys, "public_key"), signature, stamp.encode() + request.body)
    signatures.not_old(signatures.seconds(stamp), now, _OLDEST)


def read(request: Request) -> list[Heard]:
    return each(pieces(request.json()), _one)


def _one(event: dict[str, Any]) -> Heard | None:
    normal = normalising.event("sendgrid", event)
    about = About((event.get(MARK), event.get("smtp-id")), recipient=event.get("email"), at=normal.timestamp)
    word = event["event"]
    detail = AUTOMATED if event.get(_APPLE_S_PROXY) is True else ""
    return heard(normal.event_type, about, word, _failure(event, word), detail)


def _failure(event: dict[str, Any], word: str) -> Failure:
    reason, status = event.get("reason") or event.get("response"), event.get("status", "")
    if word == "dropped":
        # "Bounced Address", "Unsubscribed Address", "Spam Reporting Address": lists of its own. "Invalid": no address.
        is_invalid = str(reason).strip().lower() == "invalid"
        summary = f"SendGrid did not send it: {reason}"
        return Failure(summary=summary, says=Category.INVALID_RECIPIENT, is_dropped=not is_invalid)
    is_dead = str(event.get("bounce_classification", "")).lower() == "invalid address"
    return Failure(
        diagnostic=reason,
        status=status,
        says=Category.INVALID_RECIPIENT if is_dead else None,
        is_soft=event.get("type") == "blocked" and not is_dead,
    )
