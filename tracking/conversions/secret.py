"""The secret by which a server of the organisation may report: shown once, kept as a digest."""

import hmac
from hashlib import sha256
from secrets import token_urlsafe

from tracking.conversions.models import Goal

_PREFIX = "tpgoal_"
_BYTES = 32


def renew(goal: Goal) -> str:
    """A new one, in place of any before."""
    secret = f"{_PREFIX}{token_urlsafe(_BYTES)}"
    goal.secret_digest = _digest(secret)
    goal.save(update_fields=["secret_digest"])
    return secret


def fits(goal: Goal, header: str) -> bool:
    """Whether an Authorization header carries it."""
    scheme, _, secret = header.partition(" ")
    given = _digest(secret.strip()) if scheme.lower() == "bearer" else ""
    return bool(goal.secret_digest) and hmac.compare_digest(given, goal.secret_digest)


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
