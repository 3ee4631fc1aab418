"""Whom a change is for: people ticked one by one, or all that a search, a filter or a segment finds."""

from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from accounts.numbers import whole_number
from contacts.filtering import Filter
from contacts.merging import known
from contacts.models import Contact, ContactQuerySet

MOST_TICKED = 500


@dataclass(frozen=True, slots=True)
class Selection:
    ids: tuple[int, ...] = ()
    query: str | None = None  # the filters as an address has them, "" for everyone; None: only those with these ids

    @classmethod
    def of(cls, data: QueryDict) -> Self:
        """From `chosen=7&chosen=9`, or `all=1` and the filters."""
        if data.get("all"):
            return cls(query=Filter.of(data).url().removeprefix("?"))
        found = (whole_number(text) for text in data.getlist("chosen")[:MOST_TICKED])
        return cls(tuple(sorted({number for number in found if number})))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(tuple(data.get("ids") or ()), data.get("query"))

    def to_json(self) -> dict[str, Any]:
        return {"ids": list(self.ids), "query": self.query}

    @property
    def people(self) -> ContactQuerySet:
        if self.query is None:
            return Contact.objects.filter(pk__in=known.numbers_now(self.ids))
        return Filter.of(QueryDict(self.query)).apply()

    def pairs(self) -> list[tuple[str, str]]:
        """As hidden fields of a form beside the filters; `of` reads them again."""
        return [("chosen", str(number)) for number in self.ids] if self.query is None else [("all", "1")]
