"""What a change makes of one value. Pure but for the vocabulary of kinds."""

from collections.abc import Callable, Sequence
from typing import Any

from contacts import fields
from contacts.models import Field

Step = Callable[[Any], Any]  # a stored value to the new one; None: none. Raises fields.BadValue where it does not fit


def to_kind(kind: str, *, options: Sequence[str] = (), day_first: bool = False) -> Step:
    def step(value: Any) -> Any:
        if kind == Field.Kind.CHOICE and isinstance(value, list):
            if len(value) > 1:
                raise fields.BadValue(f"“{fields.as_text(value)[:60]}” are several choices.")
            value = value[0] if value else ""
        if kind == Field.Kind.CHOICES and isinstance(value, list):
            return value or None
        text = fields.as_text(value).strip()
        return (
            (fields.convert(kind, text, options=options, day_first=day_first) or _falsy(kind, text)) if text else None
        )

    return step


def renamed(old: str, new: str) -> Step:
    """`new` empty: the choice is taken away."""

    def step(value: Any) -> Any:
        if isinstance(value, list):
            return list(dict.fromkeys(new if one == old else one for one in value if one != old or new)) or None
        return (new or None) if value == old else value

    return step


def gone(value: Any) -> None:
    return None


def _falsy(kind: str, text: str) -> Any:
    """No and 0 are values, too."""
    return fields.convert(kind, text) if kind in (Field.Kind.BOOLEAN, Field.Kind.NUMBER) else None
