"""What waits for a person, in one list for Home: its cause, and one button. With it, what concerns everyone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell import notices
from accounts.shell.sources import Sources

_GRAVITY = ("bad", "warn", "wait")


@dataclass(frozen=True, slots=True)
class Problem:
    kind: str  # wait, warn, bad
    title: str
    text: str
    url: str = ""  # empty where nothing can be done
    label: str = "See why"
    about: str = ""  # see accounts.shell.alarms: one trouble is told once. What is about nothing raises no alarm
    is_wanted: bool = False  # somebody did it on purpose: no alarm is raised


_sources = Sources[Problem]()
# `source` is asked with every look at Home.
register = _sources.register


def for_user(user: User) -> list[Problem]:
    """The gravest first, each once; without buttons that lead to where `user` may not go."""
    found = list(_each_once(_sources.ask(user)))
    named = {problem.about for problem in found}
    others = [notice for notice in notices.for_user(user) if not notice.about or notice.about not in named]
    found += [Problem(one.kind, "", one.text, one.action_url, one.action_label, one.about) for one in others]
    found.sort(key=lambda problem: _GRAVITY.index(problem.kind) if problem.kind in _GRAVITY else len(_GRAVITY))
    return [problem if _may_open(user, problem.url) else replace(problem, url="") for problem in found]


def _each_once(problems: Iterable[Problem]) -> Iterator[Problem]:
    known = set()
    for problem in problems:
        if not problem.about or problem.about not in known:
            known.add(problem.about)
            yield problem


def _may_open(user: User, url: str) -> bool:
    try:
        view = resolve(urlsplit(url).path).func
    except Resolver404:
        return False
    return allows(user, getattr(view, "permission", Permission.LOOK))
