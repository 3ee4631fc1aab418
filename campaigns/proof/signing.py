"""A document's digest, and this installation's signature under it: who changes a letter is found out.

The signature is a keyed one, so only an installation with the same TOKEN_KEY can say that it is right; keys rotate by
appending one, and what older keys signed stays good. The digest anybody can work out.
"""

import json
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer

FORMAT = "tallypost-proof/1"


class Verdict(StrEnum):
    GENUINE = "genuine"
    ALTERED = "altered"  # the content is not what the digest was made of
    FOREIGN = "foreign"  # the digest is right, the signature is not ours
    UNREADABLE = "unreadable"


def canonical(document: dict[str, Any]) -> bytes:
    """The one way of writing it: keys in order, no blanks, UTF-8."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(document: dict[str, Any]) -> str:
    return sha256(canonical(document)).hexdigest()


def sign(document: dict[str, Any]) -> tuple[str, str]:
    """Digest and signature."""
    made = digest(document)
    return made, _signer().signature(made)


def sealed(document: dict[str, Any], made: str, signature: str) -> dict[str, Any]:
    """What is given away as a file."""
    return {"document": document, "digest": made, "signature": signature}


def verify(given: object) -> Verdict:
    """Of a file as `sealed` made it, read from JSON. Never raises."""
    if not isinstance(given, dict):
        return Verdict.UNREADABLE
    document, made, signature = (given.get(name) for name in ("document", "digest", "signature"))
    if not (isinstance(document, dict) and isinstance(made, str) and isinstance(signature, str)):
        return Verdict.UNREADABLE
    try:
        is_same = digest(document) == made
    except (ValueError, TypeError, RecursionError):
        return Verdict.UNREADABLE
    if not is_same:
        return Verdict.ALTERED
    try:
        _signer().unsign(f"{made}:{signature}")
    except BadSignature:
        return Verdict.FOREIGN
    return Verdict.GENUINE


def verify_text(text: str) -> Verdict:
    try:
        return verify(json.loads(text))
    except (ValueError, RecursionError):
        return Verdict.UNREADABLE


def _signer() -> Signer:
    keys: list[bytes | str] = [*settings.TOKEN_KEY.split(",")]
    return Signer(key=keys[-1], fallback_keys=keys[:-1], salt="campaigns.proof", sep=":")
