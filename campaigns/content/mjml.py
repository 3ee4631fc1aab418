"""Blocks become MJML, of which campaigns.content.drawing makes the HTML that old mail programs understand."""

import re
from dataclasses import dataclass
from html import escape, unescape

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from accounts.colours import (
    INK,
    LINE,
    MUTED,
    PAPER,
    mixed,
    needs_link_colour,
    on,
    readable,
    readable_on_dark,
    readable_on_light,
)
from accounts.models import Organisation
from accounts.web_addresses import as_sent
from campaigns.content import drawing, html
from campaigns.content.blocks import KINDS, WORDS, Block, Document, column_count, says
from campaigns.content.drawing import Drawing
from campaigns.merge.masking import Masks
from campaigns.merge.syntax import literal

_SANS = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
_SERIF = "Georgia, 'Times New Roman', serif"
_RADIUS = {"soft": "6px", "square": "0", "round": "24px"}
_HEADINGS = {"1": ("30px", "1.25"), "2": ("22px", "1.3"), "3": ("17px", "1.4")}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_RICH_TABLE = re.compile(r"<(table|td|th)(?=[ >])")
_CELL = f"border:1px solid {LINE};padding:6px 8px;text-align:start;vertical-align:top"
_TABLE_LOOK = {"table": "border-collapse:collapse;width:100%;margin:0 0 14px", "td": _CELL, "th": _CELL}
_RICH_HREF = re.compile(r'href="([^"]*)"')
_MARKABLE = re.compile(r"<(mj-(?!raw|column)[a-z-]+)([^>]*?)(/?)>")
_GREY = 0.5
_WIDTH = 600
_SIDE = 32


@dataclass(frozen=True)
class Brand:
    """`name` and `postal_address` are templates that say what the organisation is called, whatever that looks like."""

    name: str = ""
    postal_address: str = ""
    colour: str = "#1f4fa8"
    logo_url: str = ""
    language: str = "en"

    @classmethod
    def of(cls, organisation: Organisation | None) -> "Brand":
        if organisation is None:
            return cls()
        logo = f"{organisation.public_address}/i/{organisation.logo}" if organisation.logo else ""
        colour = organisation.brand_colour if _COLOUR.fullmatch(organisation.brand_colour) else cls.colour
        name, address = (literal(words) for words in (organisation.name, organisation.postal_address))
        return cls(name, address, colour, logo)


def draw(
    document: Document,
    brand: Brand,
    *,
    title: str = "",
    preheader: str = "",
    with_examples: bool = False,
    marked: bool = False,
) -> Drawing:
    """The mail of a document that blocks.validate has seen.

    `with_examples`: grey words where a block has none yet, for whoever writes the mail. What is sent leaves such
    blocks out. `marked`: for the editor, every block carries the class `at-<id>`, every column `in-<id>-<number>`, and
    what is still empty takes up room.
    """
    masks = Masks()
    writer = _Writer(document, brand, masks, with_examples=with_examples, marked=marked)
    page = writer.page(title)
    return Drawing(page, masks.word, tuple(masks.tags), writer.alt_inks, title, preheader, brand.language)


def compile(
    document: Document, brand: Brand, *, title: str = "", preheader: str = "", with_examples: bool = False
) -> str:
    """A whole HTML page with merge tags still in it, worked out at once: for documents of our own."""
    return drawing.finished(draw(document, brand, title=title, preheader=preheader, with_examples=with_examples))


