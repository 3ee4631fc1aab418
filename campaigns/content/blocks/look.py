"""How a block is to look where it stands: colours, letters and room, and its words made safe for the compiler."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape, unescape
from typing import Any, NamedTuple

from django.conf import settings

from accounts.brands.colours import LINE, MUTED, contrast, mixed, needs_link_colour, on, readable
from accounts.web_addresses import as_sent
from campaigns.content import html
from campaigns.merge.masking import Masks

SIDE = 32
_LIGHT = frozenset({"paper", "tint", "around"})  # bands that turn dark in a dark mail
_RICH_TABLE = re.compile(r"<(table|td|th)(?=[ >])")
_CELL = f"border:1px solid {LINE};padding:6px 8px;text-align:start;vertical-align:top"
_HEAD = f"{_CELL};word-break:normal"
_TABLE_LOOK = {"table": "border-collapse:collapse;width:100%;margin:0 0 14px", "td": _CELL, "th": _HEAD}
_RICH_CELL = re.compile(r"<t[dh]\b[^>]*>.*?</t[dh]>", re.DOTALL)
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")
# A column is as wide as its longest word: one that a phone has no room for beside others may be broken, piece by piece.
_LONG_WORD = re.compile(r"[^\s<>&;]{25,}")
_PIECE = re.compile(r".{1,6}[\u0300-\u036f\u200d\ufe0f]*")
_RICH_INK = re.compile(r'<span data-ink="(\w+)">')
_RICH_HREF = re.compile(r'href="([^"]*)"')
_RICH_HEADING = re.compile(r"<h([123])((?: [^>]*)?>.*?)</h\1>", re.DOTALL)
_RICH_SIZES = {"1": "26px", "2": "22px", "3": "18px"}  # as email/frame.mjml has them
_GREY = 0.5
_TELLS_APART = 1.2  # contrast of a button and what it stands on
_LARGE, _HUGE = 26, 36  # pixels from which letters are smaller on phones
RADIUS = {"soft": "6px", "square": "0", "round": "24px"}


def layout(room: int = 0) -> str:
    """The attributes of a table that holds no data, with pixels around what stands in its cells."""
    return f'role="presentation" border="0" cellpadding="{room}" cellspacing="0"'


LAYOUT = layout()


def is_rtl(language: str) -> bool:
    """Whether it is written from right to left."""
    return language.partition("-")[0] in settings.LANGUAGES_BIDI


class Usual(NamedTuple):
    """How a kind of block looks by itself: pixels of its letters and of the room it leaves."""

    size: int = 16
    above: int = 0
    below: int = 0
    is_heading: bool = False  # by its letters


@dataclass(slots=True)
class Outline:
    """The headings of a mail from top to bottom. A block that only some see counts for nobody who might not see it."""

    last: int = 0
    is_for_some: bool = False

    def level(self, wanted: int) -> int:
        """The mail begins with one of level 1, and none is left out on the way down."""
        level = min(max(wanted, 2), self.last + 1)
        self.stands(level)
        return level

    def stands(self, level: int) -> None:
        """A heading of this level follows, whether or not it belongs there."""
        if not self.is_for_some or level < self.last:
            self.last = level


@dataclass(frozen=True, slots=True)
class Theme:
    """What all blocks of one mail share. `name` and `postal_address` are templates."""

    colour: str
    accent: str
    ink: str
    tint: str
    background: str
    muted: str  # for small words on the background
    paper: str
    body_font: str
    head_font: str
    radius: str
    name: str
    postal_address: str
    logo_url: str
    logo_on_dark_url: str
    footer: str
    social: tuple[tuple[str, str], ...]
    language: str
    public_address: str
    time_zone: str

    @property
    def is_rtl(self) -> bool:
        return is_rtl(self.language)


@dataclass(frozen=True, slots=True)
class Look:
    """`width` is the room between the edges of the band or column, `side` what a block leaves free at either edge."""

    theme: Theme
    band: str
    width: float = 600
    side: int = SIDE
    own_ground: str = ""
    own_ink: str = ""  # names of colours: of the words, of a button
    own_fill: str = ""
    own_corners: str = ""
    own_font: str = ""
    size: int = 16
    above: int = 0
    below: int = 0
    is_example: bool = False
    with_examples: bool = False
    masks: Masks = field(default_factory=Masks)
    alt_inks: dict[str, str] = field(default_factory=dict)
    pixels: tuple[int, int] | None = None  # width and height of the block's picture, where they are known
    outline: Outline = field(default_factory=Outline)

    @property
    def ground(self) -> str:
        theme = self.theme
        grounds = {
            "paper": theme.paper,
            "tint": theme.tint,
            "brand": theme.colour,
            "accent": theme.accent,
            "around": theme.background,
        }
        return grounds.get(self.band) or self.own_ground or theme.paper

    @property
    def ink(self) -> str:
        if self.own_ink:
            return self.named_ink(self.own_ink)
        ink = on(self.ground) if self.is_full else readable(self.theme.ink, self.ground)
        return self.greyed(ink, self.ground)

    @property
    def button_colour(self) -> str:
        """The block's own choice, or else that of the mail; on a strong ground whatever stands out from it."""
        colour = self.named(self.own_fill or "brand")
        blends_in = contrast(colour, self.ground) < _TELLS_APART if self.own_fill else self.is_full
        return on(self.ground) if blends_in else colour

    @property
    def outline_ink(self) -> str:
        """Of words and border of a button without a ground of its own."""
        if self.is_full and not self.own_fill:
            return on(self.ground)
        return readable(self.named(self.own_fill or "brand"), self.ground)

    @property
    def radius(self) -> str:
        return RADIUS[self.own_corners] if self.own_corners else self.theme.radius

    @property
    def is_full(self) -> bool:
        """On a colour so strong that letters are light or dark as it asks for."""
        return self.band not in _LIGHT

    @property
    def in_column(self) -> bool:
        return self.side != SIDE

    def of(self, block: Mapping[str, Any], usual: Usual) -> "Look":
        """With what this block has of its own, or else has by itself."""
        own = {f"own_{name}": block.get(name, "") for name in ("ink", "fill", "corners", "font")}
        size, above, below = (int(block.get(name) or getattr(usual, name)) for name in ("size", "above", "below"))
        return replace(self, **own, size=size, above=above, below=below)

    def room(self, above: int | None = None, below: int | None = None, side: int | None = None) -> str:
        """The padding of a row."""
        above, below = self.above if above is None else above, self.below if below is None else below
        side = self.side if side is None else side
        return f"{above}px {side}px" + (f" {below}px" if below != above else "")

    def classes(self, *names: str) -> str:
        """Of a row in the size of the block, by which the frame makes large letters smaller on phones."""
        large = "huge" if self.size >= _HUGE else "large" if self.size > _LARGE else ""
        return " ".join(filter(None, (*names, large)))

    def row_class(self, *names: str) -> str:
        """The attribute, with a space before it, of a cell that is written as HTML."""
        found = self.classes(*names)
        return f' class="{found}"' if found else ""

    def aligned(self, align: str) -> str:
        """“left” is where lines begin."""
        return {"left": "right", "right": "left"}.get(align, align) if self.theme.is_rtl else align

    def heading(self, level: int) -> str:
        """The tag of the next heading of the mail, which would like to be of this level."""
        return f"h{self.outline.level(level)}"

    def as_example(self) -> "Look":
        return replace(self, is_example=True)

    def greyed(self, ink: str, ground: str) -> str:
        """For words that are only an example."""
        return mixed(ink, _GREY, ground) if self.is_example else ink

    @property
    def head_font(self) -> str:
        """For headings; the letters of everything else are said once, by the frame of the mail."""
        is_said = self.own_font or self.theme.head_font == self.theme.body_font
        return "inherit" if is_said else self.theme.head_font

    def text(self, template: str) -> str:
        return self.masks.hide(template, escape)

    def in_cell(self, text: str) -> str:
        """Of a table of data, whose columns keep words whole."""
        return _LONG_WORD.sub(self._in_pieces, text)

    def _in_pieces(self, word: re.Match[str]) -> str:
        if self.masks.pattern.search(word[0]):
            return word[0]
        return "".join(
            f"{self.masks.keep('<wbr>') if piece.start() else ''}{piece[0]}" for piece in _PIECE.finditer(word[0])
        )

    def attribute(self, template: str) -> str:
        """The compiler spells unusual characters of attributes in a way of its own: it sees none of them."""
        return self.masks.keep(html.escape_text(template))

    def alt(self, alt: str) -> str:
        mask = self.attribute(alt)
        if self.is_full:
            self.alt_inks[mask] = on(self.ground).replace("#ffffff", "#fff")
        return mask

    def href(self, url: str) -> str:
        """The attribute, with a space before it; nothing for a link that leads nowhere."""
        return f' href="{self.attribute(sent(url))}"' if url else ""

    def linked(self, inside: str, url: str) -> str:
        if not url:
            return inside
        return f'<a href="{self.attribute(sent(url))}" style="color:{self.ink};text-decoration:none">{inside}</a>'

    def rich(self, words: str, ink: str = "") -> str:
        """Its links are kept from the compiler, which writes \\u{301} for a mark that combines."""
        colour = f' style="color:{ink or self.ink};text-decoration:underline"' if needs_link_colour(self.ground) else ""

        def link(found: re.Match[str]) -> str:
            address = self.masks.reveal(found[1])
            if not self.masks.pattern.search(found[1]):
                address = escape(sent(unescape(address)))
            return f'href="{self.masks.keep(address)}"{colour}'

        shaped = _RICH_TABLE.sub(lambda tag: f'{tag[0]} style="{_TABLE_LOOK[tag[1]]}"', self.masks.hide(words))
        shaped = _RICH_CELL.sub(lambda cell: _TEXT.sub(lambda text: self.in_cell(text[0]), cell[0]), shaped)
        inked = _RICH_INK.sub(
            lambda span: f'<span class="ink-{span[1]}" style="color:{self.named_ink(span[1])}">', shaped
        )
        return _RICH_HREF.sub(link, _RICH_HEADING.sub(self._in_outline, inked))

    def _in_outline(self, found: re.Match[str]) -> str:
        """Of whatever level, it keeps the size of its letters."""
        tag = self.heading(int(found[1]))
        size = "" if tag == f"h{found[1]}" else f' style="font-size:{_RICH_SIZES[found[1]]}"'
        return f"<{tag}{size}{found[2]}</{tag}>"

    def named_ink(self, name: str) -> str:
        """A colour of the brand as it reads here: a name of campaigns.content.rich.INKS."""
        return self.greyed(readable(self.named(name), self.ground), self.ground)

    def named(self, name: str) -> str:
        """Whether or not it can be read here; of any other name the colour of the mail's words."""
        return {"brand": self.theme.colour, "accent": self.theme.accent, "muted": MUTED}.get(name, self.theme.ink)

    def placeholder(self, words: str, height: int = 120) -> list[str]:
        """For whoever writes the mail: a place that is still empty. Never sent."""
        room = self.room(self.above or 8, self.below or 8)
        return [
            f'<mj-text align="center" font-size="14px" padding="{room}">{place}</mj-text>'
            for place in self.empty(words, height)
        ]

    def empty(self, words: str, height: int = 120) -> list[str]:
        """The same within something else."""
        ink = mixed(on(self.ground), 0.6, self.ground)
        place = (
            f'<div style="border:1px dashed {ink};border-radius:6px;color:{ink};font-size:14px;line-height:{height}px;'
            f'text-align:center">{words}</div>'
        )
        return [place] if self.with_examples else []


def sent(url: str) -> str:
    """An address without merge tags as it travels; what is none on the web stays as it is."""
    return url if "{{" in url or "{%" in url else as_sent(url) or url
