"""Whom each row took away or brought, in words and as parts of the tally's strip; rows of groups, too. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from accounts.wording import signed
from contacts.segments.nesting import Place
from contacts.segments.rules import Group, Match, Rule


@dataclass(frozen=True, slots=True)
class Step:
    """`stay` and `change` are widths of everybody in percent, the change beginning where those end who stay.

    `brings`: its rows are such of which any may fit. `within`: the rows of a group.
    """

    words: str
    people: int
    change_words: str
    stay: str
    change: str
    brings: bool
    within: Sequence["Step"] = ()


def tree(
    group: Group,
    words: Callable[[Rule | Group], str],
    numbers: Mapping[Place, Sequence[int]],
    everybody: int,
    place: Place = (),
) -> list[Step]:
    """`numbers`: for each group by its place, who was there before its rows, and after each of them. A group that has
    none shows no rows.
    """
    if place not in numbers:
        return []
    before, *after = numbers[place]
    found = []
    for at, step in enumerate(of(map(words, group.parts), after, everybody, group.match, before)):
        part = group.parts[at]
        inner = tree(part, words, numbers, everybody, (*place, at)) if isinstance(part, Group) else []
        found.append(replace(step, within=inner))
    return found


def of(
    words: Iterable[str], after: Sequence[int], everybody: int, match: Match, before: int | None = None
) -> Iterator[Step]:
    """Rows that must all fit take people away from those who were there `before`, usually everybody; of rows of which
    any may fit, each brings some.
    """
    brings = match == Match.ANY
    last = 0 if brings else everybody if before is None else before
    for text, people in zip(words, after, strict=True):
        change = people - last
        change_words = signed(change) if change else "±0"
        stay, changed = _width(min(last, people), everybody), _width(abs(change), everybody)
        yield Step(text, people, change_words, stay, changed, brings)
        last = people


def _width(people: int, everybody: int) -> str:
    return f"{100 * people / everybody if everybody else 0:.2f}%"
