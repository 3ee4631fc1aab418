"""Attachments of a frozen mail: read and encoded once for a batch, whoever gets them in whatever language."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.message import MIMEPart
from typing import Any

from accounts.pictures import files
from accounts.wording import isolated
from delivery.content import Attached

_SHORT_LINES = policy.SMTP.clone(max_line_length=76)  # as all that is written here: see delivery.linter
Frozen = Sequence[dict[str, Any]]  # see campaigns.attachments.freezing.frozen


class Unreadable(Exception):
    """A file is not to be had where files are kept. Its text may be shown."""


@dataclass(frozen=True, slots=True)
class _Kept:
    file: Attached
    part: bytes  # as it stands in a mail


class Files:
    """Those of the mails of one batch; each is read when it is first asked for, and kept as long as this is."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    @property
    def held_bytes(self) -> int:
        return sum(len(kept.file.content) + len(kept.part) for kept in self._kept.values())

    def whole(self, frozen: Frozen) -> tuple[Attached, ...]:
        """Raises Unreadable."""
        return tuple(self._of(one).file for one in frozen)

    def encoded(self, frozen: Frozen, boundary: str) -> list[bytes]:
        """What follows the words of the mail, to the end of it (RFC 2046; names by RFC 2231), to be joined.

        Mails with the same file share its bytes. Raises Unreadable.
        """
        mark, pieces = boundary.encode(), [b"\r\n"]
        for one in frozen:
            pieces += b"--%b\r\n" % mark, self._of(one).part, b"\r\n"
        return [*pieces, b"--%b--\r\n" % mark]

    def _of(self, one: dict[str, Any]) -> _Kept:
        key = json.dumps(one, sort_keys=True)
        found = self._kept.get(key)
        if found is None:
            file = Attached(one["name"], one["type"], _content(one))
            found = self._kept[key] = _Kept(file, _part(file))
        return found


def _part(attached: Attached) -> bytes:
    main, _, sub = attached.media_type.partition("/")
    part = MIMEPart(_SHORT_LINES)
    part.set_content(attached.content, main, sub, disposition="attachment", filename=attached.name)
    for name, value in attached.parameters.items():
        part.set_param(name, value)
    return part.as_bytes()


def _content(one: dict[str, Any]) -> bytes:
    if "text" in one:
        return str(one["text"]).encode()
    try:
        return files.read(one["path"])
    except Exception as problem:  # whatever a storage may raise: each has errors of its own
        words = f"The attachment {isolated(one['name'])} ({one['path']}) cannot be read from the storage."
        raise Unreadable(words) from problem
