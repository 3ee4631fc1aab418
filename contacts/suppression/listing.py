"""Which suppressed addresses a page or an export shows: an address such as /suppressions/?reason=complaint&q=ana says
it."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.db.models import CharField, Func, Q, QuerySet, Value
from django.http import QueryDict

from contacts.filtering import Chip
from contacts.models import Suppression

# How it became known. Imports may bring words of another system, which are shown as they are.
SOURCES = {
    "smtp": "Answer of a mail server",
    "bounce": "Returned mail",
    "failing": "Out of reach for weeks",
    "complaint": "Report of a mailbox provider",
    "provider": "List of the mail provider",
    "page": "Unsubscribe page",
    "one-click": "Button of a mail program",
    "erasing": "Erased at their wish",
    "hand": "By hand",
    "import": "Import",
}


@dataclass(frozen=True, slots=True)
class Filter:
    search: str = ""
    reason: str = ""
    source: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        reason, source = query.get("reason", ""), query.get("source", "")
        return cls(
            query.get("q", "").strip().replace("\0", "")[:200],
            reason if reason in Suppression.Reason.values else "",
            source if source in SOURCES else "",
        )

    @property
    def is_empty(self) -> bool:
        return not (self.search or self.reason or self.source)

    def apply(self) -> "QuerySet[Suppression]":
        found = Suppression.objects.all()
        if self.search:
            found = found.filter(Q(email__contains=self.search.lower()) | Q(email=_hash(self.search)))
        if self.reason:
            found = found.filter(reason=self.reason)
        if self.source:
            found = found.filter(source=self.source)
        return found

    def query(self, **changes: str) -> str:
        """As it stands in an address, empty for everything."""
        now = {"reason": self.reason, "source": self.source, "q": self.search} | changes
        return urlencode({name: value for name, value in now.items() if value})

    def chips(self) -> list[Chip]:
        reasons = [(known.value, str(known.label)) for known in Suppression.Reason]
        return [
            Chip(label, f"?{self.query(reason=value)}", self.reason == value)
            for value, label in [("", "Any reason"), *reasons]
        ]


def _hash(address: str) -> Func:
    """Whoever was erased is found by the whole address."""
    return Func(Value(address.strip()), function="contacts_erased", output_field=CharField())
