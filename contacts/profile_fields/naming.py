"""Where the rules of segments name a field or one of its choices. Pure."""

from collections.abc import Mapping
from typing import Any

from contacts.exporting import joined
from contacts.importing.reading.cells import split_names

_SEVERAL = ("one-of", "any", "every")  # comparisons that take several choices, with commas between them


def names_field(rules: Any, key: str) -> bool:
    return any(values.get("field") == f"field:{key}" for values in _rows(rules))


def with_choice(rules: Any, key: str, old: str, new: str) -> Any:
    """The same rules with `new` where that field is compared with the choice `old`."""
    if isinstance(rules, list):
        return [with_choice(part, key, old, new) for part in rules]
    if not isinstance(rules, dict):
        return rules
    if "parts" in rules:
        return {**rules, "parts": with_choice(rules["parts"], key, old, new)}
    values = rules.get("values")
    if not isinstance(values, dict) or values.get("field") != f"field:{key}" or "value" not in values:
        return rules
    return {**rules, "values": {**values, "value": _replaced(values, old, new)}}


def _replaced(values: Mapping[str, str], old: str, new: str) -> str:
    text = values["value"]
    if values.get("how") not in _SEVERAL:
        return new if text.casefold() == old.casefold() else text
    names = split_names(text)
    return joined(dict.fromkeys(new if name.casefold() == old.casefold() else name for name in names))


def _rows(rules: Any) -> list[Mapping[str, str]]:
    if isinstance(rules, list):
        return [row for part in rules for row in _rows(part)]
    if not isinstance(rules, dict):
        return []
    if "parts" in rules:
        return _rows(rules["parts"])
    values = rules.get("values")
    return [values] if isinstance(values, dict) else []
