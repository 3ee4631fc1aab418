"""Which suppressed addresses a page or an export shows: an address such as /suppressions/?reason=complaint&q=ana says
it."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.db.models import CharField, Func, Q, QuerySet, Value
from django.http import QueryDict
from django.urls import reverse

from accounts.numbers import whole_number
from contacts.filtering import Chip
from contacts.models import ListSuppression, Suppression
from contacts.suppression import holding

ONE_LIST = "list"
# How it became known. Imports may bring words of another system, which are shown as they are.
SOURCES = {
    "smtp": "Answer of a mail server",
    "bounce": "Returned mail",
    "failing": "Out of reach for weeks",
    "review": "Kept after a look",
    "complaint": "Report of a mailbox provider",
    "provider": "List of the mail provider",
    "page": "Unsubscribe page",
    "one-click": "Button of a mail program",
    "erasing": "Erased at their wish",
    "hand": "By hand",
    "moved": "Change of address",
    "merged": "Merged contacts",
    "import": "Import",
    holding.WAITING: "A report that waits for a look",
}


def source_in_words(source: str) -> str:
    return SOURCES.get(holding.WAITING if holding.is_waiting(source) else source, source)


@dataclass(frozen=True, slots=True)
class Filter:
    search: str = ""
    reason: str = ""
    source: str = ""
    scope: str = ""  # empty: all mail; ONE_LIST, or the number of a list

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        reason, source, scope = query.get("reason", ""), query.get("source", ""), query.get("for", "")
        return cls(
            query.get("q", "").strip().replace("\0", "")[:200],
            reason if reason in Suppression.Reason.values else "",
            source if source in SOURCES else "",
            scope if scope == ONE_LIST or whole_number(scope) is not None else "",
        )

    @property
    def is_empty(self) -> bool:
        return not (self.search or self.reason or self.source or self.scope)

    def apply(self) -> "QuerySet[Suppression]":
        found = Suppression.objects.all()
        if self.search:
            found = found.filter(Q(email__contains=self.search.lower()) | Q(email=_hash(self.search)))
        if self.reason:
            found = found.filter(reason=self.reason)
        if self.source:
            found = found.filter(holding.IS_WAITING if self.source == holding.WAITING else Q(source=self.source))
        return found

    def of_lists(self) -> "QuerySet[ListSuppression]":
        """Addresses that are suppressed for one list alone."""
        found = ListSuppression.objects.select_related("list", "by")
        if self.search:
            found = found.filter(email__contains=self.search.lower())
        return found if self.scope == ONE_LIST else found.filter(list=whole_number(self.scope))

    def scopes(self) -> list[Chip]:
        here = reverse("suppressions")
        names = [("", "All mail"), (ONE_LIST, "One list only")]
        return [Chip(label, f"{here}?{self._scoped(value)}", bool(self.scope) == bool(value)) for value, label in names]

    def _scoped(self, scope: str) -> str:
        return urlencode({name: value for name, value in (("for", scope), ("q", self.search)) if value})

    def query(self, **changes: str) -> str:
        """As it stands in an address, empty for everything."""
        now = {"reason": self.reason, "source": self.source, "q": self.search} | changes
        now["for"] = self.scope
        return urlencode({name: value for name, value in now.items() if value})

    def chips(self) -> list[Chip]:
        here = reverse("suppressions")
        reasons = [(known.value, str(known.label)) for known in Suppression.Reason]
        return [
            Chip(label, f"{here}?{self.query(reason=value)}", self.reason == value)
            for value, label in [("", "Any reason"), *reasons]
        ]


def _hash(address: str) -> Func:
    """Whoever was erased is found by the whole address."""
    return Func(Value(address.strip()), function="contacts_erased", output_field=CharField())
