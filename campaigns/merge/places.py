"""Where in HTML a merge tag stands, which decides how its value is made harmless."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import quote

from campaigns.merge import filters
from campaigns.merge.syntax import Piece
from campaigns.message.encoding import one_line, tidy

OPEN, CLOSE = "\ue000", "\ue001"  # frame the number of a tag while other tools handle the text round it
MASK = re.compile(f"{OPEN}(\\d+){CLOSE}")
# A tag ends where a browser ends it: a quote means something only after an equals sign (WHATWG HTML, 13.2.5).
_TAG = re.compile(
    r"""</?(?P<name>[a-zA-Z][^\s/>]*+)(?P<inside>(?>[^>=]++|=\s*+(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*+)?)*+)>"""
)
_ATTRIBUTE = re.compile(r"""([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*)))?""")
_TEXT_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*+(?:>(.*?)(?:</style(?=[\s/>])|\Z)|\Z)", re.IGNORECASE | re.DOTALL)
_NEXT = re.compile(rf"{_TAG.pattern}|</?[a-zA-Z]")  # a tag, or one that is never closed
_ADDRESSES = frozenset({"href", "src", "background", "action", "poster", "cite"})
_UNSAFE_IN_STYLE = re.compile(r"[^\w#.%, -]")


def masked(pieces: Sequence[Piece]) -> str:
    """The literal text with every tag replaced by its number in a frame."""
    return "".join(
        piece.source if piece.kind == "text" else f"{OPEN}{number}{CLOSE}" for number, piece in enumerate(pieces)
    )


def placed(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of an HTML template, each output knowing its place."""
    text = masked(pieces)
    places: dict[int, str] = {}
    for tag in tags(text):
        if OPEN in tag[0]:
            places.update(_in_tag(tag, pieces))
    # What looks like a tag in a style sheet is none.
    for style in _STYLE.finditer(text):
        places.update((int(number), "style") for number in MASK.findall(style[1] or ""))
    return [replace(piece, place=places.get(number, "text")) for number, piece in enumerate(pieces)]


def unmasked(text: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces in the order in which the masks stand in `text`."""
    parts = MASK.split(text)
    ordered: list[Piece] = []
    for number, part in enumerate(parts):
        if number % 2:
            ordered.append(pieces[int(part)])
        elif part:
            ordered.append(Piece("text", part))
    return ordered


@dataclass(frozen=True, slots=True)
class Attribute:
    """`value` as it stands in the text, `start` where it begins; `name` in lower case."""

    name: str
    value: str
    start: int


def tags(text: str, at: int = 0) -> Iterator[re.Match[str]]:
    """Tags in their order. Behind one that is never closed there is none: a browser takes all of it for that tag's."""
    for found in _NEXT.finditer(text, at):
        if found["name"] is None:
            return
        yield found


def tag_at(text: str, start: int) -> re.Match[str] | None:
    return _TAG.match(text, start)


def attributes(tag: re.Match[str]) -> Iterator[Attribute]:
    for found in _ATTRIBUTE.finditer(tag["inside"]):
        if found.lastindex and found.lastindex > 1:
            start = tag.start("inside") + found.start(found.lastindex)
            yield Attribute(found[1].lower(), found[found.lastindex], start)


def in_text(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a plain text, an output within an address knowing that it is part of one."""
    text = masked(pieces)
    parts = {int(number) for start, end in addresses_in_text(text) for number in MASK.findall(text[start:end])}
    return [replace(piece, place="part" if number in parts else "plain") for number, piece in enumerate(pieces)]


def whole_addresses(pieces: Sequence[Piece]) -> frozenset[int]:
    """Of the pieces of an address, the outputs with nothing before them in their branch: each is all of an address."""
    return _whole(masked(pieces), pieces)


def _whole(value: str, pieces: Sequence[Piece]) -> frozenset[int]:
    whole: list[int] = []
    is_begun = False
    branches: list[tuple[bool, bool]] = []  # whether the address was begun before the if, and in any of its branches
    for number, part in enumerate(MASK.split(value)):
        if number % 2 == 0:
            is_begun = is_begun or bool(part.strip())
            continue
        piece = pieces[int(part)]
        if piece.kind == "output":
            whole += [] if is_begun else [int(part)]
            is_begun = True
        elif piece.word in {"if", "for"}:
            branches.append((is_begun, is_begun))
        elif piece.word in {"elif", "else"} and branches:
            before, ever = branches.pop()
            branches.append((before, ever or is_begun))
            is_begun = before
        elif branches:
            is_begun = branches.pop()[1] or is_begun
    return frozenset(whole)


def addresses_in_text(text: str) -> Iterator[tuple[int, int]]:
    """From where to where web addresses stand in a plain text, as a reader sees them begin and end."""
    for found in _TEXT_ADDRESS.finditer(text):
        is_framed = text[found.start() - 1 : found.start()] == "<" and text[found.end() : found.end() + 1] == ">"
        written = found[0] if is_framed else _before_closing(found[0]).rstrip(".,;:!?'")
        yield found.start(), found.start() + len(written)


def _before_closing(url: str) -> str:
    """Up to a bracket that was opened before the address: "(https://example.org/a_(b)).And" is of `a_(b)`."""
    depth = 0
    for at, character in enumerate(url):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return url[:at]
    return url


def _in_tag(tag: re.Match[str], pieces: Sequence[Piece]) -> dict[int, str]:
    places = dict.fromkeys(map(int, MASK.findall(tag[0])), "bare")
    for attribute in attributes(tag):
        value = attribute.value
        quoted = tag.string[attribute.start - 1] in "\"'"
        whole = _whole(value, pieces) if attribute.name in _ADDRESSES else frozenset()
        for mask in MASK.finditer(value):
            number = int(mask[1])
            if attribute.name in _ADDRESSES:
                places[number] = "address" if number in whole else "part"
            elif quoted:
                places[number] = "style" if attribute.name == "style" else "text"
    return places


# How a value is written in each place; values are text already.
HARMLESS: dict[str, Callable[[str], str]] = {
    "text": lambda value: escape(tidy(value)),
    "address": lambda value: escape(filters.url(value)),
    "part": lambda value: quote(one_line(value), safe=""),
    "style": lambda value: _UNSAFE_IN_STYLE.sub("", one_line(value)),
    "bare": lambda value: _UNSAFE_IN_STYLE.sub("", one_line(value)).replace(" ", ""),  # an attribute without quotes
    "plain": tidy,
    "ours": str,  # addresses we made: nothing in them needs care
    "header": one_line,
}
