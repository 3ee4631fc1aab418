"""What a batch is called. The apps that write register here, because delivery and tracking know only numbers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from accounts.registry import Registry


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    url: str = ""


Source = Callable[[list[int]], Mapping[int, Title]]

_sources = Registry[Source]()
# `source` names those of the given batches that it knows, in one query.
register = _sources.register


def titles(batch_ids: Iterable[int]) -> dict[int, Title]:
    """A title for every batch asked for; one that nobody knows is a mail and nothing more."""
    wanted = sorted(set(batch_ids))
    named = {batch_id: Title("A mail") for batch_id in wanted}
    for source in _sources:
        named.update(source(wanted))
    return named
