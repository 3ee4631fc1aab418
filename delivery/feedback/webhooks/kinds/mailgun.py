"""Mailgun's webhooks: one event each, signed with HMAC over a time stamp and a token."""

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from delivery.feedback.forms import AUTOMATED, Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import MARK, About, Failure, each, heard
from delivery.feedback.webhooks.request import Refused, Request
from delivery.replies import Category

_OLDEST = timedelta(hours=9)  # it repeats for 8 hours


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    if request.is_form:
        raise Refused("It comes as a form, Mailgun's old way: make the webhook anew under Sending, Webhooks.")
    try:
        block = request.json()["signature"]
        stamp, token, signature = str(block["timestamp"]), str(block["token"]), str(block["signature"])
    except (ValueError, KeyError, TypeError):
        raise Refused("It carries no signature.") from None
    expected = signatures.hmac_hex(signatures.key(keys, "signing_key"), f"{stamp}{token}".encode("utf-8", "replace"))
    signatures.same(signature, expected)
    signatures.not_old(signatures.seconds(stamp), now, _OLDEST)


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    stamp, token = str(int(now.timestamp())), secrets.token_hex(25)
    signature = signatures.hmac_hex(signatures.key(keys, "signing_key"), f"{stamp}{token}".encode())
    block = {"timestamp": stamp, "token": token, "signature": signature}
    body = json.dumps({**content, "signature": block}).encode()
    return Request({"content-type": "application/json"}, body, url)


def read(request: Request) -> list[Heard]:
    return each([request.json()], _one)


def _one(whole: dict[str, Any]) -> Heard | None:
    event = whole["event-data"]
    normal = normalising.event("mailgun", whole)
    headers = (event.get("message") or {}).get("headers") or {}
    variables = event.get("user-variables") or {}
    about = About(
        (variables.get(MARK), headers.get("message-id")),
        ((event.get("envelope") or {}).get("sender"),),
        recipient=normal.recipient,
        at=normal.timestamp,
    )
    return heard(normal.event_type, about, event.get("event"), _failure(event), _detail(event))


def _detail(event: dict[str, Any]) -> str:
    """Whose program it says it was: "apple", "generic" for a filter; "gmail" loads pictures for people who read."""
    program = (event.get("client-info") or {}).get("bot")
    return AUTOMATED if program and (program != "gmail" or event.get("event") == "clicked") else ""


def _failure(event: dict[str, Any]) -> Failure:
    status = event.get("delivery-status") or {}
    reason = str(event.get("reason") or (event.get("reject") or {}).get("reason") or "")
    summary = status.get("description") or reason
    if reason.startswith("suppress-"):
        return Failure(summary=f"Mailgun did not send it: {summary}", is_dropped=True)
    # "bounce": the server said no to the recipient. Which no, its words tell; without any, Mailgun's own suffices.
    is_dead = event.get("severity") == "permanent" and reason == "bounce" and not status.get("message")
    return Failure(
        diagnostic=status.get("message"),
        summary=f"{status.get('code') or ''} {summary}",
        status=status.get("enhanced-code"),
        says=Category.INVALID_RECIPIENT if is_dead else None,
        is_soft=event.get("severity") == "temporary",
        reporting_mta=status.get("mx-host"),
    )
