"""Typed fields: how a cell of text becomes a value and a value text, and how a field gets its name in mails."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from django.utils.text import slugify

from contacts.exporting import joined
from contacts.importing.reading.cells import split_names
from contacts.models import Field

Value = str | int | float | bool | list[str]

LONGEST_OPTION = 100
MOST_CHOSEN = 50

RESERVED = frozenset(
    {"email", "first_name", "last_name", "language", "organisation", "tags"}
    | {"unsubscribe_url", "preferences_url", "view_url"}
)
_YES = frozenset(["yes", "y", "true", "t", "1", "on", "x", "ja", "j", "oui", "o", "vrai", "wahr", "si", "sí"])
_NO = frozenset(["no", "n", "false", "f", "0", "off", "nein", "non", "faux", "falsch"])
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,\s'’]\d{3})+(?:\.\d+)?")
_GROUPED_EUROPEAN = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?")
_DATE = re.compile(r"(\d{1,4})[-./](\d{1,2})[-./](\d{1,4})(?:[T ].*)?")


class BadValue(ValueError):
    """The text is not of that kind; the message says so."""


def key_for(label: str) -> str:
    """A name that works as a merge tag: letters, digits and underscores, beginning with a letter."""
    key = slugify(label).replace("-", "_").strip("_")[:58]
    key = key if key[:1].isalpha() else f"field_{key}".rstrip("_")
    return f"{key}_2" if key in RESERVED else key


def convert(kind: str, text: str, *, day_first: bool = False, options: Sequence[str] = ()) -> Value:
    """`text` as a value of that kind; dates as "2026-03-12". Raises BadValue.

    What may be chosen is spelt as in `options`; a choice that is not among them is left as it is.
    """
    match kind:
        case Field.Kind.NUMBER:
            return _number(text)
        case Field.Kind.DATE:
            return _date(text, day_first).isoformat()
        case Field.Kind.BOOLEAN:
            return _boolean(text)
        case Field.Kind.URL:
            return _url(text)
        case Field.Kind.CHOICE:
            return _option(text, options)
        case Field.Kind.CHOICES:
            return _options(text, options)
    return text


def once(choices: Iterable[str]) -> list[str]:
    """Each in the spelling that comes first: “Jazz” and “jazz” are one choice."""
    found: dict[str, str] = {}
    for choice in choices:
        found.setdefault(choice.casefold(), choice)
    return list(found.values())


def as_text(value: object) -> str:
    """A stored value as people read it, and as `convert` reads it back: “Yes”, “Jazz, Rock”, “42”."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return joined(value) if isinstance(value, list) else str(value)


def guess_kind(texts: list[str]) -> str:
    """The narrowest kind that all the samples fit; for dates, nine in ten of those that are written as dates are."""
    texts = [text for text in texts if text]
    if not texts:
        return Field.Kind.TEXT
    if all(text.lower() in {"yes", "no", "true", "false", "ja", "nein", "oui", "non"} for text in texts):
        return Field.Kind.BOOLEAN
    for kind in (Field.Kind.URL, Field.Kind.DATE, Field.Kind.NUMBER):
        if all(_fits(kind, text) for text in texts):
            return kind
    return Field.Kind.DATE if _are_mostly_dates(texts) else Field.Kind.TEXT


def _are_mostly_dates(texts: list[str]) -> bool:
    """Exports write 00.00.0000 for a day that nobody knows, and people 31.02.1980."""
    known = sum(_fits(Field.Kind.DATE, text) for text in texts)
    return known >= 0.9 * len(texts) and all(_fits(Field.Kind.DATE, text) or _DATE.fullmatch(text) for text in texts)


def looks_day_first(texts: list[str]) -> bool:
    """Whether dates such as 03/04/2024 must be read as 3 April, told from those that leave no choice."""
    for text in texts:
        if (match := _DATE.fullmatch(text)) and len(match[1]) <= 2 and "/" in text:
            if int(match[1]) > 12:
                return True
            if int(match[2]) > 12:
                return False
    return False


def _fits(kind: str, text: str) -> bool:
    # A leading zero or plus is a telephone number or a postal code: text.
    if kind == Field.Kind.NUMBER and (re.match(r"\+|0\d", text) or len(text) > 9):
        return False
    try:
        convert(kind, text, day_first=True)
    except BadValue:
        return False
    return True


def _number(text: str) -> int | float:
    plain = text.strip()
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[,\s'’]", "", plain)
    elif not _NUMBER.fullmatch(plain) and _GROUPED_EUROPEAN.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    if not _NUMBER.fullmatch(plain) or len(plain) > 30:
        raise BadValue(f"“{text[:60]}” is not a number.")
    return float(plain) if "." in plain else int(plain)


def _date(text: str, day_first: bool) -> date:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text.strip()))
    try:
        if not match:
            return datetime.fromisoformat(text.strip()).date()
        first, second, third = int(match[1]), int(match[2]), int(match[3])
        if len(match[1]) == 4:
            return date(first, second, third)
        year = third if len(match[3]) == 4 else 2000 + third if third < 70 else 1900 + third
        if "/" in text and not day_first and first <= 12:
            return date(year, first, second)
        return date(year, second, first)
    except ValueError:
        raise BadValue(f"“{text[:60]}” is not a date.") from None


def _option(text: str, options: Sequence[str]) -> str:
    plain = " ".join(text.split())
    if len(plain) > LONGEST_OPTION:
        raise BadValue(f"“{plain[:60]}…” is longer than {LONGEST_OPTION} characters.")
    folded = plain.casefold()
    return next((option for option in options if option.casefold() == folded), plain)


def _options(text: str, options: Sequence[str]) -> list[str]:
    chosen = once(_option(name, options) for name in split_names(text))
    if len(chosen) > MOST_CHOSEN:
        raise BadValue(f"At most {MOST_CHOSEN} choices.")
    return chosen


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in _YES and word not in _NO:
        raise BadValue(f"“{text[:60]}” is neither yes nor no.")
    return word in _YES


def _url(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"]", text.strip()):
        raise BadValue(f"“{text[:60]}” is not a web address that begins with http:// or https://.")
    return text.strip()
