"""The columns of the table, and which of them a user wants to see. The address stands first in any case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from contacts import fields
from contacts.models import ChosenColumns, Contact, Field

Place = ChosenColumns.Place


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    kind: str  # text, day, state
    value: Callable[[Contact], Any]


def _lists(person: Contact) -> str:
    on = (one.list.name for one in person.subscriptions.all() if one.state == "subscribed")
    return ", ".join(sorted(on))


def _own(key: str) -> Callable[[Contact], str]:
    return lambda person: fields.as_text(person.attributes.get(key))


def _said_or_guessed(said: str, guessed: str) -> str:
    return said or (f"{guessed} (guessed)" if guessed else "")


_STANDING = (
    Column("name", "Name", "text", lambda person: person.name),
    Column("state", "State", "state", lambda person: person.best_state),
    Column("lists", "Lists", "text", _lists),
    Column("tags", "Tags", "text", lambda person: fields.as_text(person.attributes.get("tags"))),
    Column("sent", "Last mail", "day", lambda person: person.last_sent_at),
    Column("opened", "Last open", "day", lambda person: person.last_opened_at),
    Column("clicked", "Last click", "day", lambda person: person.last_clicked_at),
    Column("added", "Added", "day", lambda person: person.created_at),
    Column("language", "Language", "text", lambda person: _said_or_guessed(person.language, person.guessed_language)),
    Column(
        "time_zone", "Time zone", "text", lambda person: _said_or_guessed(person.time_zone, person.guessed_time_zone)
    ),
    Column("source", "Source", "text", lambda person: person.source),
)
DEFAULT = ("name", "state", "clicked", "added")


def every() -> list[Column]:
    own = (Column(f"field:{one.key}", one.label, "text", _own(one.key)) for one in Field.objects.all())
    return [*_STANDING, *own]


def shown_to(user: User, among: Sequence[Column]) -> list[Column]:
    """In the order of the menu; columns that are gone are left out."""
    keys = chosen(user, Place.TABLE, DEFAULT)
    return [one for one in among if one.key in keys]


def chosen(user: User, place: str, otherwise: Sequence[str]) -> Sequence[str]:
    found = ChosenColumns.objects.filter(user=user, place=place).values_list("keys", flat=True).first()
    return otherwise if found is None else found


def keep(user: User, place: str, keys: Sequence[str]) -> None:
    ChosenColumns.objects.update_or_create(user=user, place=place, defaults={"keys": list(keys)})
