"""A mail of blocks in pieces of MJML, each compiled by itself, and the page that is joined of them. Pure.

The frame of the mail, each of its sections and each block is a piece; where others stand in it, it is cut. So a change
in one block compiles that block alone, and what it says of itself (its mark) is exact.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from mjml import mjml2html

from campaigns.content import html, slimming
from campaigns.merge.masking import Masks
from campaigns.message import plaintext

CUT = "<mj-raw><!--cut--></mj-raw>"
_CUT = "<!--cut-->"
# What XML 1.0 cannot hold, such as the vertical tabs that come along from a word processor.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PICTURE = re.compile(r"<img [^>]*+(?:>|\Z)")
_ALT = re.compile(r'\balt="(\w++)"')
_STYLE = ' style="'
_LAST_TAG = re.compile(r"<table(?=[^<>]*>\Z)")
_FIRST_TAG = re.compile(r"\A(?:\s|<!--.*?-->)*<(?:tr|div|table)(?=[ >])", re.DOTALL)  # in no comment for Outlook


@dataclass(frozen=True)
class Piece:
    """A whole MJML document, of which what stands between its first and last cut is kept.

    `word` and `tags` are the masks of the merge tags in it; `alt_inks` the colour of each masked description. `slots`:
    what stands at each cut between. A piece without slots is rows of a column, one between two cuts, and `block` the id
    of the block that is drawn. `page`: title, preheader and language of the frame, which is kept whole.
    """

    mjml: str
    word: str = ""
    tags: tuple[str, ...] = ()
    alt_inks: tuple[tuple[str, str], ...] = ()
    slots: tuple[tuple["Piece", ...], ...] = ()
    block: str = ""
    page: tuple[str, str, str] | None = None

    @cached_property
    def key(self) -> str:
        """The same for the same piece, whose masks are other words each time."""
        parts = [self.mjml, *self.tags, *(word for pair in self.alt_inks for word in pair), *(self.page or ())]
        words = "\0".join(parts)
        return blake2b((words.replace(self.word, "@") if self.word else words).encode(), digest_size=16).hexdigest()

    def as_job(self) -> list[Any]:
        return [self.mjml, self.word, self.tags, self.alt_inks, bool(self.slots), self.page]

    def all(self) -> Iterator["Piece"]:
        """This piece and those that stand in it, from top to bottom."""
        yield self
        for slot in self.slots:
            for inner in slot:
                yield from inner.all()


class Compiled(NamedTuple):
    """The HTML between the cuts of a piece, and of rows the words as plain text."""

    parts: tuple[str, ...]
    text: str = ""


Known = Callable[[Piece], Compiled]


def compiled(
    mjml: str,
    word: str = "",
    tags: Sequence[str] = (),
    alt_inks: Sequence[tuple[str, str]] = (),
    has_slots: bool = False,
    page: Sequence[str] | None = None,
) -> Compiled:
    """What Piece.as_job describes."""
    html_of_all = mjml2html(_NO_XML.sub("", mjml), fonts={}, disable_comments=False)
    if page is not None:
        title, preheader, language = page
        html_of_all = html.complete(html_of_all, title=title, preheader=preheader, language=language)
        return Compiled(tuple(html.clean(slimming.slim(part)) for part in html_of_all.split(_CUT)))
    _, *parts, _ = html_of_all.split(_CUT)
    inks, masks = dict(alt_inks), Masks.of(word, tags)
    inked = (_PICTURE.sub(lambda picture: with_ink(picture[0], inks), part) for part in parts)
    done = tuple(html.clean(masks.reveal(slimming.slim(part))) for part in inked)
    return Compiled(done, "" if has_slots else plaintext.from_html(f"<table>{''.join(done)}</table>").rstrip("\n"))


def page_of(frame: Piece, known: Known, *, marked: bool = False) -> str:
    """A whole HTML page with merge tags still in it. `marked`: each block says which it is, for whoever edits it."""
    return slimming.closed_up(html_of(frame, known, marked=marked))


def text_of(frame: Piece, known: Known) -> str:
    """The words of the mail, block after block."""
    words = "\n\n".join(filter(None, (known(piece).text for piece in frame.all())))
    return f"{words}\n" if words else ""


def html_of(piece: Piece, known: Known, *, marked: bool = False) -> str:
    parts = known(piece).parts
    if marked and piece.block:
        parts = _marked_section(parts, piece.block) if piece.slots else _marked_rows(parts, piece.block)
    if not piece.slots:
        return "".join(parts)
    out = [parts[0]]
    for slot, part in zip(piece.slots, parts[1:], strict=True):
        out += [html_of(inner, known, marked=marked) for inner in slot]
        out.append(part)
    return "".join(out)


def with_ink(picture: str, inks: dict[str, str]) -> str:
    """A description that can be read where the picture would be; the compiler has no colour for it."""
    alt = _ALT.search(picture)
    before, style, after = picture.partition(_STYLE)
    return f"{before}{style}color:{inks[alt[1]]};{after}" if alt and style and alt[1] in inks else picture


def _marked_rows(rows: Sequence[str], block: str) -> tuple[str, ...]:
    """Every row says of which block it is, and the first is where to find it."""
    first, *more = (_FIRST_TAG.sub(rf'\g<0> data-block="{block}"', row, count=1) for row in rows)
    return (_FIRST_TAG.sub(rf'\g<0> id="block-{block}"', first, count=1), *more)


def _marked_section(parts: Sequence[str], block: str) -> tuple[str, ...]:
    """Each column too says which it is, by its block and its number."""
    first, *more = parts
    first = _FIRST_TAG.sub(rf'\g<0> id="block-{block}" data-block="{block}"', first, count=1)
    *columns, last = (first, *more)
    marked = [_LAST_TAG.sub(rf'\g<0> data-column="{block}:{n}"', part, count=1) for n, part in enumerate(columns)]
    return (*marked, last)
