"""How one file is to be read and what shall become of it: everything a person decided about an import."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import IntEnum
from typing import Any, Self

from django.db import models

from contacts.grounds.models import Basis, ListBasis


class Status(IntEnum):
    """What the other system says about a person, the heavier the higher."""

    UNKNOWN = -1  # of a whole file: somebody has to say it
    SUBSCRIBED = 0
    UNCONFIRMED = 10
    HELD = 20
    UNSUBSCRIBED = 30
    SOFT_BOUNCED = 40
    BLOCKED = 50
    BOUNCED = 60
    COMPLAINED = 70


class Target(models.TextChoices):
    IGNORE = "", "Do not import"
    EMAIL = "email", "E-mail address"
    FIRST_NAME = "first_name", "First name"
    LAST_NAME = "last_name", "Last name"
    FULL_NAME = "full_name", "First and last name"
    LANGUAGE = "language", "Language"
    TIME_ZONE = "time_zone", "Time zone"
    STATUS = "status", "Status (subscribed, unsubscribed, bounced …)"
    OPTED_OUT = "opted_out", "Yes, a date or a reason means unsubscribed"
    OPTED_IN = "opted_in", "No means unsubscribed"
    CONFIRMED = "confirmed", "No means not confirmed"
    UNCONFIRMED = "unconfirmed", "Yes means not confirmed"
    BOUNCED = "bounced", "Yes, a date or a reason means bounced"
    COMPLAINED = "complained", "Yes or a date means marked as spam"
    PROOF = "proof", "Proof of consent (when, from where, how)"
    ASK = "ask", "Not decided yet"
    LISTS = "lists", "Lists they are on"
    LISTS_UNCONFIRMED = "lists_unconfirmed", "Lists they have not confirmed"
    LISTS_LEFT = "lists_left", "Lists they left"
    DETAIL = "detail", "Detail of a suppression"
    SOURCE = "source", "Source of a suppression"
    SINCE = "since", "Suppressed since"
    OPENS = "opens", "Whether opens may be counted"
    CLICKS = "clicks", "Whether clicks may be counted"
    TAGS = "tags", "Tags"
    JSON = "json", "Further fields, as JSON"
    FIELD = "field", "Field"
    NEW = "new", "New field"


CONSENT = frozenset(
    (
        Target.STATUS,
        Target.OPTED_OUT,
        Target.OPTED_IN,
        Target.CONFIRMED,
        Target.UNCONFIRMED,
        Target.BOUNCED,
        Target.COMPLAINED,
        Target.ASK,
    )
)
BELONGING = (
    Target.LISTS,
    Target.LISTS_UNCONFIRMED,
    Target.LISTS_LEFT,
    Target.DETAIL,
    Target.SOURCE,
    Target.SINCE,
    Target.OPENS,
    Target.CLICKS,
)
COUNTING = (Target.OPENS, Target.CLICKS)
# Quoted as the proof of who agreed, and of who left: see rows.quoting.
AGREED = (Target.PROOF, Target.OPTED_IN, Target.CONFIRMED)
LEFT = (Target.OPTED_OUT, Target.BOUNCED, Target.COMPLAINED, Target.PROOF)
# Any number of columns may go to each of these, fields by their keys.
MANY_COLUMNS = (Target.IGNORE, Target.FIELD, Target.NEW, Target.PROOF, *CONSENT)


class Mode(models.TextChoices):
    FILL = "fill", "Fill in what is missing"
    OVERWRITE = "overwrite", "Replace it by what the file says"
    NEW = "new", "Leave it as it is"


class Consent(models.TextChoices):
    FORM = "form", "They signed up through a form"
    CUSTOMER = "customer", "They are customers and were told"
    IN_PERSON = "in_person", "They agreed in person or on paper"
    OTHER_SYSTEM = "other_system", "They agreed in the system this file comes from"


class Repeated(models.TextChoices):
    FIRST = "first", "The first row of each counts"
    LAST = "last", "The last row of each counts"


@dataclass(frozen=True)
class Column:
    target: str = Target.IGNORE
    key: str = ""  # of the field
    label: str = ""  # of a new field
    kind: str = ""  # of a new field
    meanings: tuple[tuple[str, int], ...] = ()  # of words in a column about consent, as somebody decided them
    otherwise: int | None = None  # what any other unknown word there means
    is_disregarded: bool = False  # it speaks of consent, and somebody confirmed that it shall not count


# What people say and no file does: it holds however the file is read.
DECIDED = (
    *("lists", "mode", "consent_source", "consent_text", "legal_basis", "months", "tags", "repeated"),
    *("leaves_out_roles", "leaves_out_disposable"),
)


@dataclass(frozen=True)
class Plan:
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    has_header: bool = True
    title_lines: int = 0  # records above the header
    columns: tuple[Column, ...] = ()
    everyone: int = Status.SUBSCRIBED  # what the whole file says about its people
    day_first: bool = False
    lists: tuple[int, ...] = ()
    mode: str = Mode.FILL
    consent_source: str = ""
    consent_text: str = ""
    legal_basis: str = ""  # of contacts.grounds, for lists that have none; empty: nothing is said of it
    months: int | None = None  # for how long it holds
    tags: tuple[str, ...] = ()  # for everybody in the file
    repeated: str = Repeated.FIRST
    leaves_out_roles: bool = False  # info@, sales@ …
    leaves_out_disposable: bool = False
    only_suppress: bool = False  # the addresses are suppressed, nobody becomes a contact
    fields_found: tuple[str, ...] = ()  # keys that the check met in a JSON column

    @property
    def email_column(self) -> int | None:
        return next((index for index, column in enumerate(self.columns) if column.target == Target.EMAIL), None)

    @property
    def clashes(self) -> dict[int, int]:
        """Columns that go where an earlier one goes already, each with that earlier one."""
        first: dict[tuple[str, str], int] = {}
        found = {}
        for index, column in enumerate(self.columns):
            place = ("", column.key) if column.key else (column.target, "")
            if column.key or column.target not in MANY_COLUMNS:
                earlier = first.setdefault(place, index)
                if earlier != index:
                    found[index] = earlier
        return found

    @property
    def tells_belonging(self) -> bool:
        """Whether rows name lists of their own, how a suppression came about, or whether people may be counted."""
        return any(column.target in BELONGING for column in self.columns)

    @property
    def tells_proof(self) -> bool:
        """Whether the file says itself when, from where or why somebody agreed or left: see rows.quoting."""
        return any(column.target in (*AGREED, *LEFT) for column in self.columns)

    @property
    def tells_tags(self) -> bool:
        return bool(self.tags) or any(column.target in (Target.TAGS, Target.JSON) for column in self.columns)

    @property
    def tells_counting(self) -> bool:
        return any(column.target in COUNTING for column in self.columns)

    @property
    def gives_basis(self) -> bool:
        """Whether lists that have none get a legal basis: somebody may be put on them, and it was said."""
        return bool(self.legal_basis) and not self.only_suppress and self.everyone < Status.HELD

    @property
    def basis_words(self) -> str:
        """What it gives, where it was said."""
        return ListBasis(basis=self.legal_basis, months=self.months).words

    @property
    def agreed(self) -> str:
        """How they agreed, in words."""
        label = Consent(self.consent_source).label if self.consent_source else ""
        return f"{label}. {self.consent_text}".strip(" .")

    @property
    def proof(self) -> str:
        """What is kept beside each person as the proof of consent."""
        basis = f"Legal basis: {self.basis_words}" if self.legal_basis else ""
        return ". ".join(filter(None, (self.agreed, basis)))[:500]

    def change(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        known["columns"] = tuple(_column(column) for column in data.get("columns", ()))
        known["lists"] = tuple(data.get("lists", ()))
        known["tags"] = tuple(data.get("tags", ()))
        known["fields_found"] = tuple(data.get("fields_found", ()))
        if known.get("legal_basis") == "customers":  # as imports called it before lists had a basis
            known["legal_basis"] = Basis.SOFT_OPT_IN.value
        return cls(**known)


def guessed_columns(options: Mapping[str, Any]) -> tuple[Column, ...]:
    """What the columns of an import were taken for before anybody chose."""
    return tuple(_column(column) for column in options.get("guessed", ()))


def _column(data: Mapping[str, Any]) -> Column:
    meanings = tuple((str(word), int(status)) for word, status in data.get("meanings", ()))
    return Column(**{**data, "meanings": meanings})
