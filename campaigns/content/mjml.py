"""Blocks become MJML, of which campaigns.content.drawing makes the HTML that old mail programs understand."""

import re
from dataclasses import dataclass
from html import escape, unescape

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from accounts import fonts
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
from accounts.models import BrandKit, Organisation
from accounts.web_addresses import as_sent
from campaigns.content import drawing, html
from campaigns.content.blocks import COLOUR, KINDS, WORDS, Block, Document, column_count, says
from campaigns.content.drawing import Drawing
from campaigns.merge.masking import Masks
from campaigns.merge.syntax import literal

_RADIUS = {"soft": "6px", "square": "0", "round": "24px"}
_HEADINGS = {"1": ("30px", "1.25"), "2": ("22px", "1.3"), "3": ("17px", "1.4")}

_RICH_TABLE = re.compile(r"<(table|td|th)(?=[ >])")
_CELL = f"border:1px solid {LINE};padding:6px 8px;text-align:start;vertical-align:top"
_TABLE_LOOK = {"table": "border-collapse:collapse;width:100%;margin:0 0 14px", "td": _CELL, "th": _CELL}
_RICH_HREF = re.compile(r'href="([^"]*)"')
_GREY = 0.5
_FULL = ("brand", "accent")  # bands whose letters are light or dark as their colour asks for
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
    accent: str = INK
    background: str = "#f2f1ee"
    ink: str = INK
    heading_font: str = "sans"
    body_font: str = "sans"
    corners: str = "soft"
    logo_on_dark_url: str = ""
    footer: str = ""
    social: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, organisation: Organisation | None, kit: BrandKit | None = None) -> "Brand":
        """`kit`: empty for the organisation's own."""
        if organisation is None:
            return cls()
        kit = kit or organisation.own_brand
        logos = (f"{organisation.public_address}/i/{name}" if name else "" for name in (kit.logo, kit.logo_on_dark))
        name, address, footer = map(literal, (*signed(organisation, kit), kit.footer))
        chosen = {name: getattr(kit, name) for name in ("heading_font", "body_font", "corners") if getattr(kit, name)}
        chosen |= {name: getattr(kit, name) for name in kit.COLOURS if COLOUR.fullmatch(getattr(kit, name))}
        logo_url, logo_on_dark_url = logos
        return cls(
            name,
            address,
            logo_url=logo_url,
            logo_on_dark_url=logo_on_dark_url,
            footer=footer,
            social=tuple(kit.social.items()),
            **chosen,
        )


def signed(organisation: Organisation, kit: BrandKit) -> tuple[str, str]:
    """Name and postal address at the foot of a mail of this brand."""
    return kit.name or organisation.name, kit.postal_address or organisation.postal_address


def draw(
    document: Document, brand: Brand, *, title: str = "", preheader: str = "", with_examples: bool = False
) -> Drawing:
    """The mail of a document that blocks.validate has seen.

    `with_examples`: grey words where a block has none yet, for whoever writes the mail. What is sent leaves such
    blocks out.
    """
    masks = Masks()
    writer = _Writer(document, brand, masks, with_examples=with_examples)
    page = writer.page(title)
    return Drawing(page, masks.word, tuple(masks.tags), writer.alt_inks, title, preheader, brand.language)


def compile(
    document: Document, brand: Brand, *, title: str = "", preheader: str = "", with_examples: bool = False
) -> str:
    """A whole HTML page with merge tags still in it, worked out at once: for documents of our own."""
    return drawing.finished(draw(document, brand, title=title, preheader=preheader, with_examples=with_examples))


