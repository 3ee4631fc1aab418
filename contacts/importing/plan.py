"""How one file is to be read and what shall become of it: everything a person decided about an import."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from typing import Any, Self

from django.db import models


class Status(IntEnum):
    """What the other system says about a person, the heavier the higher."""

    SUBSCRIBED = 0
    UNCONFIRMED = 1
    UNSUBSCRIBED = 2
    BOUNCED = 3
    COMPLAINED = 4


class Target(models.TextChoices):
    IGNORE = "", "Do not import"
    EMAIL = "email", "E-mail address"
    FIRST_NAME = "first_name", "First name"
    LAST_NAME = "last_name", "Last name"
    FULL_NAME = "full_name", "First and last name"
    LANGUAGE = "language", "Language"
    TIME_ZONE = "time_zone", "Time zone"
    STATUS = "status", "Status (subscribed, unsubscribed, bounced …)"
    OPTED_OUT = "opted_out", "Yes means unsubscribed"
    TAGS = "tags", "Tags"
    JSON = "json", "Further fields, as JSON"
    FIELD = "field", "Field"
    NEW = "new", "New field"


class Mode(models.TextChoices):
    FILL = "fill", "Fill in what is missing"
    OVERWRITE = "overwrite", "Replace it by what the file says"
    NEW = "new", "Leave it as it is"


class Consent(models.TextChoices):
    FORM = "form", "They signed up through a form"
    CUSTOMER = "customer", "They are customers and were told"
    IN_PERSON = "in_person", "They agreed in person or on paper"
    OTHER_SYSTEM = "other_system", "They agreed in the system this file comes from"


@dataclass(frozen=True)
class Column:
    target: str = Target.IGNORE
    key: str = ""  # of the field
    label: str = ""  # of a new field
    kind: str = ""  # of a new field


@dataclass(frozen=True)
class Plan:
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    has_header: bool = True
    columns: tuple[Column, ...] = ()
    everyone: int = Status.SUBSCRIBED  # what the whole file says about its people
    day_first: bool = False
    lists: tuple[int, ...] = ()
    mode: str = Mode.FILL
    consent_source: str = ""
    consent_text: str = ""
    fields_found: tuple[str, ...] = ()  # keys that the check met in a JSON column

    @property
    def email_column(self) -> int | None:
        return next((index for index, column in enumerate(self.columns) if column.target == Target.EMAIL), None)

    @property
    def proof(self) -> str:
        """What is kept beside each person as the proof of consent."""
        label = Consent(self.consent_source).label if self.consent_source else ""
        return f"{label}. {self.consent_text}".strip(" .")[:500]

    def change(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        known["columns"] = tuple(Column(**column) for column in data.get("columns", ()))
        known["lists"] = tuple(data.get("lists", ()))
        known["fields_found"] = tuple(data.get("fields_found", ()))
        return cls(**known)
