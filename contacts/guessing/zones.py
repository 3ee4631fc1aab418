"""The time zone of a country, where one stands for all of it; from the time zone database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# More than nine in ten live in the first zone of these; the rest are islands far away.
_NEARLY_ALL = frozenset({"CL", "EC", "ES", "NZ", "PT"})


@cache
def of_country(code: str) -> str:
    """ "" where people live by clocks that differ, such as in Brazil."""
    return one_clock(_by_country().get(code, ()), is_first_good=code in _NEARLY_ALL)


def one_clock(names: Sequence[str], *, is_first_good: bool = False) -> str:
    """The first of these zones if all show the same time around the year, else ""."""
    if not names:
        return ""
    try:
        clocks = {_clock(name) for name in names}
    except ZoneInfoNotFoundError:
        return ""
    return names[0] if is_first_good or len(clocks) == 1 else ""


@cache
def _by_country() -> dict[str, Sequence[str]]:
    """Zones of each country, the one with most people first (so the file orders them)."""
    found: dict[str, list[str]] = {}
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, _, name, *_ = line.split("\t")
            found.setdefault(code, []).append(name)
    return {code: tuple(names) for code, names in found.items()}


@cache
def _clock(name: str) -> tuple[timedelta | None, ...]:
    zone, year = ZoneInfo(name), datetime.now(UTC).year
    return tuple(datetime(year, month, 15, 12, tzinfo=UTC).astimezone(zone).utcoffset() for month in range(1, 13))
