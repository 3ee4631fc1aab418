"""What preflight says of a finished mail as somebody reads it who sees little, or hears it read aloud (WCAG 2.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise

from campaigns.preflight import contrast
from campaigns.preflight.contrast import Looks
from campaigns.preflight.findings import Finding
from campaigns.preflight.places import Places
from delivery import html_tokens
from delivery.html_tokens import Token

_SMALLEST_PX = 14.0
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# Words of links that say nothing where they are read out in a row, without the sentence around them.
_VAGUE = frozenset(
    {"click here", "click", "here", "link", "this link", "hier", "hier klicken", "klicken sie hier", "klick hier"}
    | {"ici", "cliquez ici", "cliquer ici", "aquí", "haz clic aquí", "haga clic aquí", "qui", "clicca qui"}
    | {"aqui", "clique aqui", "klik hier", "kliknij tutaj", "tutaj", "klicka här", "här", "klik her", "her"}
)


def check(page: Sequence[Token], seen: Sequence[tuple[str, Looks]], places: Places) -> Iterator[Finding]:
    """`page`: the mail as somebody gets it, `seen`: its words and their looks."""
    yield from _small(seen, places)
    read = _Reading()
    for token in page:
        read.take(token)
    yield from _headings(read.headings, places)
    yield from _vague(read.links, places)
    yield from _bare(read.bare, places)


def _small(seen: Sequence[tuple[str, Looks]], places: Places) -> Iterator[Finding]:
    small = [words for words, looks in seen if looks.size < _SMALLEST_PX]
    if small:
        more = f", and {len(small) - 1} more pieces of text" if small[1:] else ""
        text = f"“{contrast.cut(small[0])}”{more} in letters of less than {_SMALLEST_PX:.0f} pixels: small on a phone."
        cure = f"Make them {_SMALLEST_PX:.0f} pixels or more."
        yield Finding("warn", "small-text", text, cure, "content", block=places.with_words(small[0]))


def _headings(headings: Sequence[tuple[int, str]], places: Places) -> Iterator[Finding]:
    for (before, _), (level, words) in pairwise(headings):
        if level > before + 1:
            shown = contrast.cut(words)
            text = f"The heading “{shown}” is of level {level} after one of level {before}: a level is left out."
            cure = f"Make it level {before + 1}, by which programs that read aloud find their way."
            yield Finding("warn", "heading-order", text, cure, "content", block=places.with_words(words))
            return


def _vague(links: Sequence[str], places: Places) -> Iterator[Finding]:
    if vague := [words for words in links if words.casefold().strip(" .:!›»→>") in _VAGUE]:
        more = f", and {len(vague) - 1} more do not either" if vague[1:] else ""
        text = f"A link “{contrast.cut(vague[0])}” does not say where it leads{more}."
        cure = "Name it by what people find there, such as “Read the programme”."
        yield Finding("warn", "vague-link", text, cure, "content", block=places.with_words(vague[0]))


def _bare(bare: Sequence[str], places: Places) -> Iterator[Finding]:
    if bare:
        words = contrast.cut(bare[0])
        text = f"The link “{words}” stands in a sentence and is not underlined: not everybody sees its colour."
        cure = "Underline links in running text."
        yield Finding("warn", "bare-link", text, cure, "content", block=places.with_words(bare[0]))


@dataclass
class _Reading:
    """Headings, the words of links, and links without a line below them within a sentence, of tokens in their order."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    _heading: tuple[int, list[str]] | None = None
    _link: tuple[bool, list[str]] | None = None  # whether it is without a line
    _sentence: tuple[list[str], list[str]] | None = None  # words beside its links, and its links without a line

    def take(self, token: Token) -> None:
        if token.kind == "text":
            self._words(unescape(token.text))
        elif token.kind != "tag":
            return
        elif token.name in _HEADINGS:
            self._end_heading()
            self._heading = (_HEADINGS[token.name], []) if token.is_opening else None
        elif token.name == "a":
            self._end_link()
            self._link = (_is_bare(token), []) if token.is_opening and _has_target(token) else None
        elif token.name in {"p", "li"}:
            self._end_sentence()
            self._sentence = ([], []) if token.is_opening else None
        elif token.is_opening and token.name == "img" and self._link:
            self._link[1].append(html_tokens.values(token).get("alt") or "")

    def _words(self, words: str) -> None:
        if self._heading:
            self._heading[1].append(words)
        if self._link:
            self._link[1].append(words)
        elif self._sentence:
            self._sentence[0].append(words)

    def _end_heading(self) -> None:
        if self._heading and (words := _joined(self._heading[1])):
            self.headings.append((self._heading[0], words))

    def _end_link(self) -> None:
        if self._link and (words := _joined(self._link[1])):
            self.links.append(words)
            if self._link[0] and self._sentence:
                self._sentence[1].append(words)

    def _end_sentence(self) -> None:
        if self._sentence and any(map(str.isalpha, "".join(self._sentence[0]))):
            self.bare += self._sentence[1]


def _has_target(tag: Token) -> bool:
    return "href" in html_tokens.values(tag)


def _is_bare(tag: Token) -> bool:
    """By its own style, in which its style sheet is written, too; one on a ground of its own is a button."""
    style = (html_tokens.values(tag).get("style") or "").lower().replace(" ", "")
    return "text-decoration:none" in style and "background" not in style and "border" not in style


def _joined(words: Sequence[str]) -> str:
    return " ".join("".join(words).split())
