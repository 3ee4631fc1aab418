"""One request of a provider's: as it came, as it is kept, and as it is read again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 2**21  # SendGrid's batches reach 768 kB; Mandrill's carry a mail's details with each event
FORM_PREFIX = "webhook:"

_KEPT = frozenset({"content-type", "user-agent", "date", "svix-id"})
_KEPT_PREFIXES = ("x-amz-sns-", "x-postal-", "x-twilio-", "svix-", "x-mandrill-", "x-mailgun-", "x-sparkpost-")
_DEEPEST = 40


class Refused(ValueError):
    """Not from whom it says it is. The words are for staff; the caller learns nothing from them.

    `asks_for_login`: the other side may know the password and waits for being asked (RFC 9110 11.6.1).
    """

    def __init__(self, words: str, *, asks_for_login: bool = False) -> None:
        super().__init__(words)
        self.asks_for_login = asks_for_login


class NotNow(Exception):
    """Nothing is wrong with it, but it cannot be checked at the moment: the provider is to send it again."""


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` by their names in lower case; `url`: the whole address as the provider knows it."""

    headers: Mapping[str, str]
    body: bytes
    url: str = field(default="", repr=False)

    @property
    def is_form(self) -> bool:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() in _FORMS

    def json(self) -> Any:
        """Raises ValueError, also for what is nested too deeply or no text."""
        return decoded(self.body)

    def raw(self, kind: str) -> bytes:
        """What is kept: a line that says what came, without secrets and addresses, and the body as it was."""
        head = {"method": "POST", "path": f"/w/{kind}/…", "headers": _needed(self.headers)}
        return json.dumps(head, ensure_ascii=False).encode() + b"\n" + self.body


_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def kept(raw: bytes) -> Request:
    """The same again. Raises ValueError."""
    head, _, body = raw.partition(b"\n")
    headers = decoded(head)["headers"]
    return Request({str(name): str(value) for name, value in headers.items()}, body)


def decoded(text: str | bytes) -> Any:
    """JSON of a stranger's. Raises ValueError."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _is_too_deep(found):
        raise ValueError("nested too deeply")
    return found


def _is_too_deep(found: Any) -> bool:
    layer: list[Any] = [found]
    for _ in range(_DEEPEST):
        layer = [inner for each in layer for inner in _within(each)]
        if not layer:
            return False
    return True


def _within(found: Any) -> Iterator[Any]:
    if isinstance(found, dict):
        yield from (inner for inner in found.values() if isinstance(inner, dict | list))
    elif isinstance(found, list):
        yield from (inner for inner in found if isinstance(inner, dict | list))


def _needed(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value[:500]
        for name, value in sorted(headers.items())
        if (name in _KEPT or name.startswith(_KEPT_PREFIXES)) and "secret" not in name and "token" not in name
    }
