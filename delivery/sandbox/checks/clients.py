"""A mail's HTML and CSS against what mail programs show, by the tables of caniemail.com."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from delivery.sandbox.checks import features

# By whom mails are read: what these ignore matters, and is told first.
_MANY_READERS = ("apple-mail", "gmail", "outlook", "yahoo", "samsung-email")


@dataclass(frozen=True, slots=True)
class Problem:
    title: str
    example: str
    url: str
    ignored_by: Sequence[str]
    partly_by: Sequence[str]
    weight: int

    @property
    def is_grave(self) -> bool:
        return self.weight >= 100


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    supported: int  # of the features used and known for it
    known: int

    @property
    def percent(self) -> int:
        """100 only when nothing at all is ignored."""
        return self.supported * 100 // self.known if self.known else 100


@dataclass(frozen=True, slots=True)
class Checked:
    updated: str
    problems: Sequence[Problem]
    programs: Sequence[Program]
    used: int


@dataclass(frozen=True, slots=True)
class _Feature:
    title: str
    url: str
    verdicts: dict[str, str]  # "family platform": y, a or n


@dataclass(frozen=True, slots=True)
class _Tables:
    updated: str
    family: dict[str, str]
    platform: dict[str, str]
    features: dict[str, _Feature]

    def name(self, program: str) -> str:
        family, platform = program.split()
        return f"{self.family.get(family, family)}, {self.platform.get(platform, platform)}"

    def names(self, programs: Iterable[str]) -> list[str]:
        return [self.name(program) for program in sorted(programs, key=_by_readers)]


def check(html: str) -> Checked:
    tables = _tables()
    used = {slug: found for slug, found in features.used(html).items() if slug in tables.features}
    problems = []
    for slug, found in used.items():
        feature = tables.features[slug]
        ignored = [program for program, verdict in feature.verdicts.items() if verdict == "n"]
        partly = [program for program, verdict in feature.verdicts.items() if verdict == "a"]
        if ignored or partly:
            weight = sum(100 if program.startswith(_MANY_READERS) else 1 for program in ignored) + len(partly)
            shown = found.example, feature.url
            problems.append(Problem(feature.title, *shown, tables.names(ignored), tables.names(partly), weight))
    problems.sort(key=lambda problem: -problem.weight)
    return Checked(tables.updated, problems, _programs(tables, used), len(used))


def _programs(tables: _Tables, used: Iterable[str]) -> list[Program]:
    """Those of many readers; the rest stands with each problem."""
    verdicts: dict[str, list[str]] = {}
    for slug in used:
        for program, verdict in tables.features[slug].verdicts.items():
            if program.startswith(_MANY_READERS):
                verdicts.setdefault(program, []).append(verdict)
    return [
        Program(tables.name(program), sum(verdict != "n" for verdict in verdicts[program]), len(verdicts[program]))
        for program in sorted(verdicts, key=_by_readers)
    ]


def _by_readers(program: str) -> tuple[int, str]:
    family = program.split()[0]
    return (_MANY_READERS.index(family) if family in _MANY_READERS else len(_MANY_READERS)), program


@cache
def _tables() -> _Tables:
    """As the build of the front end left them, from its package."""
    path = settings.BASE_DIR / "frontend" / "dist" / "mail-clients.json"
    found = json.loads(path.read_text()) if path.exists() else {"features": []}
    known = {each["slug"]: _Feature(each["title"], each["url"], each["verdicts"]) for each in found["features"]}
    updated = str(found.get("updated") or "")[:10]
    return _Tables(updated, found.get("family", {}), found.get("platform", {}), known)
