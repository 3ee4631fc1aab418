"""A request of our own to an address of ours: shows that it is reachable, and that what comes is kept."""

import json
from datetime import datetime
from typing import Any

from django.core import signing

from delivery.feedback.webhooks.catalogue import Kind
from delivery.feedback.webhooks.request import Request

PROOF = "x-tallypost-check"
_NAME = "tallypost_check"
_SALT = "tallypost.webhook.check"
_SECONDS = 120


def is_trial(body: bytes) -> bool:
    return body.startswith((f'{{"{_NAME}"'.encode(), f"{_NAME}=".encode()))


def is_ours(request: Request, webhook_id: int) -> bool:
    """For providers that sign with a key of which we know one half only."""
    if PROOF not in request.headers or not is_trial(request.body):
        return False
    try:
        signed: str = signing.TimestampSigner(salt=_SALT).unsign(request.headers[PROOF], max_age=_SECONDS)
    except signing.BadSignature:
        return False
    return signed == str(webhook_id)


def made(kind: Kind, webhook_id: int, keys: dict[str, Any], url: str, nonce: str, now: datetime) -> Request:
    """Signed as that provider signs, where both sides hold the same key."""
    content = {_NAME: nonce}
    if kind.can_sign:
        return kind.sign(content, keys, url, now)
    proof = signing.TimestampSigner(salt=_SALT).sign(str(webhook_id))
    return Request({"content-type": "application/json", PROOF: proof}, json.dumps(content).encode(), url)
