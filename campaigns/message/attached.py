"""Attachments of a frozen mail: encoded once for an edition, whoever gets it."""

from collections.abc import Sequence
from email import policy
from email.message import MIMEPart
from typing import Any

from accounts.pictures import files
from delivery.content import Attached

_SHORT_LINES = policy.SMTP.clone(max_line_length=76)  # as all that is written here: see delivery.linter
Frozen = Sequence[dict[str, Any]]  # see campaigns.attachments.attaching.frozen


def read(frozen: Frozen) -> tuple[Attached, ...]:
    """Raises FileNotFoundError."""
    return tuple(Attached(one["name"], one["type"], _content(one)) for one in frozen)


def encoded(frozen: Frozen, boundary: str) -> bytes:
    """What follows the words of the mail, to the end of it (RFC 2046; names by RFC 2231). Raises FileNotFoundError."""
    parts = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), _part(one)) for one in read(frozen))
    return b"\r\n%b--%b--\r\n" % (parts, boundary.encode())


def _part(attached: Attached) -> bytes:
    main, _, sub = attached.media_type.partition("/")
    part = MIMEPart(_SHORT_LINES)
    part.set_content(attached.content, main, sub, disposition="attachment", filename=attached.name)
    for name, value in attached.parameters.items():
        part.set_param(name, value)
    return part.as_bytes()


def _content(one: dict[str, Any]) -> bytes:
    return one["text"].encode() if "text" in one else files.read(one["path"])
