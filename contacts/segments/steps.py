"""Whom each of the outermost rows took away or brought, in words and as parts of the tally's strip. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contacts.segments.rules import Match

_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Step:
    """`stay` and `change` are widths of everybody in percent, the change beginning where those end who stay."""

    words: str
    people: int
    change_words: str
    stay: str
    change: str


def of(words: Sequence[str], after: Sequence[int], everybody: int, match: Match) -> Iterator[Step]:
    """Rows that must all fit take people away from everybody; of rows of which any may fit, each brings some."""
    before = 0 if match == Match.ANY else everybody
    for text, people in zip(words, after, strict=True):
        change = people - before
        change_words = f"{change:+,}".replace("-", _MINUS) if change else "±0"
        yield Step(text, people, change_words, _width(min(before, people), everybody), _width(abs(change), everybody))
        before = people


def _width(people: int, everybody: int) -> str:
    return f"{100 * people / everybody if everybody else 0:.2f}%"
