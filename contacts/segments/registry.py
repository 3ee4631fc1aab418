"""The closed set of conditions: only what is registered here can be asked. Pure.

A condition is a class in a file of its own. It says what its row asks, checks it, and turns it into SQL about the
contact `c`, with parameters; nothing a person typed ever becomes a part of the text.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from contacts.segments.known import Known
from contacts.segments.predicate import Sql

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Input:
    """One control of a row. `kind`: choice, text, number, days or date; `options` are (value, words)."""

    name: str
    label: str
    kind: str = "choice"
    options: Sequence[tuple[str, str]] = ()
    suggestions: Sequence[str] = ()
    suffix: str = ""


class Condition(ABC):
    key: ClassVar[str]
    label: ClassVar[str]
    heading: ClassVar[str] = "About the person"
    missing: ClassVar[str]  # how people count of whom it is not known, in a sentence or two

    @abstractmethod
    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        """The row's controls in their order, given what is chosen so far."""

    @abstractmethod
    def sql(self, values: Values, known: Known) -> Sql:
        """Whether the contact `c` fits; only asked when `problem` says nothing."""

    @abstractmethod
    def words(self, values: Values, known: Known) -> str:
        """The row as the part of a sentence behind "people": “whose city is Paris”."""

    @abstractmethod
    def shown(self, values: Values, known: Known) -> Sql:
        """A text: the value of `c` that decided."""

    def opposite(self, values: Values) -> Values | None:
        """The row that holds exactly everybody else, where there is one: fewer people may be quicker to count."""
        return None

    def known(self) -> Mapping[str, Any]:
        """What it needs to know of the installation, for `Known.more`; the one that may ask the database."""
        return {}

    def problem(self, values: Values, known: Known) -> str:
        """Why the row cannot be asked as it is; "" when it can."""
        said = (_wrong(control, values.get(control.name, "")) for control in self.inputs(values, known))
        return next(filter(None, said), "")

    def to_mend(self, values: Values, known: Known) -> str:
        """Where `problem` says something, the control it is about: what is wrong by itself, else what is typed."""
        controls = self.inputs(values, known)
        wrong = (one for one in controls if _wrong(one, values.get(one.name, "")))
        typed = (one for one in controls if one.kind != "choice")
        return next((one.name for found in (wrong, typed, controls) for one in found), "")


def turned(values: Values, *pairs: tuple[str, str]) -> Values | None:
    """For `Condition.opposite`: the same row with the other of two comparisons."""
    others = {**dict(pairs), **{there: here for here, there in pairs}}
    how = others.get(values.get("how", ""))
    return {**values, "how": how} if how else None


def _wrong(control: Input, text: str) -> str:
    if control.kind == "choice" and text not in {value for value, _ in control.options}:
        return f"Choose {_article(control.label)}." if not text else f"What was chosen as {control.label} is gone."
    if not text:
        return f"Enter {_article(control.label)}."
    if control.kind == "number" and not _is_number(text):
        return f"“{text[:40]}” is not a number."
    if control.kind == "days" and not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text)):
        return "Enter a number of days from 1 to 9999."
    if control.kind == "date" and not _is_date(text):
        return f"“{text[:40]}” is not a date. It looks like 2026-03-12."
    return ""


_conditions: dict[str, Condition] = {}


def register(*conditions: type[Condition]) -> None:
    """By the part that knows what is asked about, in its `ready()`."""
    _conditions.update((condition.key, condition()) for condition in conditions)


def find(key: str) -> Condition | None:
    return _conditions.get(key)


def every() -> Sequence[Condition]:
    """In the order of their headings, then as registered."""
    order = list(dict.fromkeys(condition.heading for condition in _conditions.values()))
    return sorted(_conditions.values(), key=lambda condition: order.index(condition.heading))


def _article(label: str) -> str:
    return f"{'an' if label[:1] in 'aeio' else 'a'} {label}"


def _is_number(text: str) -> bool:
    whole, _, rest = text.removeprefix("-").partition(".")
    return len(text) <= 30 and whole.isascii() and whole.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
