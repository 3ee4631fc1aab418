"""Who tells what of a person's data: one collector for the page and the download; other parts register theirs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import AuditEntry, Organisation
from accounts.registry import Registry
from contacts.merging import known
from contacts.models import Contact, ListSuppression, SignupRequest, Suppression
from contacts.profile import changing
from contacts.timeline import consent_in_words

Row = Mapping[str, Any]
_MOST = 20_000  # of one kind: somebody with more has been here for a lifetime


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing. The names of the values are what a person reads, and the same in the download."""

    name: str
    title: str
    rows: list[Row]

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(name for row in self.rows for name in row))

    @property
    def table(self) -> list[list[Any]]:
        return [[row.get(name, "") for name in self.columns] for row in self.rows]


Source = Callable[[Contact], Iterable[Section]]
_sources = Registry[Source]()
register = _sources.register


def of(contact: Contact) -> list[Section]:
    return [section for source in (_own, *_sources) for section in source(contact)]


def as_json(contact: Contact, sections: Iterable[Section]) -> dict[str, Any]:
    organisation = Organisation.get()
    about = {"of": contact.email, "by": organisation.name if organisation else "", "made": moment(timezone.now())}
    return about | {section.name: [dict(row) for row in section.rows] for section in sections}


def moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S %z}" if at else ""


def rows(found: Any) -> Any:
    """The latest so many of a query set, the latest first."""
    return found.order_by("-pk")[:_MOST]


def _own(contact: Contact) -> Iterator[Section]:
    named = changing.labels()
    values = {named.get(name, name): text for name, text in changing.values(contact).items()}
    counting = {
        "Counting opens": contact.get_open_consent_display(),
        "Counting clicks": contact.get_click_consent_display(),
        "Guessed language": contact.guessed_language,
        "Guessed time zone": contact.guessed_time_zone,
        "Source": contact.source,
        "Added": moment(contact.created_at),
        "Last mail": moment(contact.last_sent_at),
        "Last open": moment(contact.last_opened_at),
        "Last click": moment(contact.last_clicked_at),
    }
    yield Section("person", "You", [values | counting])
    keys = known.keys(contact)
    yield Section(
        "merged",
        "Addresses that became one with yours",
        [{"Address": one.email, "When": moment(one.at)} for one in contact.merges.all()],
    )
    lists = contact.subscriptions.select_related("list").order_by("list__name")
    yield Section(
        "lists",
        "Lists",
        [{"List": one.list.name, "State": one.get_state_display(), "Since": moment(one.changed_at)} for one in lists],
    )
    yield Section("consent", "What you agreed to or left", list(_consent(contact)))
    yield Section("suppression", "Why you get no mail", list(_suppressed(keys)))
    asked = rows(SignupRequest.objects.filter(Q(key__in=keys) | Q(contact=contact)))
    yield Section(
        "sign_ups",
        "Sign-ups",
        [
            {
                "When": moment(one.asked_at),
                "Where": one.site,
                "Internet address": one.ip or "",
                "Program": one.user_agent,
            }
            for one in asked
        ],
    )
    notes = rows(contact.notes)
    yield Section("notes", "Notes about you", [{"When": moment(one.at), "Note": one.text} for one in notes])
    changes = rows(contact.value_changes)
    yield Section(
        "changes",
        "Values changed by hand",
        [
            {"When": moment(one.at), "Value": named.get(name, name), "Before": before, "After": after}
            for one in changes
            for name, (before, after) in one.values.items()
        ],
    )
    whose = reduce(or_, (Q(subject__iexact=one[:200]) for one in keys))
    entries = rows(AuditEntry.objects.filter(whose))
    yield Section("log", "What people here did", [{"When": moment(one.at), "What": one.action} for one in entries])


def _consent(contact: Contact) -> Iterator[Row]:
    for event in rows(contact.consent_events.select_related("list", "by")):
        where = {"Internet address": event.ip or ""}
        yield {"When": moment(event.at), "What": consent_in_words(event), "Words": event.text} | where
    for event in rows(contact.tracking_events):
        what = f"Counting {event.get_part_display().lower()}: {event.state}"
        yield {"When": moment(event.at), "What": what, "Words": event.text, "Internet address": event.ip or ""}


def _suppressed(keys: Sequence[str]) -> Iterator[Row]:
    for one in Suppression.objects.filter(email__in=keys).order_by("created_at"):
        said = {"Reason": one.get_reason_display(), "Detail": one.detail, "Since": moment(one.created_at)}
        yield {"Address": one.email} | said
    for own in ListSuppression.objects.filter(email__in=keys).select_related("list").order_by("created_at"):
        said = {"Reason": f"No mail of the list {own.list}", "Detail": own.detail, "Since": moment(own.created_at)}
        yield {"Address": own.email} | said
