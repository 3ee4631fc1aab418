"""Resend's webhooks: one event each, signed as Svix signs."""

import json
import secrets
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from typing import Any

from delivery.feedback.forms import Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import About, Failure, each, heard
from delivery.feedback.webhooks.request import Request
from delivery.replies import Category

C = Category

_OLDEST = timedelta(minutes=5)  # each repetition is signed anew
_FULL = "inbox was full"
_SAYS = {
    "mailboxfull": C.MAILBOX_FULL,
    "messagetoolarge": C.MESSAGE_TOO_LARGE,
    "contentrejected": C.SPAM_CONTENT,
    "attachmentrejected": C.SPAM_CONTENT,
}


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    signatures.svix(signatures.key(keys, "signing_secret"), request)
    signatures.not_old(signatures.seconds(request.headers["svix-timestamp"]), now, _OLDEST)


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    body, number, stamp = json.dumps(content).encode(), f"msg_{secrets.token_hex(12)}", str(int(now.timestamp()))
    key = b64decode(signatures.key(keys, "signing_secret").removeprefix("whsec_"))
    signature = b64encode(hmac(key, f"{number}.{stamp}.".encode() + body, sha256).digest()).decode()
    headers = {"content-type": "application/json", "svix-id": number, "svix-timestamp": stamp}
    return Request({**headers, "svix-signature": f"v1,{signature}"}, body, url)


def read(request: Request) -> list[Heard]:
    return each([request.json()], lambda event: _one(event, request))


def _one(event: dict[str, Any], request: Request) -> Heard | None:
    word, data = event["type"], event["data"]
    normal = normalising.event("resend", event, request)
    headers = {str(one["name"]).lower(): one["value"] for one in data.get("headers") or ()}
    names = headers.get("x-tallypost"), headers.get("message-id"), data.get("message_id")
    about = About(names, recipient=normal.recipient, at=normal.timestamp)
    if word == "email.suppressed":  # younger than anymail's list
        return heard("rejected", about, word, Failure(summary=_KEPT_BACK, is_dropped=True))
    if word == "email.failed":
        reason = (data.get("failed") or {}).get("reason")
        return heard("failed", about, word, Failure(summary=f"Resend did not send it: {reason}", is_soft=True))
    return heard(normal.event_type, about, word.removeprefix("email."), _failure(data.get("bounce") or {}))


_KEPT_BACK = "Resend did not send it: the address is on its own list."


def _failure(bounce: dict[str, Any]) -> Failure:
    kind, subtype, words = (str(bounce.get(name) or "") for name in ("type", "subType", "message"))
    if "suppress" in f"{subtype} {words}".lower():
        return Failure(summary=_KEPT_BACK, is_dropped=True)
    diagnostic = next(iter(bounce.get("diagnosticCode") or ()), "") if isinstance(bounce, dict) else ""
    is_dead = kind == "Permanent" and _FULL not in words and subtype in ("", "General", "NoEmail")
    says = C.INVALID_RECIPIENT if is_dead else _SAYS.get(subtype.lower())
    if _FULL in words:
        says = C.MAILBOX_FULL
    return Failure(diagnostic=diagnostic, summary=words, says=says, is_soft=kind != "Permanent")
