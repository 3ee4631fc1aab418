"""Pages by key: each starts behind the last row of the one before, whose starts the address remembers."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.http import urlencode

from accounts.numbers import whole_number

_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a page starts, and the starts of the pages before it."""

    after: int
    trail: tuple[int, ...]

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Place":
        trail = tuple(whole_number(text) or 0 for text in query.get("trail", "").split(".") if text)
        return cls(whole_number(query.get("after")) or 0, trail[-_REMEMBERED:])

    def next_url(self, last_id: int, **filters: str | int) -> str:
        trail = ".".join(map(str, (*self.trail, self.after)[-_REMEMBERED:]))
        return _url(filters | {"after": last_id, "trail": trail})

    def previous_url(self, **filters: str | int) -> str:
        """Empty on the first page; once the trail is forgotten, back to the first."""
        if not self.after:
            return ""
        *rest, before = self.trail or (0,)
        return _url(filters | {"after": before, "trail": ".".join(map(str, rest))})


def _url(values: Mapping[str, str | int]) -> str:
    return f"?{urlencode({name: value for name, value in values.items() if value})}"
