"""Reading the merge language: a template falls into literal text, outputs `{{ … }}` and blocks `{% … %}`.

Only what is named here is let through to the template engine: names, texts, numbers, comparisons, our filters, if and
for. So no template reaches an attribute, calls a function, includes a file or computes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Literal

Token = tuple[str, str]  # what it is, and its text

_OPENING = re.compile(r"\{\{|\{%")
_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<number>\d+(?:\.\d+)?\b)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>==|!=|<=|>=|<|>|\||\(|\)|,|~|:)
    """,
    re.VERBOSE,
)
_CLOSED = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"'])*?([-+]?(?:\}\}|%\}))""", re.DOTALL)
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "elif", "endif", "for", "endfor", "defined"}) | {
    *("true", "false", "none", "True", "False", "None")
}

_BLOCKS = frozenset({"if", "elif", "else", "endif", "for", "endfor"})
_NEAR_CHARS = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template, in words; `near` is the text at fault."""

    text: str
    line: int = 1
    near: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Literal text, or the inside of a tag. `trim` of a tag: white space before and after it is dropped."""

    kind: Literal["text", "output", "block"]
    source: str
    line: int = 1
    tokens: tuple[Token, ...] = ()
    place: str = "text"  # where an output stands: a key of campaigns.merge.places.HARMLESS

    @property
    def word(self) -> str:
        return self.tokens[0][1] if self.kind == "block" and self.tokens else ""

    @property
    def names(self) -> set[str]:
        """What the tag asks for: every name that is no keyword, filter or text."""
        return {
            text
            for before, (what, text) in zip((("", ""), *self.tokens), self.tokens, strict=False)
            if what == "name" and text not in KEYWORDS and before != ("sign", "|")
        }

    def shown(self) -> str:
        return f"{{{{ {self.source} }}}}" if self.kind == "output" else f"{{% {self.source} %}}"


class Unreadable(ValueError):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


def read(template: str, filters: frozenset[str]) -> list[Piece]:
    """The pieces in order. Raises Unreadable with the first thing that is wrong."""
    pieces: list[Piece] = []
    at, trim_next = 0, False
    while opening := _OPENING.search(template, at):
        literal = template[at : opening.start()]
        line = template.count("\n", 0, opening.start()) + 1
        source, at, trim_before, trim_after = _inside(template, opening, line)
        pieces.append(_literal(literal, start=trim_next, end=trim_before))
        trim_next = trim_after
        pieces.append(_tag("output" if opening[0] == "{{" else "block", source, line, filters))
    pieces.append(_literal(template[at:], start=trim_next))
    return [piece for piece in pieces if piece.kind != "text" or piece.source]


def tag_spans(template: str) -> Iterator[tuple[int, int]]:
    """Where tags stand, also in a template that is not right: for whoever must keep them out of harm."""
    at = 0
    while opening := _OPENING.search(template, at):
        closing = _CLOSED.match(template, opening.end())
        at = closing.end() if closing else opening.end()
        if closing:
            yield opening.start(), closing.end()


def _literal(text: str, *, start: bool = False, end: bool = False) -> Piece:
    text = text.lstrip() if start else text
    return Piece("text", text.rstrip() if end else text)


def _inside(template: str, opening: re.Match[str], line: int) -> tuple[str, int, bool, bool]:
    closing = _CLOSED.match(template, opening.end())
    near = _near(template[opening.start() :])
    if not closing or closing[1].lstrip("-+") != ("}}" if opening[0] == "{{" else "%}"):
        wanted = "}}" if opening[0] == "{{" else "%}"
        raise Unreadable(Problem(f"This merge tag does not end with {wanted}.", line, near))
    source = template[opening.end() : closing.start(1)]
    trim_before = source.startswith("-")
    # Editors write quotes and signs as entities, and copied text carries non-breaking spaces.
    source = unescape(source.removeprefix("-").removeprefix("+")).replace("\xa0", " ").strip()
    return source, closing.end(), trim_before, closing[1].startswith("-")


def _tag(kind: Literal["output", "block"], source: str, line: int, filters: frozenset[str]) -> Piece:
    piece = Piece(kind, source, line)
    tokens = tuple(_tokens(piece))
    piece = replace(piece, tokens=tokens)
    if not tokens:
        raise Unreadable(Problem("This merge tag is empty.", line, piece.shown()))
    if kind == "block" and piece.word not in _BLOCKS:
        raise Unreadable(Problem(f"“{piece.word}” does not work here: only if and for do.", line, _near(piece.shown())))
    _refuse_far_reach(piece, filters)
    return piece


def _tokens(piece: Piece) -> Iterator[Token]:
    at = 0
    while at < len(piece.source):
        found = _TOKEN.match(piece.source, at)
        if not found:
            raise Unreadable(Problem(_why(piece.source[at]), piece.line, _near(piece.shown())))
        at = found.end()
        if found.lastgroup and found.lastgroup != "space":
            yield found.lastgroup, found[0]


def _refuse_far_reach(piece: Piece, filters: frozenset[str]) -> None:
    before: Token = ("", "")
    for what, text in piece.tokens:
        problem = ""
        if before == ("sign", "|"):
            if what != "name" or text not in filters:
                problem = f"There is no filter “{text}”. There are: {', '.join(sorted(filters))}."
        elif what == "name" and text.startswith("_"):
            problem = f"There is no “{text}”."
        elif (what, text) == ("sign", "(") and before[0] == "name" and before[1] not in filters | KEYWORDS:
            problem = f"“{before[1]}(” does not work: merge tags call nothing."
        elif (what, text) == ("sign", ":"):
            problem = 'A filter takes its text in brackets: default("there").'
        if problem:
            raise Unreadable(Problem(problem, piece.line, _near(piece.shown())))
        before = (what, text)


def _why(character: str) -> str:
    if character in ".[]":
        return "A merge tag is one name, such as first_name: there is nothing inside it to reach for."
    if character in "“”„‘’«»":
        return f'Write straight quotes (") instead of {character}.'
    if character in "+-*/%":
        return "Merge tags do not compute."
    if character in "\"'":
        return "A quote is opened here and never closed."
    return f"A merge tag cannot contain “{character}”."


def _near(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= _NEAR_CHARS else line[: _NEAR_CHARS - 1] + "…"
