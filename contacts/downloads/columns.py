"""What an export of people can hold, and its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contacts import fields
from contacts.exporting import joined
from contacts.models import Contact, ContactQuerySet, Field, Subscription, TrackingConsent

SLICE = 2_000
_MAY = {TrackingConsent.UNKNOWN.value: "", TrackingConsent.GIVEN.value: "yes", TrackingConsent.REFUSED.value: "no"}
States = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    value: Callable[[Contact, States], Any]  # of the person, and the names of their lists by state


def _moment(name: str) -> Callable[[Contact, States], str]:
    def value(person: Contact, states: States) -> str:
        at = getattr(person, name)
        return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else ""

    return value


def _lists(state: Subscription.State) -> Callable[[Contact, States], str]:
    return lambda person, states: joined(states.get(state, ()))


def _own(key: str) -> Callable[[Contact, States], str]:
    return lambda person, states: fields.as_text(person.attributes.get(key))


_FIRST = (
    Column("email", "Email", lambda person, states: person.email),
    Column("first_name", "First name", lambda person, states: person.first_name),
    Column("last_name", "Last name", lambda person, states: person.last_name),
    Column("language", "Language", lambda person, states: person.language),
    Column("time_zone", "Time zone", lambda person, states: person.time_zone),
)
_LAST = (
    Column("tags", "Tags", lambda person, states: joined(person.attributes.get("tags") or ())),
    Column("lists", "Lists", _lists(Subscription.State.SUBSCRIBED)),
    Column("unconfirmed", "Not confirmed on", _lists(Subscription.State.UNCONFIRMED)),
    Column("unsubscribed", "Unsubscribed from", _lists(Subscription.State.UNSUBSCRIBED)),
    Column("suppressed", "Suppressed", lambda person, states: getattr(person, "suppression_reason", "") or ""),
    Column("opens", "Opens may be counted", lambda person, states: _MAY[person.open_consent]),
    Column("clicks", "Clicks may be counted", lambda person, states: _MAY[person.click_consent]),
    Column("added", "Added", _moment("created_at")),
)
_ASKED_FOR = (
    # Beside what was said, so that no import of it elsewhere takes a guess for a word.
    Column("guessed_language", "Guessed language", lambda person, states: person.guessed_language),
    Column("guessed_time_zone", "Guessed time zone", lambda person, states: person.guessed_time_zone),
    Column("source", "Source", lambda person, states: person.source),
    Column("sent", "Last mail", _moment("last_sent_at")),
    Column("opened", "Last open", _moment("last_opened_at")),
    Column("clicked", "Last click", _moment("last_clicked_at")),
)


def every() -> list[Column]:
    own = (Column(f"field:{one.key}", one.label, _own(one.key)) for one in Field.objects.all())
    return [*_FIRST, *own, *_LAST, *_ASKED_FOR]


def usual() -> list[str]:
    """All that tells who it is and what they agreed to: an import of it elsewhere keeps that."""
    extra = {one.key for one in _ASKED_FOR}
    return [one.key for one in every() if one.key not in extra]


def named(keys: Sequence[str]) -> list[Column]:
    """In the order of the menu; columns that are gone are left out, and without the address nobody is told apart."""
    return [one for one in every() if one.key in keys or one.key == "email"]


def slices(found: ContactQuerySet, columns: Sequence[Column]) -> Iterator[list[list[Any]]]:
    """All of them by number, in constant memory."""
    after = 0
    while people := list(found.with_suppression().filter(pk__gt=after).order_by("pk")[:SLICE]):
        lists = _names(people)
        yield [[column.value(person, lists.get(person.pk, {})) for column in columns] for person in people]
        after = people[-1].pk


def _names(people: list[Contact]) -> dict[int, States]:
    """For each person the names of the lists in each state."""
    found: dict[int, States] = {}
    rows = Subscription.objects.filter(contact__in=people).values_list("contact_id", "list__name", "state")
    for contact_id, name, state in rows.order_by("list__name"):
        found.setdefault(contact_id, {}).setdefault(state, []).append(name)
    return found