class _Writer:
    def __init__(
        self, document: Document, brand: Brand, masks: Masks, *, with_examples: bool = False, marked: bool = False
    ) -> None:
        style = document["style"]
        self._document = document
        self._brand = brand
        self._masks = masks
        self._colour = style["colour"] or brand.colour
        self._tint = mixed(self._colour, 0.09)
        self._background = style["background"] or "#f2f1ee"
        self._body_font = _SERIF if style["font"] == "serif" else _SANS
        self._head_font = _SANS if style["font"] == "sans" else _SERIF
        self._radius = _RADIUS[style["corners"]]
        self._muted = readable(MUTED, self._background)
        self.alt_inks: dict[str, str] = {}
        self._with_examples = with_examples
        self._marked = marked

    def page(self, title: str) -> str:
        frame = {
            "language": self._brand.language,
            "title": mark_safe(self._text(title)),  # noqa: S308 - escaped there
            "font": mark_safe(self._body_font),  # noqa: S308 - one of two constants
            "background": self._background,
            "link": readable_on_light(self._colour),
            "link_on_dark": readable_on_dark(self._colour),
            "ink": INK,
            "muted": self._muted,
            "paper": PAPER,
            "line": LINE,
            "width": _WIDTH,
            "side": _SIDE,
            "sections": mark_safe("".join(map(self._section, self._document["blocks"]))),  # noqa: S308 - MJML
        }
        return render_to_string("email/frame.mjml", frame)

    def _section(self, block: Block) -> str:
        drawn = self._drawn_section(block)
        return _with_class(drawn, f"at-{block['id']}", once=True) if self._marked else drawn

    def _drawn_section(self, block: Block) -> str:
        if block["kind"] == "footer":
            return self._footer(block)
        band = block["band"]
        if block["kind"] == "columns":
            return self._columns(block, band)
        side = "0" if block["kind"] == "image" and block["width"] == "full" else f"{_SIDE}px"
        return self._framed(band, f"<mj-column>{self._element(block, band, side)}</mj-column>")

    def _framed(self, band: str, inside: str, padding: str = "0") -> str:
        ground = self._ground(band)
        return f'<mj-section css-class="{band}" background-color="{ground}" padding="{padding}">{inside}</mj-section>\n'

    def _ground(self, band: str) -> str:
        return {"paper": PAPER, "tint": self._tint, "brand": self._colour}[band]

    def _columns(self, block: Block, band: str) -> str:
        shares = [int(share) for share in block["layout"].split("-")]
        widths = [f"{share * 100 / sum(shares):.4g}%" for share in shares]
        side = f"{_SIDE // 2 if column_count(block) == 2 else _SIDE // 3}px"
        columns = "".join(
            f'<mj-column width="{width}" vertical-align="top" css-class="beside{self._column_mark(block, number)}">'
            f"{self._stacked(column, band, side)}</mj-column>"
            for number, (width, column) in enumerate(zip(widths, block["columns"], strict=True))
        )
        return self._framed(band, columns, f"12px {_SIDE // 2}px")

    def _column_mark(self, block: Block, number: int) -> str:
        return f" in-{block['id']}-{number}" if self._marked else ""

    def _stacked(self, column: list[Block], band: str, side: str) -> str:
        drawn = [self._element(block, band, side) for block in column]
        if not self._marked:
            return "".join(drawn)
        marked = (_with_class(one, f"at-{block['id']}") for one, block in zip(drawn, column, strict=True))
        return "".join(marked) or '<mj-spacer height="72px" />'

    def _element(self, block: Block, band: str, side: str) -> str:
        ink = on(self._colour) if band == "brand" else INK
        if not says(block) and not self._with_examples and not block.get("url"):
            return ""
        if not says(block) and self._with_examples and block["kind"] != "button":
            block, ink = self._exemplary(block), mixed(ink, _GREY, self._ground(band))
        match block["kind"]:
            case "logo":
                return self._logo(block, band, ink, side)
            case "heading":
                return self._heading(block, ink, side)
            case "text":
                above = 18 if band != "paper" and side == f"{_SIDE}px" else 8
                return (
                    f'<mj-text css-class="words" color="{ink}" align="{block["align"]}" padding="{above}px {side} 4px">'
                    f"{self._rich(block['html'], self._ground(band), ink)}</mj-text>"
                )
            case "button":
                return self._button(block, band, side)
            case "image":
                return self._image(block, band, side)
            case "divider":
                return f'<mj-divider css-class="line" padding="16px {side}" />'
            case "spacer":
                return f'<mj-spacer height="{block["height"]}px" />'
        return ""

    def _exemplary(self, block: Block) -> Block:
        name = WORDS[block["kind"]]
        return block | {name: KINDS[block["kind"]].field(name).example}

    def _logo(self, block: Block, band: str, ink: str, side: str) -> str:
        source = block["image"] or self._brand.logo_url
        if not source:
            name = self._text(block["alt"] or self._brand.name)
            inside = self._linked(name, block["url"], ink)
            return (
                f'<mj-text css-class="name" align="{block["align"]}" color="{ink}" font-family="{self._head_font}"'
                f' font-size="20px" font-weight="700" padding="24px {side} 16px">{inside}</mj-text>'
            )
        return (
            f'<mj-image css-class="onlight" src="{self._attribute(source)}"'
            f' alt="{self._alt(block["alt"] or self._brand.name, band)}" width="{block["width"]}px"'
            f' align="{block["align"]}" padding="24px {side} 16px"{self._href(block)} />'
        )

    def _heading(self, block: Block, ink: str, side: str) -> str:
        size, height = _HEADINGS[block["level"]]
        above = 20 if side == f"{_SIDE}px" else 8  # in line with a text in the column beside it
        large = ' css-class="large"' if block["level"] == "1" else ""
        tag = f"h{block['level']}"
        words = f'<{tag} style="margin:0;font:inherit;color:inherit">{self._text(block["text"])}</{tag}>'
        return (
            f'<mj-text{large} align="{block["align"]}" color="{ink}" font-family="{self._head_font}" font-size="{size}"'
            f' line-height="{height}" font-weight="700" padding="{above}px {side} 4px">{words}</mj-text>'
        )

    def _button(self, block: Block, band: str, side: str) -> str:
        fill, ink, border = self._colour, on(self._colour), self._colour
        if band == "brand":
            fill, ink, border = ink, on(ink) if ink == PAPER else PAPER, ink
        if block["look"] == "outline":
            fill = "transparent"
            ink = on(self._colour) if band == "brand" else readable(self._colour, self._ground(band))
            border = ink
        if self._with_examples and not says(block):
            block, ink = (
                self._exemplary(block),
                mixed(ink, _GREY, self._ground(band) if fill == "transparent" else fill),
            )
        return (
            f'<mj-button css-class="{block["look"]}" align="{block["align"]}" background-color="{fill}" color="{ink}"'
            f' border="2px solid {border}" border-radius="{self._radius}" font-size="16px" font-weight="600"'
            f' line-height="1.25" inner-padding="12px 24px" padding="12px {side} 18px"{self._href(block)}>'
            f"{self._text(block['label'])}</mj-button>"
        )

    def _image(self, block: Block, band: str, side: str) -> str:
        if not block["image"]:
            return self._room_for_picture(band) if self._marked else ""
        width = f' width="{_WIDTH // 2}px"' if block["width"] == "half" else ""
        return (
            f'<mj-image src="{self._attribute(block["image"])}" alt="{self._alt(block["alt"], band)}"{width}'
            f' fluid-on-mobile="true" padding="{"0" if side == "0" else "12px " + side}"{self._href(block)} />'
        )

    def _room_for_picture(self, band: str) -> str:
        ground = mixed(INK, 0.07, self._ground(band))
        return (
            f'<mj-text align="center" color="{readable(MUTED, ground)}" container-background-color="{ground}"'
            ' font-size="14px" padding="48px 16px">No picture yet</mj-text>'
        )

    def _footer(self, block: Block) -> str:
        address = ", ".join(line.strip() for line in self._brand.postal_address.splitlines() if line.strip())
        said = " · ".join(self._text(part) for part in (self._brand.name, address) if part)
        link = f'<a href="{{{{ unsubscribe_url }}}}">{html.escape_text(block["label"] or "Unsubscribe")}</a>'
        if block["preferences"]:
            link = f'<a href="{{{{ preferences_url }}}}">{html.escape_text(block["preferences"])}</a> · {link}'
        if block["view"]:
            link = f'<a href="{{{{ view_url }}}}">{html.escape_text(block["view"])}</a> · {link}'
        end = self._rich(f"<p>{link}</p>", self._background, self._muted)
        words = f"{self._rich(block['html'], self._background, self._muted)}<p>{said}</p>{end}"
        return (
            f'<mj-section css-class="around" background-color="{self._background}" padding="20px 0"><mj-column>'
            f'<mj-text css-class="small" align="center" font-size="14px" line-height="1.5" color="{self._muted}">'
            f"{words}</mj-text></mj-column></mj-section>\n"
        )

    def _rich(self, words: str, ground: str, ink: str) -> str:
        """Its links are kept from the compiler, which writes \\u{301} for a mark that combines."""
        style = f' style="color:{ink};text-decoration:underline"' if needs_link_colour(ground) else ""

        def link(found: re.Match[str]) -> str:
            address = self._masks.reveal(found[1])
            if not self._masks.pattern.search(found[1]):
                address = escape(_as_sent(unescape(address)))
            return f'href="{self._masks.keep(address)}"{style}'

        shaped = _RICH_TABLE.sub(lambda tag: f'{tag[0]} style="{_TABLE_LOOK[tag[1]]}"', self._masks.hide(words))
        return _RICH_HREF.sub(link, shaped)

    def _text(self, template: str) -> str:
        return self._masks.hide(template, escape)

    def _attribute(self, template: str) -> str:
        """The compiler spells unusual characters of attributes in a way of its own: it sees none of them."""
        return self._masks.keep(html.escape_text(template))

    def _alt(self, alt: str, band: str) -> str:
        mask = self._attribute(alt)
        if band == "brand":
            self.alt_inks[mask] = on(self._colour)
        return mask

    def _href(self, block: Block) -> str:
        return f' href="{self._attribute(_as_sent(block["url"]))}"' if block["url"] else ""

    def _linked(self, inside: str, url: str, ink: str) -> str:
        return (
            f'<a href="{self._attribute(_as_sent(url))}" style="color:{ink};text-decoration:none">{inside}</a>'
            if url
            else inside
        )


def _with_class(mjml: str, name: str, *, once: bool = False) -> str:
    """`once`: the outermost element alone."""

    def named(tag: re.Match[str]) -> str:
        element, attributes, end = tag.groups()
        before, attribute, after = attributes.partition('css-class="')
        if attribute:
            return f"<{element}{before}{attribute}{name} {after}{end}>"
        return f'<{element} css-class="{name}"{attributes}{end}>'

    return _MARKABLE.sub(named, mjml, count=int(once))


def _as_sent(url: str) -> str:
    """An address without merge tags as it travels; what is none on the web stays as it is."""
    return url if "{{" in url or "{%" in url else as_sent(url) or url
