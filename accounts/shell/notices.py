"""The bar across the top, for what concerns everyone, with its cure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import User
from accounts.registry import Registry


@dataclass(frozen=True, slots=True)
class Notice:
    kind: str  # good, wait, warn, bad
    text: str
    action_url: str = ""
    action_label: str = ""
    about: str = ""  # see accounts.shell.problems


Source = Callable[[User], Iterable[Notice]]
_sources = Registry[Source]()
# `source` is asked with every staff page: it must be cheap.
register = _sources.register


def for_user(user: User) -> list[Notice]:
    return [notice for source in _sources for notice in source(user)]
