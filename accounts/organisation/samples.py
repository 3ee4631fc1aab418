"""Whether there are sample data to remove; the parts that make some say so here."""

from collections.abc import Callable

from accounts.registry import Registry

_askers = Registry[Callable[[], bool]]()
register = _askers.register


def are_there() -> bool:
    return any(asker() for asker in _askers)
