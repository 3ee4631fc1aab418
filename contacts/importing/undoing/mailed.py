"""Who got mail: other parts know, and say so here. Whoever did is not removed when an import is undone."""

from collections.abc import Callable, Sequence

from accounts.registry import Registry

Source = Callable[[Sequence[int]], set[int]]

_sources = Registry[Source]()
# `source` is given thousands of contacts' ids and returns those who got real mail, or for whom it waits.
register = _sources.register


def among(contact_ids: Sequence[int]) -> set[int]:
    return set().union(*(source(contact_ids) for source in _sources)) if contact_ids else set()
