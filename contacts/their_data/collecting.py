"""Who tells what of a person's data: one collector for the page and the download; each part registers its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from accounts.registry import Registry
from contacts.erasing import registry as erasing
from contacts.merging import known
from contacts.models import Contact

Row = Mapping[str, Any]
_MOST = 20_000  # of one kind: somebody with more has been here for a lifetime


class Asking:
    """Who asks for it, and what every part looks for: found once for all of them."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        self.addresses = known.numbers(contact)  # in lower case, also of people merged into them, with their numbers

    @property
    def keys(self) -> list[str]:
        return list(self.addresses)

    @cached_property
    def mails(self) -> list[int]:
        """Numbers of the mails to them, also of those to their address alone, such as about a sign-up."""
        return sorted({number for key in self.keys for number in erasing.mails_of([self.contact.pk], key)})


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing. The names of the values are what a person reads, and the same in the download."""

    name: str
    title: str
    rows: Sequence[Row]

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(name for row in self.rows for name in row))

    @property
    def table(self) -> list[list[Any]]:
        return [[row.get(name, "") for name in self.columns] for row in self.rows]


Source = Callable[[Asking], Iterable[Section]]
_sources = Registry[Source]()
register = _sources.register


def of(contact: Contact) -> list[Section]:
    asking = Asking(contact)
    return [section for source in _sources for section in source(asking)]


def as_json(contact: Contact, sections: Iterable[Section]) -> dict[str, Any]:
    organisation = Organisation.get()
    about = {"of": contact.email, "by": organisation.name if organisation else "", "made": moment(timezone.now())}
    return about | {section.name: [dict(row) for row in section.rows] for section in sections}


def moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S %z}" if at else ""


def rows(found: Any) -> Any:
    """The latest so many of a query set, the latest first."""
    return found.order_by("-pk")[:_MOST]
