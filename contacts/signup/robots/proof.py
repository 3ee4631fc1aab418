"""Proof of work (ALTCHA, version 2): a browser computes for a second before a form is taken, a flood of forms for days.

The library says of a solution that it is right, whenever and however often it is shown. That it lapses and counts once
is seen to here: challenges carry an end, and what was spent is kept until then.
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection
from django.utils.crypto import salted_hmac

VALID_FOR = timedelta(hours=4)
_ALGORITHM = "PBKDF2/SHA-256"  # what browsers compute natively
_ROUNDS = 5_000  # 2 ms here; a browser tries 256 times on average
_PREFIX = "00"
_LONGEST = 4_000


class Proof(StrEnum):
    GOOD = "good"
    MISSING = "missing"  # no script, or plain HTML on somebody else's site
    BAD = "bad"  # lapsed, or made up


class Spent(Exception):
    """The same solution came before."""


def challenge(form_key: str, now: datetime) -> str:
    """As JSON for the page. It costs a digest, and nothing is kept of it."""
    ends = int((now + VALID_FOR).timestamp())
    import altcha  # 2 MB with argon2, for forms that ask for this

    made = altcha.create_challenge(
        _ALGORITHM, _ROUNDS, key_prefix=_PREFIX, expires_at=ends, hmac_secret=_secret(form_key)
    )
    return json.dumps(made.to_dict(), separators=(",", ":"))


def judge(form_key: str, given: str) -> Proof:
    """Whether it solves a challenge of this form. Says nothing of whether it was spent."""
    if not given:
        return Proof.MISSING
    if len(given) > _LONGEST:
        return Proof.BAD
    import altcha

    return Proof.GOOD if altcha.verify_solution(given, _secret(form_key)).verified else Proof.BAD


def spend(given: str, now: datetime) -> None:
    """In the caller's transaction, so that a sign-up which fails leaves its proof unspent. Raises Spent.

    `given` was judged good. A challenge has several solutions: it is spent by whichever came first.
    """
    import altcha

    nonce = altcha.Payload.from_base64(given).challenge.parameters.nonce
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [nonce, now + VALID_FOR])
        if not cursor.rowcount:
            raise Spent


def _secret(form_key: str) -> bytes:
    return salted_hmac("contacts.signup.robots.proof", form_key, algorithm="sha256").digest()


_SPEND = "INSERT INTO contacts_spentproof (nonce, lapses_at) VALUES (%s, %s) ON CONFLICT DO NOTHING"
