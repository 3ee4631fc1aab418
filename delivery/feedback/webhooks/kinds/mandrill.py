"""Mailchimp Transactional's (Mandrill's) webhooks: batches in a form, signed with HMAC over address and fields."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qsl, urlencode

from delivery.feedback.forms import Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import MARK, About, Failure, each, heard, pieces
from delivery.feedback.webhooks.request import Request, decoded
from delivery.replies import Category

C = Category

_FIELD = "mandrill_events"
_SAYS = {
    "bad_mailbox": C.INVALID_RECIPIENT,
    "invalid_domain": C.BAD_DOMAIN,
    "inactive_mailbox": C.INACTIVE_MAILBOX,
    "mailbox_full": C.MAILBOX_FULL,
    "message_too_large": C.MESSAGE_TOO_LARGE,
    "spam": C.SPAM_CONTENT,
    "policy_related": C.BLOCK_REPUTATION,
}


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    """It signs no time: what comes twice changes nothing, and that has to do."""
    expected = _signature(signatures.key(keys, "webhook_key"), request.url, _fields(request))
    signatures.same(signatures.header(request, "x-mandrill-signature"), expected)


def is_trial(request: Request) -> bool:
    """Sent while the webhook is made, before its key is shown; it is not made unless somebody answers."""
    return len(request.body) < 100 and _fields(request) == {_FIELD: "[]"}


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    fields = content if _FIELD in content else {**content, _FIELD: "[]"}
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-mandrill-signature": _signature(signatures.key(keys, "webhook_key"), url, fields),
    }
    return Request(headers, urlencode(fields).encode(), url)


def read(request: Request) -> list[Heard]:
    fields = _fields(request)
    if _FIELD not in fields:
        raise ValueError("no events")
    return each(pieces(decoded(fields[_FIELD])), _one)


def _one(event: dict[str, Any]) -> Heard | None:
    word = str(event.get("event") or event.get("type") or "")
    message = event.get("msg") or {}
    normal = normalising.reader("mandrill").mandrill_tracking_to_anymail_event(event)
    marked = message.get("metadata") or {}
    names = (marked.get(MARK),) if isinstance(marked, Mapping) else ()
    about = About(names, (message.get("sender"),), recipient=normal.recipient, at=normal.timestamp)
    event_type = "delivered" if word == "delivered" else normal.event_type  # younger than anymail's list
    return heard(event_type, about, word, _failure(event, message, word))


def _failure(event: dict[str, Any], message: dict[str, Any], word: str) -> Failure:
    if word == "reject":
        reject = message.get("reject") or event.get("reject") or {}
        return Failure(summary=f"Mandrill did not send it: {reject.get('reason') or 'rejected'}", is_dropped=True)
    described = str(message.get("bounce_description") or "")
    says = _SAYS.get(described)
    if says is None and word == "hard_bounce" and not message.get("diag"):
        says = C.INVALID_RECIPIENT
    return Failure(diagnostic=message.get("diag"), summary=described, says=says, is_soft=word == "soft_bounce")


def _fields(request: Request) -> dict[str, str]:
    try:
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return {}


def _signature(key: str, url: str, fields: Mapping[str, str]) -> str:
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return b64encode(hmac.new(key.encode(), signed.encode("utf-8", "replace"), sha1).digest()).decode()
