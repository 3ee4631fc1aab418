"""Words of a finished mail that are hard to read on what they stand on (WCAG 2.2, 1.4.3)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import unescape
from typing import Any, NamedTuple

from tinycss2 import parse_component_value_list, parse_declaration_list
from tinycss2.color3 import RGBA, parse_color

from accounts.brands.colours import PAPER, contrast, contrast_inverted, on, survives, surviving
from campaigns.message import unseen
from campaigns.message.unseen import Sight
from campaigns.preflight.findings import Finding
from campaigns.preflight.places import Places
from delivery import html_tokens
from delivery.html_tokens import Token

_MOST = 3
_BLACK = "#000000"  # of mail programs, where a mail says nothing
_ENOUGH, _ENOUGH_LARGE = 4.5, 3.0
_LARGE_PX, _LARGE_BOLD_PX = 24.0, 18.66
_SHOWN_CHARS = 40
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_SIZE = re.compile(r"([\d.]+)\s*(px|pt)", re.IGNORECASE)
_WORD = re.compile(r"\w")


class Faint(NamedTuple):
    words: str
    ink: str
    ground: str

    @property
    def ratio(self) -> float:
        return contrast(self.ink, self.ground)


class Looks(NamedTuple):
    """Of an element. None: it cannot be told from the mail itself, because a picture or a style sheet decides it."""

    ink: str | None = _BLACK
    ground: str | None = PAPER
    size: float = 16.0
    is_bold: bool = False
    sight: Sight | None = Sight()

    @property
    def enough(self) -> float:
        large = _LARGE_BOLD_PX if self.is_bold else _LARGE_PX
        return _ENOUGH_LARGE if self.size >= large else _ENOUGH

    @property
    def is_seen(self) -> bool:
        return self.sight is not None and not self.sight.is_hidden and not self.sight.is_tiny


def check(seen: Sequence[tuple[str, Looks]], places: Places) -> Iterator[Finding]:
    """The first words of each pair of colours, of those that people see in a mail."""
    pairs: dict[tuple[str, str], Faint] = {}
    for found in faint(seen):
        pairs.setdefault((found.ink, found.ground), found)
    for found in list(pairs.values())[:_MOST]:
        words = cut(found.words)
        text = f"“{words}” is hard to read: {found.ink} on {found.ground} is {found.ratio:.1f} to 1, and 4.5 is enough."
        cure = "Choose a darker colour for the words, or a lighter one behind them; or the other way round."
        yield Finding("warn", "contrast", text, cure, "content", block=places.with_words(found.words))
    yield from _inverted(seen, places)


def _inverted(seen: Sequence[tuple[str, Looks]], places: Places) -> Iterator[Finding]:
    """The first words that are read until a program inverts the mail."""
    for words, looks in seen:
        if not (looks.ink and looks.ground) or contrast(looks.ink, looks.ground) < looks.enough:
            continue
        if not survives(looks.ink, looks.ground):
            ratio = contrast_inverted(looks.ink, looks.ground)
            text = (
                f"“{cut(words)}” is hard to read where a program turns mails dark by force:"
                f" {looks.ink} on {looks.ground} becomes {ratio:.1f} to 1."
            )
            ground = surviving(looks.ground)
            instead = "" if ground == looks.ground else f"Take {ground} in place of {looks.ground}, and write"
            cure = f"{instead or 'Write'} the words in {on(ground)}."
            yield Finding("warn", "inverted", text, cure, "content", block=places.with_words(words))
            return


def cut(words: str) -> str:
    """As a finding quotes words of the mail."""
    return words if len(words) <= _SHOWN_CHARS else f"{words[: _SHOWN_CHARS - 1].rstrip()}…"


def faint(seen: Iterable[tuple[str, Looks]]) -> Iterator[Faint]:
    for words, looks in seen:
        if looks.ink and looks.ground and (found := Faint(words, looks.ink, looks.ground)).ratio < looks.enough:
            yield found


def seen(page: Iterable[Token]) -> Iterator[tuple[str, Looks]]:
    """The words that people see, by pieces, and how each looks; an element that is never closed ends with the one
    around it."""
    stack: list[tuple[str, Looks]] = [("", Looks())]
    for token in page:
        if token.kind == "text":
            looks = stack[-1][1]
            words = " ".join(unescape(token.text).split())
            if looks.is_seen and _WORD.search(words):
                yield words, looks
        elif token.is_opening and token.name not in _VOID and not token.text.endswith("/>"):
            stack.append((token.name, _looks(token, stack[-1][1])))
        elif token.kind == "tag" and not token.is_opening:
            _close(token.name, stack)


def _close(name: str, stack: list[tuple[str, Looks]]) -> None:
    for at in range(len(stack) - 1, max(0, len(stack) - 30), -1):
        if stack[at][0] == name:
            del stack[at:]
            return


def _looks(tag: Token, around: Looks) -> Looks:
    given = html_tokens.values(tag)
    said = {name: value or "" for name, value in given.items()}
    looks = around._replace(sight=around.sight and unseen.within(tag.name, said, around.sight))
    if tag.name == "a":  # as the style sheet or the mail program has it
        looks = looks._replace(ink=None)
    if tag.name in {"h1", "h2", "h3", "b", "strong", "th"}:
        looks = looks._replace(is_bold=True)
    if colour := _colour(given.get("bgcolor")):
        looks = looks._replace(ground=colour)
    if given.get("background"):
        looks = looks._replace(ground=None)
    if tag.name == "font" and (colour := _colour(given.get("color"))):
        looks = looks._replace(ink=colour)
    if style := given.get("style"):
        looks = looks._replace(**_said(style))
    return looks


@lru_cache(maxsize=2048)
def _said(style: str) -> dict[str, Any]:
    """What an inline style changes of these."""
    found: dict[str, Any] = {}
    for one in parse_declaration_list(style, skip_comments=True, skip_whitespace=True):
        if one.type != "declaration":
            continue
        value = "".join(part.serialize() for part in one.value).strip().lower()
        if one.lower_name == "color" and value != "inherit":
            found["ink"] = _colour(value)
        elif one.lower_name == "background-color" and (colour := _colour(value)):
            found["ground"] = colour
        elif one.lower_name in {"background", "background-image"} and value != "none":
            found |= _of_background(value)
        elif one.lower_name == "font-size" and (size := _SIZE.match(value)):
            found["size"] = float(size[1]) * (4 / 3 if size[2] == "pt" else 1)
        elif one.lower_name == "font-weight":
            found["is_bold"] = value in {"bold", "bolder", "700", "800", "900"}
    return found


def _of_background(value: str) -> dict[str, Any]:
    if "url(" in value or "gradient(" in value:
        return {"ground": None}
    parts = (part.serialize() for part in parse_component_value_list(value))
    colour = next(filter(None, map(_colour, parts)), None)
    return {"ground": colour} if colour else {}


@lru_cache(maxsize=512)
def _colour(written: str | None) -> str | None:
    """As #rrggbb; None for what is no colour, and for one that lets something else shine through."""
    found = parse_color(written.strip()) if written else None
    if not isinstance(found, RGBA) or found.alpha < 1:
        return None
    return "#" + "".join(f"{round(min(1, max(0, channel)) * 255):02x}" for channel in found[:3])
