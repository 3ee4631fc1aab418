"""Groups within groups: who was there before each row of one, and after it. One look at the table for all. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contacts.segments import compiling
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.rules import Group, Match, Rule

Place = tuple[int, ...]  # of a part: which one in the outermost group, in that one, …


@dataclass
class Questions:
    """`rows` are decided once for a person, under the names p0, p1 …, of which the texts of `counts` speak."""

    rows: list[Sql] = field(default_factory=list)
    counts: dict[Place, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    match: Match | None = None  # of a group
    parts: Sequence["_Part"] = ()


def questions(group: Group, about: Known) -> Questions:
    """By the place of each group within another: those who are left when its turn comes, then those of them who fit its
    first row, its first two rows, … Raises NotComplete.
    """
    found = Questions()
    for place, counts in _counts(group.match, _read(group, about, found.rows).parts, (), ()):
        found.counts[place] = counts
    return found


def together(match: Match, texts: Sequence[str]) -> str:
    """SQL: whether somebody fits all, any or none of these."""
    if not texts:
        return "true"
    said = f"({' AND '.join(texts)})" if match == Match.ALL else f"({' OR '.join(texts)})"
    return f"(NOT {said})" if match == Match.NONE else said


def _read(part: Rule | Group, about: Known, rows: list[Sql]) -> _Part:
    if isinstance(part, Rule):
        rows.append(compiling.row(part, about))
        return _Part(f"p{len(rows) - 1}")
    parts = [_read(one, about, rows) for one in part.parts]
    return _Part(together(part.match, [one.text for one in parts]), part.match, parts)


def _counts(
    match: Match, parts: Sequence[_Part], left: tuple[str, ...], place: Place
) -> Iterator[tuple[Place, list[str]]]:
    """`left`: what all fit who are left when the turn of these parts comes."""
    for number, part in enumerate(parts):
        if part.match is None:
            continue
        earlier = [one.text for one in parts[:number]]
        # Of parts of which any may fit, each is asked of everybody.
        still = left if match == Match.ANY or not earlier else (*left, together(match, earlier))
        texts = [one.text for one in part.parts]
        steps = ((*still, together(part.match, texts[:n])) for n in range(1, len(texts) + 1))
        yield (*place, number), [together(Match.ALL, each) for each in (still, *steps)]
        yield from _counts(part.match, part.parts, still, (*place, number))
