"""Postal's webhooks: one event each, signed with the installation's RSA key."""

from datetime import datetime, timedelta
from typing import Any

from delivery.feedback.forms import Heard
from delivery.feedback.webhooks import signatures
from delivery.feedback.webhooks.events import About, Failure, each, heard
from delivery.feedback.webhooks.request import Refused, Request

_OLDEST = timedelta(days=3)
_STRONGER, _OLDER = "x-postal-signature-256", "x-postal-signature"
# Anymail calls a hard failure "failed", which for it is no bounce, and gives no reason: the server's words decide here.
_STATUSES = {"Sent": "delivered", "SoftFail": "deferred", "HardFail": "bounced", "Bounced": "bounced"}


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    pem = signatures.key(keys, "public_key")
    public: RSAPublicKey = signatures.public_key(pem, RSAPublicKey)
    is_old = _STRONGER not in request.headers
    signature = signatures.header(request, _OLDER if is_old else _STRONGER)
    signatures.rsa(public, signature, request.body, is_sha1=is_old)
    try:
        stamp = str(request.json()["timestamp"])
    except (ValueError, KeyError, TypeError):
        raise Refused("It carries no time stamp.") from None
    signatures.not_old(signatures.seconds(stamp), now, _OLDEST)


def read(request: Request) -> list[Heard]:
    return each([request.json()], _one)


def _one(event: dict[str, Any]) -> Heard | None:
    payload = event["payload"]
    message = payload.get("message") or payload.get("original_message") or {}
    if message.get("direction") == "incoming":
        return None
    word = str(event.get("event") or payload.get("status") or "")
    about = About(
        (message.get("message_id"), message.get("tag")),
        recipient=message.get("to"),
        at=signatures.seconds(str(event.get("timestamp", ""))),
    )
    if "bounce" in payload:  # a mail came back; its words are in that mail, which Postal keeps
        return heard("bounced", about, word, Failure(summary="A bounce came back to Postal.", is_soft=True))
    status = str(payload.get("status") or "")
    if status == "Held":
        details = payload.get("details")
        is_listed = "suppression" in str(details).lower()
        said = "bounced" if is_listed else ""
        return heard(said, about, "held", Failure(summary=f"Postal did not send it: {details}", is_dropped=is_listed))
    clicked = "clicked" if "url" in payload else "opened" if word == "MessageLoaded" else ""
    return heard(_STATUSES.get(status, clicked), about, word, _failure(payload))


def _failure(payload: dict[str, Any]) -> Failure:
    return Failure(
        diagnostic=payload.get("output"), summary=payload.get("details"), is_soft=payload.get("status") == "SoftFail"
    )
