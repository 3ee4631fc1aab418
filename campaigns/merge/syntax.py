"""Reading the merge language: a template falls into literal text, outputs `{{ … }}` and blocks `{% … %}`.

Only what is named here is let through to the template engine: names, texts, numbers, comparisons, our filters, if and
for. So no template reaches an attribute, calls a function, includes a file or computes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Literal

from campaigns.merge.tag_spans import OPENING, Closing, Closings

Token = tuple[str, str]  # what it is, and its text

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
_BRACE = re.compile(r"\{(?=[{%]|\Z)")  # at the end, too: what is written behind it may begin with another
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "elif", "endif", "for", "endfor", "defined"}) | {
    *("true", "false", "none", "True", "False", "None")
}

_BLOCKS = frozenset({"if", "elif", "else", "endif", "for", "endfor"})
_NEAR_CHARS = 60
MAX_TOKENS = 100  # a merge tag
MAX_BRACKETS = 20
MAX_NESTING = 40
MAX_BLOCKS = 2_000  # a mail


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


class TooMuch(Unreadable):
    """More than a mail may hold, however well it is written."""


def literal(words: str) -> str:
    """A template that says exactly these words, braces and all: for names that nobody meant as merge language."""
    return _BRACE.sub('{{ "{" }}', words)


def read(template: str, filters: frozenset[str]) -> list[Piece]:
    """The pieces in order. Raises Unreadable with the first thing that is wrong, TooMuch where it is a limit."""
    pieces: list[Piece] = []
    closings, nesting = Closings(template), _Nesting()
    at, trim_next, line, counted_to = 0, False, 1, 0
    while opening := OPENING.search(template, at):
        literal = template[at : opening.start()]
        line += template.count("\n", counted_to, opening.start())
        counted_to = opening.start()
        closing = _closing(template, opening, closings, line)
        source = template[opening.end() : closing.start]
        at = closing.end
        pieces.append(_literal(literal, start=trim_next, end=source.startswith("-")))
        trim_next = closing.text.startswith("-")
        # Editors write quotes and signs as entities, and copied text carries non-breaking spaces.
        source = unescape(source.removeprefix("-").removeprefix("+")).replace("\xa0", " ").strip()
        pieces.append(_tag("output" if opening[0] == "{{" else "block", source, line, filters))
        nesting.add(pieces[-1])
    pieces.append(_literal(template[at:], start=trim_next))
    return [piece for piece in pieces if piece.kind != "text" or piece.source]


class _Nesting:
    """How deep conditions and loops stand in one another: the template engine reads them by recursion."""

    def __init__(self) -> None:
        self._open: list[int] = []  # levels that each adds; a further branch is a level, too
        self._count = 0

    def add(self, piece: Piece) -> None:
        if piece.word in {"if", "for"}:
            self._open.append(1)
        elif piece.word == "elif" and self._open:
            self._open[-1] += 1
        elif piece.word in {"endif", "endfor"} and self._open:
            self._open.pop()
        else:
            return
        self._count += piece.word in {"if", "elif", "for"}
        problem = ""
        if self._count > MAX_BLOCKS:
            problem = f"A mail may have {MAX_BLOCKS:,} if, elif and for in all."
        elif sum(self._open) > MAX_NESTING:
            problem = f"if, elif and for may stand in one another {MAX_NESTING} levels deep; each elif counts as one."
        if problem:
            raise TooMuch(Problem(problem, piece.line, _near(piece.shown())))


def _literal(text: str, *, start: bool = False, end: bool = False) -> Piece:
    text = text.lstrip() if start else text
    return Piece("text", text.rstrip() if end else text)


def _closing(template: str, opening: re.Match[str], closings: Closings, line: int) -> Closing:
    closing = closings.after(opening.end())
    wanted = "}}" if opening[0] == "{{" else "%}"
    if closing is None or closing.text.lstrip("-+") != wanted:
        near = _near(template[opening.start() : opening.start() + 2 * _NEAR_CHARS])
        raise Unreadable(Problem(f"This merge tag does not end with {wanted}.", line, near))
    return closing


def _tag(kind: Literal["output", "block"], source: str, line: int, filters: frozenset[str]) -> Piece:
    piece = Piece(kind, source, line)
    tokens = tuple(_tokens(piece))
    piece = replace(piece, tokens=tokens)
    _refuse_too_much(piece)
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


def _refuse_too_much(piece: Piece) -> None:
    problem, depth = "", 0
    for token in piece.tokens:
        depth += {("sign", "("): 1, ("sign", ")"): -1}.get(token, 0)
        if depth > MAX_BRACKETS:
            problem = f"Brackets in a merge tag may stand in one another {MAX_BRACKETS} levels deep."
    if len(piece.tokens) > MAX_TOKENS:
        problem = f"A merge tag may have {MAX_TOKENS} words and signs; this one has {len(piece.tokens):,}."
    if problem:
        raise TooMuch(Problem(problem, piece.line, _near(piece.shown())))


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
    line = text[: 2 * _NEAR_CHARS].split("\n", 1)[0]
    return line if len(line) <= _NEAR_CHARS else line[: _NEAR_CHARS - 1] + "…"
