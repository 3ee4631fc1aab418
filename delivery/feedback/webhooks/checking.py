"""A webhook tried by ourselves, over the address that its provider uses."""

import secrets as random
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.egress.allowed import Allowed
from accounts.egress.fetching import Client, Limits, NoAnswer
from accounts.egress.guard import Guard, Refused
from accounts.web_addresses import ascii_host
from delivery.feedback.webhooks import receiving, trial
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.request import Refused as NoKey
from delivery.models import Returned, Webhook

_SECONDS = 8
_LAST = 20


class NotReached(Exception):
    """The text is for staff."""


@dataclass(frozen=True, slots=True)
class Reached:
    returned_id: int
    milliseconds: int


def check(webhook: Webhook) -> Reached:
    """Raises NotReached, secrets.Unreadable."""
    kind, url = kinds()[webhook.kind], receiving.address(webhook)
    keys = {**webhook.keys, "password": webhook.password}
    nonce = random.token_hex(8)
    try:
        request = trial.made(kind, webhook.pk, keys, url, nonce, timezone.now())
    except NoKey as problem:
        raise NotReached(f"{problem} Enter it first: without it the provider’s requests are refused, too.") from None
    began = time.monotonic()
    status = _post(url, request.body, dict(request.headers))
    milliseconds = int(1000 * (time.monotonic() - began))
    if status != 200:
        raise NotReached(f"The address answered {status} instead of 200. {_CURES.get(status, _ELSE)}")
    found = _kept(webhook, nonce)
    if found is None:
        raise NotReached(f"Something answered 200, but nothing arrived here. {_ELSE}")
    return Reached(found, milliseconds)


def _kept(webhook: Webhook, nonce: str) -> int | None:
    """Among the last that came; what is in front of us may have changed its headers."""
    last = Returned.objects.filter(source=webhook.source).order_by("-id")[:_LAST]
    return next((row.pk for row in last if nonce.encode() in bytes(row.raw)), None)


_ELSE = "Another program may answer at this address: does the public address in Settings lead to this installation?"
_CURES = {
    401: "Something in front of Tallypost asks for a password of its own: let addresses below /w/ through.",
    403: "A key was changed in the last seconds, or something in front of Tallypost refuses: try again in a moment.",
    404: _ELSE,
    413: "Something in front of Tallypost takes no bodies of this size: let it take 2 MB.",
    503: "The database did not answer, the part that receives returned mail does not run, or this webhook is paused.",
}


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Our own address, named by an owner: whether it is private does not matter."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 443)
    limits = Limits(seconds=_SECONDS, answer_bytes=100_000, redirects=0, ports=frozenset({port}), https_only=False)
    try:
        ours = Allowed(names=frozenset({ascii_host(parts.hostname or "")}))
        return Client(limits, Guard(allowed=ours)).post(url, body, headers).status
    except (Refused, NoAnswer, ValueError) as problem:
        words = f"{problem} That is from this machine; from outside it may work, if the name leads elsewhere there."
        raise NotReached(words) from None
