"""A signed time stamp in each form that we show: who sends it back at once, or after a day, is hardly a person."""

from datetime import timedelta
from enum import StrEnum

from django.core import signing

QUICKEST = timedelta(seconds=2)
OLDEST = timedelta(days=1)


class Stamp(StrEnum):
    GOOD = "good"
    MISSING = "missing"  # plain HTML on somebody else's site has none
    HASTY = "hasty"
    OLD = "old"
    FORGED = "forged"


def new(form_key: str) -> str:
    return _signer(form_key).sign("s")


def judge(form_key: str, given: str) -> Stamp:
    if not given:
        return Stamp.MISSING
    signer = _signer(form_key)
    try:
        signer.unsign(given[:200], max_age=OLDEST)
    except signing.SignatureExpired:
        return Stamp.OLD
    except signing.BadSignature:
        return Stamp.FORGED
    try:
        signer.unsign(given[:200], max_age=QUICKEST)
    except signing.SignatureExpired:
        return Stamp.GOOD
    return Stamp.HASTY


def for_another_mail(form_key: str, email: str) -> str:
    """For the button “send it again” of the page that says where the mail went. It tells nothing but what was typed."""
    return signing.dumps(email, salt=f"signup again {form_key}")


def address_of(form_key: str, given: str) -> str:
    """The address that `for_another_mail` sealed within the last day; "" for anything else."""
    try:
        return str(signing.loads(given[:1000], salt=f"signup again {form_key}", max_age=OLDEST))
    except signing.BadSignature:
        return ""


def _signer(form_key: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"signup {form_key}")
