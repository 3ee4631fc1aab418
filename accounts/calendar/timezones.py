"""The time zones that people choose from."""

from functools import cache
from zoneinfo import available_timezones

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def names() -> tuple[str, ...]:
    """Named for places, and UTC; the aliases of computers are left out."""
    return ("UTC", *sorted(name for name in available_timezones() if name.split("/")[0] in _AREAS))


def find(text: str) -> str | None:
    """The zone that `text` means: its name in any case, or a city that only one zone has."""
    wanted = text.strip().replace(" ", "_").casefold()
    for name in names():
        if name.casefold() == wanted:
            return name
    ending = [name for name in names() if name.casefold().rsplit("/", 1)[-1] == wanted]
    return ending[0] if len(ending) == 1 else None
