"""What a batch says. The apps that write register a loader here, so that delivery knows none of them."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from delivery.models import Batch


class Recipient(NamedTuple):
    """One message as content sees it. `opens` False: no pixel may be in it; `clicks` False: no rewritten link."""

    message_id: int
    contact_id: int | None
    email: str
    merge: dict[str, Any]
    opens: bool
    clicks: bool
    segments: int = 0  # a bit for each of the batch's segments that the person is in
    language: str = ""  # one of the batch's languages; "": it has one for everybody


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes along, as it is; `media_type` without parameters."""

    name: str
    media_type: str
    content: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """Of its type: a calendar file announces something and asks for no answer (RFC 5546)."""
        return {"method": "PUBLISH", "charset": "utf-8"} if self.media_type == "text/calendar" else {}


def _nothing() -> tuple[Attached, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Parts:
    """A message decoded, for previews, ESP interfaces and the message page."""

    headers: list[tuple[str, str]]
    subject: str
    html: str
    text: str
    attached: Callable[[], tuple[Attached, ...]] = _nothing  # read only where a mail leaves


class Compiled(Protocol):
    """A batch's content, compiled once and kept by each worker.

    One that also has `dot_safe = True` cannot break the promise about dots, by the way it builds; others are looked at.
    One that needs more than the database has `fetch()`, called before anything is built, which may raise, and
    `held_bytes`, what it then keeps.
    """

    def envelope_from(self, recipient: Recipient) -> str:
        """The VERP return address, ASCII."""
        ...

    def build(self, recipient: Recipient) -> bytes:
        """The whole RFC 5322 message: CRLF line ends, also the last; octets below 128; no line starts with a dot."""
        ...

    def parts(self, recipient: Recipient) -> Parts: ...


class UnknownContent(LookupError):
    """No app has registered this kind of content."""


_loaders: dict[str, Callable[[Batch], Compiled]] = {}


def register(kind: str, load: Callable[[Batch], Compiled]) -> None:
    """Call it from an app's `ready()`. The last one to register a kind wins."""
    _loaders[kind] = load


def load(batch: Batch, version: int | None = None) -> Compiled:
    """Compile a batch's content; costs milliseconds, so keep the result: one version never changes.

    `version` None: what it says now.
    """
    try:
        loader = _loaders[batch.content_kind]
    except KeyError:
        raise UnknownContent(batch.content_kind) from None
    return loader(batch if version is None or version == batch.version else _as_it_was(batch, version))


def _as_it_was(batch: Batch, version: int) -> Batch:
    before = copy(batch)
    before.content_id = batch.versions.get(version=version).content_id
    return before
