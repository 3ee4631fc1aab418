"""Certificates that Amazon signs with: from Amazon's own hosts alone, kept for a day."""

import re
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from accounts.egress import guard as egress
from accounts.egress.fetching import Client, Limits, NoAnswer
from delivery.feedback.webhooks.request import NotNow, Refused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_HOST = r"sns\.[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE = re.compile(rf"https://{_HOST}/SimpleNotificationService-[0-9A-Za-z]{{8,80}}\.pem\Z")
_SUBSCRIBING = re.compile(rf"https://{_HOST}/\?Action=ConfirmSubscription&[!-~]{{1,1500}}\Z")
_KEPT = timedelta(days=1)
_TRIED_AGAIN = timedelta(minutes=1)
_MOST = 50

_lock = threading.Lock()
_known: dict[str, tuple[datetime, "RSAPublicKey | None"]] = {}


def public_key(url: str, now: datetime) -> "RSAPublicKey":
    """Raises Refused for an address that is not Amazon's, NotNow where nothing can be fetched."""
    if not _CERTIFICATE.match(url):
        raise Refused("The certificate it names is not at an address of Amazon's.")
    with _lock:  # one at a time: whoever comes meanwhile finds it
        until, key = _known.get(url, (now, None))
        if until <= now:
            key = _fetched(url, now)
    if key is None:
        raise NotNow("Amazon's certificate could not be fetched a moment ago.")
    return key


def is_subscribing(url: str) -> bool:
    """A link of Amazon's that confirms a subscription, and nothing else."""
    return bool(_SUBSCRIBING.match(url))


def forget() -> None:
    _known.clear()


def _fetched(url: str, now: datetime) -> "RSAPublicKey":
    if len(_known) >= _MOST:
        _known.clear()
    _known[url] = now + _TRIED_AGAIN, None
    return keep(url, fetch(url), now)


def keep(url: str, pem: bytes, now: datetime) -> "RSAPublicKey":
    key = read(pem, now)
    _known[url] = now + _KEPT, key
    return key


def fetch(url: str) -> bytes:
    """The one way out of this room: by the guarded client, which refuses addresses inside. Raises NotNow."""
    try:
        answer = Client(Limits(seconds=5, answer_bytes=20_000, redirects=0)).get(url)
    except (egress.Refused, NoAnswer) as problem:
        raise NotNow(f"Amazon's certificate could not be fetched. {problem}") from None
    if answer.status != 200:
        raise NotNow(f"Amazon's certificate could not be fetched: {answer.status} was answered.")
    return answer.body


def read(pem: bytes, now: datetime) -> "RSAPublicKey":
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key = certificate.public_key()
    except ValueError:
        raise NotNow("What came instead of Amazon's certificate cannot be read.") from None
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Refused("Amazon's certificate is not valid today: is the clock of this server right?")
    if not isinstance(key, RSAPublicKey):
        raise NotNow("Amazon's certificate holds a key of a kind that we do not know.")
    return key
