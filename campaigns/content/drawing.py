"""A mail of blocks in pieces of MJML, each compiled by itself, and the page that is joined of them. Pure.

The frame of the mail, each of its sections and each block is a piece; where others stand in it, it is cut. So a change
in one block compiles that block alone, and what it says of itself (its mark) is exact.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import zip_longest
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
_MAIL = re.compile(r'<div [^<>]*class="mail"[^<>]* style="')  # what all letters stand in
_LAST_TAG = re.compile(r"<table(?=[^<>]*>\Z)")
# Behind what only Outlook sees.
_BEGINNING = re.compile(r"\A((?:<!--(?:(?!-->).)*-->)*<(?:tr|div|table))([^<>]*>)", re.DOTALL)
_MSO = re.compile(r"<!--\[if mso(?:(?!-->).)*-->|<!--\[if !mso\]><!-->|<!--<!\[endif\]-->", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A whole MJML document, of which what stands between its first and last cut is kept.

    `word` and `tags` are the masks of the merge tags in it; `alt_inks` the colour of each masked description. `slots`:
    what stands at each cut between. A piece without slots is rows of a column, one between two cuts, and `block` the id
    of the block that is drawn. `page`: title, preheader, language and font of the frame, which is kept whole.
    `devices`: all, desktop or phone. `condition`: the tag that opens it, `{% if ... %}`, where only some people are to
    see it. `classes`: of each row, by which the style sheet of the frame knows colours and letters of its own. `font`:
    its letters, which each row says, too, as some programs read no style sheet.
    """

    mjml: str
    word: str = ""
    tags: tuple[str, ...] = ()
    alt_inks: tuple[tuple[str, str], ...] = ()
    slots: tuple[tuple["Piece", ...], ...] = ()
    block: str = ""
    page: tuple[str, str, str, str] | None = None
    devices: str = "all"
    condition: str = ""
    classes: str = ""
    font: str = ""

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
        title, preheader, language, font = page
        html_of_all = html.complete(html_of_all, title=title, preheader=preheader, language=language)
        html_of_all = _MAIL.sub(rf"\g<0>font-family:{font};", html_of_all, count=1)
        return Compiled(tuple(html.clean(slimming.slim(part)) for part in html_of_all.split(_CUT)))
    _, *parts, _ = html_of_all.split(_CUT)
    parts = slimming.slim_section(parts) if has_slots else list(map(slimming.slim_row, parts))
    if 'direction="rtl"' in mjml:
        parts = [part.replace("text-align:left", "text-align:right") for part in parts]
    inks, masks = dict(alt_inks), Masks.of(word, tags)
    inked = (_PICTURE.sub(lambda picture: with_ink(picture[0], inks), part) for part in parts)
    done = tuple(html.clean(masks.reveal(part)) for part in inked)
    return Compiled(done, "" if has_slots else plaintext.from_html(f"<table>{''.join(done)}</table>").rstrip("\n"))


def page_of(frame: Piece, known: Known, *, marked: bool = False) -> str:
    """A whole HTML page with merge tags still in it. `marked`: each block says which it is, for whoever edits it."""
    return slimming.closed_up(html_of(frame, known, marked=marked))


def text_of(piece: Piece, known: Known) -> str:
    """The words of the mail, block after block; what only phones show is a twin of something else."""
    words = "".join(_texts(piece, known)).rstrip("\n")
    return f"{words}\n" if words else ""


def _texts(piece: Piece, known: Known) -> Iterator[str]:
    if piece.devices == "phone":
        return
    inside = [f"{known(piece).text}\n\n"] if known(piece).text else []
    for slot in piece.slots:
        for inner in slot:
            inside += _texts(inner, known)
    yield from (piece.condition, *inside, "{% endif %}") if piece.condition and inside else inside


def html_of(piece: Piece, known: Known, *, marked: bool = False) -> str:
    parts = known(piece).parts
    if marked and piece.block:
        parts = _marked_section(parts, piece.block) if piece.slots else _marked_rows(parts, piece.block)
    if piece.classes:
        letters = f"font-family:{piece.font}" if piece.font else ""
        parts = tuple(_classed(part, piece.classes, letters) for part in parts)
    if piece.devices != "all":
        parts = _shown_on(parts, piece)
    out = [piece.condition]
    slots: tuple[tuple[Piece, ...], ...] = piece.slots or ((),) * len(parts)
    for part, slot in zip_longest(parts, slots, fillvalue=()):
        out.append(part or "")
        out += [html_of(inner, known, marked=marked) for inner in slot]
    html_of_piece = "".join([*out, "{% endif %}" if piece.condition else ""])
    return _for_phones(html_of_piece) if piece.devices == "phone" else html_of_piece


def _shown_on(parts: Sequence[str], piece: Piece) -> tuple[str, ...]:
    """With the class that the style sheet of the frame hides; rows are parts of their own, a section begins in one."""
    shown = "hp" if piece.devices == "desktop" else "sp"
    style = "display:none" if shown == "sp" else ""
    first, *more = parts
    return (_classed(first, shown, style), *(more if piece.slots else (_classed(part, shown, style) for part in more)))


def _classed(part: str, name: str, style: str = "") -> str:
    beginning = _BEGINNING.match(part)
    if beginning is None:
        return part
    tag = beginning[2]
    tag = tag.replace('class="', f'class="{name} ', 1) if 'class="' in tag else f' class="{name}"{tag}'
    if style:
        tag = tag.replace(_STYLE, f"{_STYLE}{style};", 1) if _STYLE in tag else f'{_STYLE}{style}"{tag}'
    return f"{beginning[1]}{tag}{part[beginning.end() :]}"


def _for_phones(html_of_piece: str) -> str:
    """Outlook on a desktop never sees it, so it needs nothing of its own either."""
    return f"<!--[if !mso]><!-->{_MSO.sub('', html_of_piece)}<!--<![endif]-->"


def with_ink(picture: str, inks: dict[str, str]) -> str:
    """A description that can be read where the picture would be; the compiler has no colour for it."""
    alt = _ALT.search(picture)
    before, style, after = picture.partition(_STYLE)
    return f"{before}{style}color:{inks[alt[1]]};{after}" if alt and style and alt[1] in inks else picture


def _marked_rows(rows: Sequence[str], block: str) -> tuple[str, ...]:
    """Every row says of which block it is, and the first is where to find it."""
    first, *more = rows
    return (
        _with(first, f'id="block-{block}" data-block="{block}"'),
        *(_with(row, f'data-block="{block}"') for row in more),
    )


def _marked_section(parts: Sequence[str], block: str) -> tuple[str, ...]:
    """Each column too says which it is, by its block and its number."""
    first, *more = parts
    *columns, last = (_with(first, f'id="block-{block}" data-block="{block}"'), *more)
    marked = [_LAST_TAG.sub(rf'\g<0> data-column="{block}:{n}"', part, count=1) for n, part in enumerate(columns)]
    return (*marked, last)


def _with(part: str, attributes: str) -> str:
    return _BEGINNING.sub(lambda found: f"{found[1]} {attributes}{found[2]}", part, count=1)
