"""What a field of a block may hold, whatever comes in."""

import re
from collections.abc import Callable
from datetime import date, time
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from accounts.web_addresses import completed
from campaigns.content import written_html
from campaigns.content.blocks.fields import Field, Widget
from campaigns.content.rich import clean_rich

_SEGMENT = re.compile(r"(?:not-)?[1-9][0-9]{0,8}")
_MAX_TEXT = 2_000
_MAX_LONG = 50_000
_MAX_LINES, _MAX_CELLS = 100, 8
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # but for those that no line may end at
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def valid_value(field: Field, value: Any) -> Any:
    """The value, or as much of it as may stand there; else the default."""
    if field.widget == "number":
        try:
            return min(max(int(value), field.minimum), field.maximum)
        except (TypeError, ValueError, OverflowError):
            return field.default
    read = _READ.get(field.widget)
    value = _plain(value)
    if field.widget == "choice":
        return value if any(value == name for name, _ in field.choices) else field.default
    if field.widget == "colour":
        return value.lower() if COLOUR.fullmatch(value) else field.default
    return read(value) if read else _line(value)


def _plain(value: Any) -> str:
    """Without what PostgreSQL cannot keep: NUL, and half a character that JSON may spell."""
    if isinstance(value, str) and value.isascii() and "\0" not in value:
        return value
    return "" if value is None else str(value).replace("\0", "").encode(errors="ignore").decode()


def _line(value: str) -> str:
    """With single spaces between its words; one that keeps two words on one line stays what it is."""
    return _SPACES.sub(" ", value).strip()[:_MAX_TEXT]


def _rich(value: str) -> str:
    return clean_rich(value[:_MAX_LONG])


def _grid(value: str) -> str:
    lines = [line.split("\t")[:_MAX_CELLS] for line in value[:_MAX_LONG].splitlines()[:_MAX_LINES]]
    return "\n".join("\t".join(map(_line, cells)) for cells in lines if any(cell.strip() for cell in cells))


def _code(value: str) -> str:
    return written_html.within(value[:_MAX_LONG])


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        return ""


def _time(value: str) -> str:
    try:
        return time.fromisoformat(value.strip()).strftime("%H:%M")
    except ValueError:
        return ""


def _zone(value: str) -> str:
    return value.strip() if value.strip() in _zones() else ""


def _segment(value: str) -> str:
    """The number of one, after “not-” for everybody else."""
    return value if _SEGMENT.fullmatch(value) else ""


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


_READ: dict[Widget, Callable[[str], str]] = {
    "rich": _rich,
    "url": lambda value: completed(_line(value)),
    "grid": _grid,
    "code": _code,
    "date": _date,
    "time": _time,
    "zone": _zone,
    "segment": _segment,
    "tag": lambda value: value.strip() if _NAME.fullmatch(value.strip()) else "",
}
