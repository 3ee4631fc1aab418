"""Whether there are sample data to remove; the parts that make some say so here."""

from collections.abc import Callable

_askers: list[Callable[[], bool]] = []


def register(asker: Callable[[], bool]) -> None:
    """Call it from an app's `ready()`."""
    _askers.append(asker)


def are_there() -> bool:
    return any(asker() for asker in _askers)