class _Writer:
    def __init__(self, document: Document, brand: Brand, masks: Masks, *, with_examples: bool = False) -> None:
        style = document["style"]
        self._document = document
        self._brand = brand
        self._masks = masks
        self._colour = style["colour"] or brand.colour
        self._accent = style["accent"] or brand.accent
        self._ink = style["ink"] or brand.ink
        self._tint = mixed(self._colour, 0.09)
        self._background = style["background"] or brand.background
        self._body_font = fonts.stack(style["body_font"] or brand.body_font)
        self._head_font = fonts.stack(style["heading_font"] or brand.heading_font)
        self._radius = _RADIUS[style["corners"] or brand.corners]
        self._muted = readable(MUTED, self._background)
        self.alt_inks: dict[str, str] = {}
        self._with_examples = with_examples

    def page(self, title: str) -> str:
        frame = {
            "language": self._brand.language,
            "title": mark_safe(self._text(title)),  # noqa: S308 - escaped there
            "font": mark_safe(self._body_font),  # noqa: S308 - one of some constants
            "background": self._background,
            "link": readable_on_light(self._colour),
            "link_on_dark": readable_on_dark(self._colour),
            "ink": self._ink,
            "muted": self._muted,
            "paper": PAPER,
            "line": LINE,
            "width": _WIDTH,
            "side": _SIDE,
            "sections": mark_safe("".join(map(self._section, self._document["blocks"]))),  # noqa: S308 - MJML
        }
        return render_to_string("email/frame.mjml", frame)

    def _section(self, block: Block) -> str:
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
        return {"paper": PAPER, "tint": self._tint, "brand": self._colour, "accent": self._accent}[band]

    def _ink_on(self, band: str) -> str:
        return on(self._ground(band)) if band in _FULL else readable(self._ink, self._ground(band))

    def _columns(self, block: Block, band: str) -> str:
        shares = [int(share) for share in block["layout"].split("-")]
        widths = [f"{share * 100 / sum(shares):.4g}%" for share in shares]
        side = f"{_SIDE // 2 if column_count(block) == 2 else _SIDE // 3}px"
        columns = "".join(
            f'<mj-column width="{width}" vertical-align="top" css-class="beside">'
            f"{''.join(self._element(block, band, side) for block in column)}</mj-column>"
            for width, column in zip(widths, block["columns"], strict=True)
        )
        return self._framed(band, columns, f"12px {_SIDE // 2}px")

    def _element(self, block: Block, band: str, side: str) -> str:
        ink = self._ink_on(band)
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
        if self._brand.logo_on_dark_url and not block["image"] and band not in _FULL:
            return self._two_logos(block, band, side)
        return (
            f'<mj-image css-class="onlight" src="{self._attribute(source)}"'
            f' alt="{self._alt(block["alt"] or self._brand.name, band)}" width="{block["width"]}px"'
            f' align="{block["align"]}" padding="24px {side} 16px"{self._href(block)} />'
        )

    def _two_logos(self, block: Block, band: str, side: str) -> str:
        """The dark one for mail programs that know what a picture's sources are; nothing is hidden from the others."""
        picture = (
            f'<picture><source srcset="{self._attribute(self._brand.logo_on_dark_url)}"'
            f' media="(prefers-color-scheme: dark)" /><img src="{self._attribute(self._brand.logo_url)}"'
            f' alt="{self._alt(block["alt"] or self._brand.name, band)}" width="{block["width"]}"'
            f' style="border:0;display:inline-block;height:auto;max-width:100%;width:{block["width"]}px" /></picture>'
        )
        inside = self._linked(picture, block["url"], self._ink)
        return f'<mj-text align="{block["align"]}" line-height="1" padding="24px {side} 16px">{inside}</mj-text>'

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
        if band in _FULL:
            fill = border = self._ink_on(band)
            ink = on(fill) if fill == PAPER else PAPER
        if block["look"] == "outline":
            fill = "transparent"
            ink = border = self._ink_on(band) if band in _FULL else readable(self._colour, self._ground(band))
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
            return ""
        width = f' width="{_WIDTH // 2}px"' if block["width"] == "half" else ""
        return (
            f'<mj-image src="{self._attribute(block["image"])}" alt="{self._alt(block["alt"], band)}"{width}'
            f' fluid-on-mobile="true" padding="{"0" if side == "0" else "12px " + side}"{self._href(block)} />'
        )

    def _footer(self, block: Block) -> str:
        address = ", ".join(line.strip() for line in self._brand.postal_address.splitlines() if line.strip())
        said = " · ".join(self._text(part) for part in (self._brand.name, address) if part)
        more = "".join(f"<p>{self._text(line)}</p>" for line in self._brand.footer.splitlines() if line.strip())
        link = f'<a href="{{{{ unsubscribe_url }}}}">{html.escape_text(block["label"] or "Unsubscribe")}</a>'
        if block["preferences"]:
            link = f'<a href="{{{{ preferences_url }}}}">{html.escape_text(block["preferences"])}</a> · {link}'
        if block["view"]:
            link = f'<a href="{{{{ view_url }}}}">{html.escape_text(block["view"])}</a> · {link}'
        end = self._rich(f"<p>{link}</p>", self._background, self._muted)
        words = f"{self._rich(block['html'], self._background, self._muted)}<p>{said}</p>{more}{end}"
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
        if band in _FULL:
            self.alt_inks[mask] = self._ink_on(band)
        return mask

    def _href(self, block: Block) -> str:
        return f' href="{self._attribute(_as_sent(block["url"]))}"' if block["url"] else ""

    def _linked(self, inside: str, url: str, ink: str) -> str:
        return (
            f'<a href="{self._attribute(_as_sent(url))}" style="color:{ink};text-decoration:none">{inside}</a>'
            if url
            else inside
        )


def _as_sent(url: str) -> str:
    """An address without merge tags as it travels; what is none on the web stays as it is."""
    return url if "{{" in url or "{%" in url else as_sent(url) or url
