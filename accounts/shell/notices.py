"""The bar across the top, for what concerns everyone, with its cure."""

from dataclasses import dataclass

from accounts.models import User
from accounts.shell.sources import Sources


@dataclass(frozen=True, slots=True)
class Notice:
    kind: str  # good, wait, warn, bad
    text: str
    action_url: str = ""
    action_label: str = ""
    about: str = ""  # see accounts.shell.problems


_sources = Sources[Notice]()
# `source` is asked with every staff page: it must be cheap, or come with the rows that it tells of.
register = _sources.register


def for_user(user: User) -> list[Notice]:
    return list(_sources.ask(user))
