"""Which declarations an element may carry in its style attribute so that every browser shows it as before.

The style sheet stays in the mail. What is written into an element beats all of the sheet that is not important; so a
declaration is written only where nothing could beat it there: no media query, no :hover, no later layer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from campaigns.content.inlining.properties import is_certain
from campaigns.content.inlining.selectors import Specificity
from campaigns.content.inlining.sheet import Declaration


class Match(NamedTuple):
    """A rule that means an element. `waits_for`: in whose absence it does not hold; "" says it always holds."""

    specificity: Specificity
    order: int
    selector: str
    declarations: tuple[Declaration, ...]
    waits_for: str


class Left(NamedTuple):
    """A property that stays in the style sheet, and for whose sake; without a name all those of one opening tag."""

    selector: str
    name: str
    because_of: str


@dataclass(frozen=True, slots=True)
class Written:
    """What goes before and behind the author's own style attribute."""

    before: tuple[Declaration, ...]
    behind: tuple[Declaration, ...]
    left: tuple[Left, ...]


class _Passing(NamedTuple):
    atoms: frozenset[str]
    name: str
    value: str
    words: str


def written(matches: Sequence[Match], own: Sequence[Declaration]) -> Written:
    """`matches` by rising weight; `own` is the author's style attribute."""
    fixed = _certain(declaration for declaration in own if declaration.is_important)
    behind = _Stack(fixed)
    for match, declaration in _falling(matches, important=True):
        if not match.waits_for and not _needs_sheet(declaration):
            behind.take(declaration)
    before = _Stack(behind.covered | _certain(own))
    held: list[_Passing] = []
    left: list[Left] = []
    for match, declaration in _falling(matches, important=False):
        words = _needs_sheet(declaration)
        if match.waits_for or words:
            if declaration.atoms - before.covered:
                held.append(_Passing(declaration.atoms, declaration.lower_name, declaration.value, match.waits_for))
        elif not declaration.atoms <= before.covered:
            held = [one for one in held if (one.name, one.value) != (declaration.lower_name, declaration.value)]
            blocking = next((one for one in held if one.atoms & declaration.atoms or "all" in one.atoms), None)
            if blocking is None:
                before.take(declaration)
                continue
            held.append(_Passing(declaration.atoms, declaration.lower_name, declaration.value, blocking.words))
            if blocking.words:
                left.append(Left(match.selector, declaration.lower_name, blocking.words))
    return Written(before.rising(), behind.rising(), tuple(left))


class _Stack:
    """Declarations taken from the weightiest down, without those that nothing can need."""

    def __init__(self, covered: frozenset[str]) -> None:
        self.covered = covered
        self._taken: list[Declaration] = []
        self._known: set[tuple[str, str]] = set()

    def take(self, declaration: Declaration) -> None:
        if declaration.atoms <= self.covered or (declaration.name, declaration.value) in self._known:
            return
        self._taken.append(declaration)
        self._known.add((declaration.name, declaration.value))
        self.covered |= _certain([declaration])

    def rising(self) -> tuple[Declaration, ...]:
        return tuple(reversed(self._taken))


def _falling(matches: Sequence[Match], *, important: bool) -> Iterator[tuple[Match, Declaration]]:
    for match in reversed(matches):
        for declaration in reversed(match.declarations):
            if declaration.is_important == important:
                yield match, declaration


def _certain(found: Sequence[Declaration] | Iterator[Declaration]) -> frozenset[str]:
    sure: frozenset[str] = frozenset()
    for declaration in found:
        if is_certain(declaration.name, declaration.value):
            sure |= declaration.atoms
    return sure


def _needs_sheet(declaration: Declaration) -> bool:
    """Means something else in a style attribute, or is meant for the sheet alone."""
    return declaration.name.startswith("--") or declaration.lower_name == "all" or "revert" in declaration.value.lower()
