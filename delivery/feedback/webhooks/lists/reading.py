"""Providers' own lists: whom they take mail for, and never send it to. Read over their interfaces, page by page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.egress.fetching import Answer, Client, Limits, NoAnswer
from accounts.egress.guard import Refused
from delivery.feedback.webhooks.request import decoded

BOUNCED, COMPLAINED, LEFT, OTHER = "bounced", "complained", "left", "other"
MOST = 200_000
_PAGES = 2_000
_LARGEST_PAGE = 20_000_000


class NotRead(Exception):
    """The text is for staff."""


@dataclass(frozen=True, slots=True)
class Listed:
    email: str
    reason: str  # BOUNCED, COMPLAINED, LEFT or OTHER
    since: datetime | None = None
    words: str = ""


@dataclass(slots=True)
class Asking:
    """Asks a provider; how much and how often is bounded. Every method raises NotRead."""

    client: Client
    left: int = _PAGES

    def get(self, url: str, headers: Mapping[str, str]) -> Any:
        self.left -= 1
        if self.left < 0:
            raise NotRead("Their list has more pages than we read.")
        try:
            answer = self.client.get(url, headers)
        except (Refused, NoAnswer) as problem:
            raise NotRead(str(problem)) from None
        return self._content(answer)

    def _content(self, answer: Answer) -> Any:
        if answer.status in (401, 403):
            raise NotRead("The key may not read that list. Make one that may, and enter it here.")
        if answer.status == 429:
            raise NotRead("They ask us to wait. It is tried again tomorrow.")
        if answer.status != 200:
            raise NotRead(f"They answered {answer.status}.")
        try:
            return decoded(answer.body)
        except ValueError:
            raise NotRead("Their answer cannot be read.") from None


Read = Callable[[Asking, Mapping[str, str]], Iterable[Listed]]


def asking() -> Asking:
    return Asking(Client(Limits(seconds=30, answer_bytes=_LARGEST_PAGE, redirects=0)))


def needed(keys: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """Raises NotRead."""
    values = tuple(str(keys.get(name) or "").strip() for name in names)
    if not all(values):
        raise NotRead("The key for their list is not entered here.")
    if any(not value.isascii() or not value.isprintable() for value in values):
        raise NotRead("The key for their list holds characters that no key has.")
    return values


def entries(content: Any, *path: str) -> list[dict[str, Any]]:
    """The list of objects at a place of an answer. Raises NotRead."""
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise NotRead("Their answer has another form than we know.")
    return content


def moment(found: object) -> datetime | None:
    try:
        if isinstance(found, int | float):
            return datetime.fromtimestamp(found, tz=UTC)
        at = datetime.fromisoformat(str(found))
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
