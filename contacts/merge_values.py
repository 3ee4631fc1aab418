"""What a mail may say about the person it goes to: a flat dict of plain values, no object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contacts.models import Field

Plain = str | int | float | bool

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


def values(
    email: str, first_name: str, last_name: str, language: str, attributes: Mapping[str, Any]
) -> dict[str, Plain]:
    """What `{{ name }}` stands for. What is not known is left out; an attribute never hides a part of the person."""
    plain: dict[str, Plain] = {
        name: value for name, value in attributes.items() if isinstance(value, (str, int, float, bool))
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
    return person + [Tag(field.key, field.label, _EXAMPLES[Field.Kind(field.kind)]) for field in Field.objects.all()]
