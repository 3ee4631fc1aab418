"""Proofs that a request comes from its provider. Each raises Refused with words for staff."""

import binascii
import hmac
import json
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from delivery.feedback.webhooks.request import Refused, Request

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

WRONG = "The signature does not fit the key that is entered here."
NO_KEY = "Its signing key is not entered here yet."
USER = "tallypost"
_AHEAD = timedelta(minutes=5)


def header(request: Request, name: str) -> str:
    value = request.headers.get(name, "")
    if not value:
        raise Refused(f"It carries no {name} header, so it is not signed.")
    return value


def key(keys: dict[str, Any], name: str) -> str:
    value = str(keys.get(name) or "").strip()
    if not value:
        raise Refused(NO_KEY)
    return value


def same(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Refused(WRONG)


def hmac_hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, sha256).hexdigest()


def svix(secret: str, request: Request) -> None:
    """One of several signatures, while a key is being changed (Svix; standardwebhooks)."""
    try:
        key_bytes = b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("The signing secret that is entered here is not one of theirs: it begins with whsec_.") from None
    signed = f"{header(request, 'svix-id')}.{header(request, 'svix-timestamp')}.".encode() + request.body
    expected = b64encode(hmac.new(key_bytes, signed, sha256).digest()).decode()
    given = [each.partition(",")[2] for each in header(request, "svix-signature").split() if each.startswith("v1,")]
    if not any(hmac.compare_digest(each.encode(), expected.encode()) for each in given[:10]):
        raise Refused(WRONG)


def not_old(stamp: datetime | None, now: datetime, oldest: timedelta) -> None:
    """`oldest`: for as long as the provider repeats what was not taken with the stamp it had at first.

    Within that time a copy changes nothing either: the same request is taken once, and each event counts once.
    """
    if stamp is None:
        raise Refused("Its time stamp cannot be read.")
    if stamp < now - oldest:
        raise Refused("Its time stamp is too old: somebody may have sent a copy.")
    if stamp > now + _AHEAD:
        raise Refused("Its time stamp lies ahead: is the clock of this server right?")


def seconds(text: str) -> datetime | None:
    """Since 1970, as most providers write a time."""
    try:
        return datetime.fromtimestamp(float(text), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def password(keys: dict[str, Any], request: Request) -> None:
    """Basic authentication, or the password alone as a bearer token: for providers that sign nothing."""
    given = request.headers.get("authorization", "")
    scheme, _, value = given.partition(" ")
    expected = f"{USER}:{key(keys, 'password')}"
    if scheme.lower() == "bearer":
        value, expected = value.strip(), key(keys, "password")
    elif scheme.lower() == "basic":
        value = _plain(value)
    else:
        raise Refused("It brings no user name and password.", asks_for_login=True)
    if not hmac.compare_digest(value.encode(), expected.encode()):
        raise Refused("Its user name or password is wrong.", asks_for_login=True)


def with_password(content: dict[str, str], keys: dict[str, Any], url: str) -> Request:
    login = b64encode(f"{USER}:{key(keys, 'password')}".encode()).decode()
    headers = {"content-type": "application/json", "authorization": f"Basic {login}"}
    return Request(headers, json.dumps(content).encode(), url)


def ecdsa(pem: str, signature: str, signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature  # some MB: only where it is used
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    public: EllipticCurvePublicKey = public_key(pem, ec.EllipticCurvePublicKey)
    try:
        public.verify(_bytes(signature), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise Refused(WRONG) from None


def rsa(public: "RSAPublicKey", signature: str, signed: bytes, *, is_sha1: bool) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    kind = hashes.SHA1() if is_sha1 else hashes.SHA256()  # noqa: S303  # what Postal and Amazon sign with
    try:
        public.verify(_bytes(signature), signed, padding.PKCS1v15(), kind)
    except InvalidSignature:
        raise Refused(WRONG) from None


def public_key(pem: str, kind: type[Any]) -> Any:
    """With or without its first and last line, as consoles show it. Raises Refused."""
    from cryptography.hazmat.primitives import serialization

    lines = "".join(line.strip() for line in pem.strip().splitlines() if "-----" not in line)
    try:
        found = serialization.load_der_public_key(b64decode(lines, validate=True))
    except (ValueError, binascii.Error, TypeError):
        raise Refused("The public key that is entered here cannot be read.") from None
    except Exception as problem:
        if type(problem).__name__ != "UnsupportedAlgorithm":
            raise
        raise Refused("The public key that is entered here cannot be read.") from None
    if not isinstance(found, kind):
        raise Refused("The public key that is entered here is of another kind.")
    return found


def _bytes(signature: str) -> bytes:
    try:
        return b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(WRONG) from None


def _plain(encoded: str) -> str:
    try:
        return b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
