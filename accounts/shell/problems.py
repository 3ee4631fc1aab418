"""What waits for a person and belongs to no campaign: Home shows it, with its cause and one button."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Problem:
    kind: str  # wait, warn, bad
    title: str
    text: str
    url: str = ""  # empty for whoever may not see to it
    label: str = "See why"


Source = Callable[[User], Iterable[Problem]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """`source` is asked with every look at Home."""
    if source not in _sources:
        _sources.append(source)
    return source


def for_user(user: User) -> list[Problem]:
    return [problem for source in _sources for problem in source(user)]
