"""MailerSend's webhooks: one event each, signed with HMAC over the body."""

import json
from datetime import datetime
from typing import Any

from delivery.feedback.forms import Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import About, Failure, each, heard
from delivery.feedback.webhooks.request import Request
from delivery.replies import Category


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    """It signs no time: what comes twice changes nothing, and that has to do."""
    expected = signatures.hmac_hex(signatures.key(keys, "signing_secret"), request.body)
    signatures.same(signatures.header(request, "signature"), expected)


def is_trial(request: Request) -> bool:
    """Sent while the webhook is saved, before its secret is shown; it is not saved unless somebody answers."""
    return b'"webhook.test"' in request.body[:4096] and len(request.body) < 4096


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    body = json.dumps(content).encode()
    signature = signatures.hmac_hex(signatures.key(keys, "signing_secret"), body)
    return Request({"content-type": "application/json", "signature": signature}, body, url)


def read(request: Request) -> list[Heard]:
    return each([request.json()], _one)


def _one(event: dict[str, Any]) -> Heard | None:
    data = event["data"]
    word, email = data["type"], data.get("email") or {}
    normal = normalising.event("mailersend", event)
    tags = email.get("tags") or ()
    headers = email.get("headers") or {}
    names = (*tags, headers.get("Message-ID") if isinstance(headers, dict) else None)
    about = About(names, recipient=normal.recipient, at=normal.timestamp)
    if word == "deferred":  # younger than anymail's list
        return heard("deferred", about, word, _failure(data, word))
    return heard(normal.event_type, about, word, _failure(data, word))


def _failure(data: dict[str, Any], word: str) -> Failure:
    morph = data.get("morph") or {}
    reason = str(morph.get("reason") or "")
    if word.endswith("_bounced") and ("suppress" in reason.lower() or morph.get("object") == "suppression"):
        return Failure(summary=f"MailerSend did not send it: {reason}", is_dropped=True)
    return Failure(
        diagnostic=reason,
        summary=morph.get("readable_reason"),
        says=Category.INVALID_RECIPIENT if word == "hard_bounced" else None,
        is_soft=word == "soft_bounced",
    )
