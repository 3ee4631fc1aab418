"""A host of its own for counted links and the pixel: whether it really leads to this installation.

The address of a pixel of no mail is asked for there. Only who holds our key can tell it from one that is made up, so a
page that answers everything with a picture, and another installation, are found out.
"""

from accounts.egress.fetching import Client, Limits, NoAnswer
from accounts.egress.guard import Refused
from delivery import tokens
from tracking import slim

_LIMITS = Limits(seconds=8.0, answer_bytes=20_000, redirects=0)
_NO_MAIL = 0


class NotOurs(Exception):
    """The host does not lead here. The text may be shown."""


def check(address: str, client: Client | None = None) -> None:
    """`address` is scheme and host. Raises NotOurs with what to do."""
    asked = client or Client(_LIMITS)
    token = tokens.seal(tokens.OPEN, _NO_MAIL)
    try:
        known = asked.get(f"{address}/o/{token}")
        made_up = asked.get(f"{address}/o/{token[::-1]}")
    except (Refused, NoAnswer) as problem:
        raise NotOurs(
            f"{problem} Point the name to this server (a CNAME or an A record), give it a certificate, and try again."
        ) from None
    if known.status != 200 or known.body != slim.PICTURE or made_up.status != 404:
        raise NotOurs(
            "Something else answers there. Have the proxy in front of this server take the name, too, and hand on "
            "what begins with /o/ and /c/."
        )
