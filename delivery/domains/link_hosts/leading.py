"""Whether a host really leads to this installation.

The address of a pixel of no mail is asked for there. Only who holds our key can tell it from one that is made up, so a
page that answers everything with a picture, and another installation, are found out.
"""

from django.core.exceptions import ValidationError

from accounts.egress.fetching import Client, Limits, NoAnswer, Validity
from accounts.egress.guard import Refused
from accounts.organisation import public_address
from delivery import tokens

_LIMITS = Limits(seconds=8.0, answer_bytes=20_000, redirects=0)
_NO_MAIL = 0


class NotOurs(Exception):
    """The host does not lead here. The text may be shown, and says what to do."""

    def __init__(self, why: str, cure: str) -> None:
        super().__init__(f"{why} {cure}")
        self.why, self.cure = why, cure


def clean(text: str, before: str) -> str:
    """What somebody entered, as scheme and host that lead here; what stood there `before` is not asked again.

    ValidationError, with what to do, for what will not.
    """
    if not text:
        return ""
    try:
        address = public_address.clean(text)
        if address == before:
            return address
        if why := public_address.why_not_for_real(address):
            raise ValidationError(why)
        check(address)
    except (public_address.Unusable, NotOurs) as problem:
        raise ValidationError(str(problem)) from problem
    return address


def check(address: str, client: Client | None = None) -> Validity | None:
    """`address` is scheme and host. When its certificate is valid; None without one. Raises NotOurs."""
    asked = client or Client(_LIMITS)
    token = tokens.seal(tokens.OPEN, _NO_MAIL)
    try:
        known = asked.get(f"{address}/o/{token}")
        made_up = asked.get(f"{address}/o/{token[::-1]}")
    except (Refused, NoAnswer) as problem:
        cure = "Point the name to this server (a CNAME or an A record), give it a certificate, and try again."
        raise NotOurs(str(problem), cure) from problem
    if known.status != 200 or not known.body.startswith(b"GIF") or made_up.status != 404:
        raise NotOurs(
            "Something else answers there.",
            "Have the proxy in front of this server take the name, too, and hand on what begins with /o/ and /c/.",
        )
    return known.certificate
