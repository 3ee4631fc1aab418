"""What a mail may say about the person it goes to: a flat dict of plain values, no object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contacts import tags as tagging
from contacts.models import Field

Plain = str | int | float | bool | list[str]

_EXAMPLES = {
    Field.Kind.TEXT: "Lisbon",
    Field.Kind.NUMBER: "42",
    Field.Kind.DATE: "2026-03-12",
    Field.Kind.BOOLEAN: "true",
    Field.Kind.CHOICE: "Gold",
    Field.Kind.CHOICES: "Jazz, Rock",
    Field.Kind.URL: "https://example.com/",
}


@dataclass(frozen=True)
class Tag:
    name: str
    label: str
    example: str
    default: str = ""  # what a mail says where the value is empty and the tag itself names nothing else
    choices: Sequence[str] = ()
    is_several: bool = False  # choices that a mail may go through one by one


def values(
    email: str, first_name: str, last_name: str, language: str, attributes: Mapping[str, Any]
) -> dict[str, Plain]:
    """What `{{ name }}` stands for. What is not known is left out; an attribute never hides a part of the person."""
    plain: dict[str, Plain] = {
        name: value
        for name, value in attributes.items()
        if isinstance(value, (str, int, float, bool)) or (isinstance(value, list) and _is_chosen(name, value))
    }
    plain["email"], plain["language"] = email or "", language or ""
    plain["first_name"], plain["last_name"] = first_name or "", last_name or ""
    return plain


def tags() -> list[Tag]:
    person = [
        Tag("first_name", "First name", "Ada"),
        Tag("last_name", "Last name", "Lovelace"),
        Tag("email", "E-mail address", "ada@example.com"),
        Tag("language", "Language", "en"),
    ]
    return person + [
        Tag(
            field.key,
            field.label,
            _example(field),
            field.default,
            choices=[str(option) for option in field.options],
            is_several=field.kind == Field.Kind.CHOICES,
        )
        for field in Field.objects.all()
    ]


def defaults() -> dict[str, str]:
    """By merge tag, what its field says for whoever has no value."""
    return dict(Field.objects.exclude(default="").values_list("key", "default"))


def _example(field: Field) -> str:
    if field.kind == Field.Kind.CHOICES and field.options:
        return ", ".join(map(str, field.options[:2]))
    return str(field.options[0]) if field.options else _EXAMPLES[Field.Kind(field.kind)]


def _is_chosen(name: str, value: list[Any]) -> bool:
    """Several choices of theirs; tags are words of the team about them."""
    return bool(value) and name != tagging.KEY and all(isinstance(one, str) for one in value)
