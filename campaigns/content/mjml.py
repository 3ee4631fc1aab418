"""Blocks become MJML, of which campaigns.content.drawing makes the HTML that old mail programs understand."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from types import MappingProxyType

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from accounts.brands import fonts
from accounts.brands.colours import INK, LINE, MUTED, PAPER, mixed, readable, readable_on_dark, readable_on_light
from accounts.models import BrandKit, Organisation
from accounts.pictures import files
from campaigns.content import drawing
from campaigns.content.blocks import COLOUR, KINDS, Block, Document, conditions, says, walk, words
from campaigns.content.blocks.layout import shares
from campaigns.content.blocks.look import RADIUS, SIDE, Look, Outline, Theme
from campaigns.content.drawing import CUT, Piece
from campaigns.content.rich import INKS
from campaigns.merge.masking import Masks
from campaigns.merge.syntax import literal
from campaigns.starters import colouring

_WIDTH = 600
_INK = re.compile(r'<span data-ink="(\w+)">')
_INK_ON_DARK = "#e9e7e3"  # as email/frame.mjml has it
_TOGETHER = 8  # blocks of one section: Outlook breaks a taller one off as if it were printed


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
    public_address: str = ""
    time_zone: str = ""

    @classmethod
    def of(cls, organisation: Organisation | None, kit: BrandKit | None = None) -> "Brand":
        """`kit`: empty for the organisation's own."""
        if organisation is None:
            return cls()
        kit = kit or organisation.own_brand
        base = organisation.public_address
        logo_url, logo_on_dark_url = (
            files.address(base, name) if name else "" for name in (kit.logo, kit.logo_on_dark)
        )
        name, address, footer = map(literal, (*signed(organisation, kit), kit.footer))
        chosen = {name: getattr(kit, name) for name in ("heading_font", "body_font", "corners") if getattr(kit, name)}
        chosen |= {name: getattr(kit, name) for name in kit.COLOURS if COLOUR.fullmatch(getattr(kit, name))}
        return cls(
            name,
            address,
            logo_url=logo_url,
            logo_on_dark_url=logo_on_dark_url,
            footer=footer,
            social=tuple(kit.social.items()),
            public_address=base,
            time_zone=organisation.time_zone,
            **chosen,
        )


def signed(organisation: Organisation, kit: BrandKit) -> tuple[str, str]:
    """Name and postal address at the foot of a mail of this brand."""
    return kit.name or organisation.name, kit.postal_address or organisation.postal_address


def draw(
    document: Document,
    brand: Brand,
    *,
    title: str = "",
    preheader: str = "",
    with_examples: bool = False,
    pixels: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> Piece:
    """The mail of a document that blocks.validate has seen.

    `with_examples`: grey words where a block has none yet, for whoever writes the mail. What is sent leaves such
    blocks out. `pixels`: width and height of pictures of ours, by the names of their files.
    """
    writer = _Writer(
        theme_of(document, brand),
        with_examples=with_examples,
        inks=_inks(document),
        own=_own(document),
        pixels=pixels,
    )
    sections = tuple(writer.sections(document["blocks"]))
    page = (title, preheader, brand.language, writer.font)
    return Piece(writer.frame(brand.language), slots=(sections,), page=page)


def compile(
    document: Document, brand: Brand, *, title: str = "", preheader: str = "", with_examples: bool = False
) -> str:
    """A whole HTML page with merge tags still in it, worked out at once: for documents of our own."""
    frame = draw(document, brand, title=title, preheader=preheader, with_examples=with_examples)
    return drawing.page_of(frame, lambda piece: drawing.compiled(*piece.as_job()))


def theme_of(document: Document, brand: Brand) -> Theme:
    style = document["style"]
    colour, background = style["colour"] or brand.colour, style["background"] or brand.background
    return Theme(
        colour=colour,
        accent=style["accent"] or brand.accent,
        ink=style["ink"] or brand.ink,
        tint=mixed(colour, 0.09),
        background=background,
        muted=readable(MUTED, background),
        paper=PAPER,
        body_font=fonts.stack(style["body_font"] or brand.body_font),
        head_font=fonts.stack(style["heading_font"] or brand.heading_font),
        radius=RADIUS[style["corners"] or brand.corners],
        name=brand.name,
        postal_address=brand.postal_address,
        logo_url=brand.logo_url,
        logo_on_dark_url=brand.logo_on_dark_url,
        footer=brand.footer,
        social=brand.social,
        language=brand.language,
        public_address=brand.public_address,
        time_zone=brand.time_zone,
    )


def _inks(document: Document) -> frozenset[str]:
    """Colours of the brand that its words have."""
    rich = (block[field.name] for block, field in words(document) if field.widget == "rich")
    return frozenset(name for said in rich for name in _INK.findall(said))


def _own(document: Document) -> frozenset[str]:
    """Colours and letters that whole blocks or their buttons have."""
    return frozenset(block.get(name, "") for block in walk(document) for name in ("ink", "fill", "font"))


def look_of(document: Document, brand: Brand, block_id: str) -> Look | None:
    """How the block looks where it stands, but for its width; None where it stands nowhere."""
    for block in document["blocks"]:
        for one in (block, *chain.from_iterable(block.get("columns", []))):
            if one["id"] == block_id:
                side = SIDE if one is block else SIDE // 2
                look = Look(theme_of(document, brand), _band(block), side=side, own_ground=block.get("ground", ""))
                return look.of(one, KINDS[one["kind"]].usual(one, look))
    return None


def inks(document: Document, brand: Brand) -> list[tuple[str, str, str]]:
    """The colours that words may have: their names, what they are called, and what they are on white."""
    look = Look(theme_of(document, brand), "paper")
    return [(name, label, look.named_ink(name)) for name, label in INKS.items()]


class _Writer:
    def __init__(
        self,
        theme: Theme,
        *,
        with_examples: bool,
        inks: frozenset[str],
        own: frozenset[str],
        pixels: Mapping[str, tuple[int, int]],
    ) -> None:
        self._theme = theme
        self._outline = Outline()
        self._pixels = pixels
        self._inks = inks
        self._own = own
        self._with_examples = with_examples
        self._widths: set[str] = set()

    @property
    def font(self) -> str:
        return self._theme.body_font

    def frame(self, language: str) -> str:
        """To be asked for once the sections are drawn."""
        theme = self._theme
        return render_to_string(
            "email/frame.mjml",
            {
                "language": language,
                "direction": "rtl" if theme.is_rtl else "ltr",
                "font_of_outlook": mark_safe(theme.body_font.removeprefix("-apple-system, ")),  # noqa: S308 - one of some constants
                "background": theme.background,
                "link": readable_on_light(theme.colour),
                "link_on_dark": readable_on_dark(theme.colour),
                "muted": theme.muted,
                "width": _WIDTH,
                "inks": [(name, ink) for name, ink in self._inks_on_dark if name in self._inks],
                "own_inks": [(name, ink) for name, ink in self._inks_on_dark if name in self._own],
                "fonts": [(key, fonts.stack(key)) for key, _ in fonts.CHOICES if key in self._own],
                "columns": [(width.replace(".", "-"), width) for width in sorted(self._widths)],
            },
        )

    @property
    def _inks_on_dark(self) -> list[tuple[str, str]]:
        theme = self._theme
        return [
            ("brand", readable_on_dark(theme.colour)),
            ("accent", readable_on_dark(theme.accent)),
            ("muted", readable_on_dark(MUTED)),
            ("ink", _INK_ON_DARK),
        ]

    def sections(self, blocks: Sequence[Block]) -> Iterator[Piece]:
        """Neighbours on the same ground share a section."""
        for (band, is_apart), group in groupby(blocks, lambda block: (_band(block), KINDS[block["kind"]].is_container)):
            if is_apart:
                yield from map(self._columns, group)
                continue
            rows = [piece for block in group if (piece := self._element(block, self._look(band)))]
            for start in range(0, len(rows), _TOGETHER):
                together = tuple(rows[start : start + _TOGETHER])
                look, columns = self._look(band), f"<mj-column>{CUT}</mj-column>"
                yield Piece(_section(look, columns, "0"), slots=(together,))

    def _columns(self, block: Block) -> Piece:
        parts = shares(block)
        widths = [f"{share * 100 / sum(parts):.4g}" for share in parts]
        look = replace(self._look(block["band"]), own_ground=block.get("ground", ""))
        side = {1: SIDE, 2: SIDE // 2}.get(len(parts), SIDE // 3)
        edge = 0 if len(parts) == 1 else SIDE // 2
        is_kept = block.get("stack") == "keep" and len(parts) > 1
        if not is_kept:
            self._widths |= set(widths)
        look = look.of(block, KINDS[block["kind"]].usual(block, look))
        slots = tuple(
            self._column(
                column,
                replace(look, width=(_WIDTH - 2 * edge) * float(width) / 100, side=side),
                is_for_some=_is_for_some(block),
            )
            for width, column in zip(widths, block["columns"], strict=True)
        )
        alignment = block.get("valign", "top")
        columns = "".join(
            f'<mj-column width="{width}%" vertical-align="{alignment}" css-class="b">{CUT}</mj-column>'
            for width in widths
        )
        if is_kept:
            columns = f"<mj-group>{columns}</mj-group>"
        mjml = _section(look, columns, look.room(side=edge), block.get("picture", ""), block.get("wide", "mail"))
        return _piece(mjml, look, block, slots)

    def _column(self, column: Sequence[Block], look: Look, *, is_for_some: bool) -> tuple[Piece, ...]:
        drawn = (
            self._element(block, replace(look, masks=Masks(), alt_inks={}), is_for_some=is_for_some)  # of its own
            for block in column
        )
        rows = [piece for piece in drawn if piece]
        if not rows and self._with_examples:
            rows.append(Piece(self._row(self._look(look.band).placeholder("+ Add a block here"), look)))
        return tuple(rows)

    def _look(self, band: str) -> Look:
        return Look(self._theme, band, with_examples=self._with_examples, outline=self._outline)

    def _element(self, block: Block, look: Look, *, is_for_some: bool = False) -> Piece | None:
        kind = KINDS[block["kind"]]
        if not says(block):
            if not self._with_examples and not block.get("url"):
                return None
            if self._with_examples:
                block, look = block | {kind.words: kind.field(kind.words).example}, look.as_example()
        if block["kind"] == "logo" and not block["image"]:
            look = replace(look, pixels=self._pixels.get(files.name_in(self._theme.logo_url)))
        elif block.get("image"):
            address = colouring.recoloured(block["image"], self._theme.colour, self._theme.accent)
            name = address.rpartition("/")[2]
            block = block | {"image": address}
            look = replace(look, pixels=self._pixels.get(name) or colouring.size(name))
        self._outline.is_for_some = is_for_some or _is_for_some(block)
        look = look.of(block, kind.usual(block, look))
        rows = kind.draw(block, look)
        return _piece(self._row(rows, look), look, block) if rows else None

    def _row(self, rows: Sequence[str], look: Look) -> str:
        return (
            '<mjml><mj-head><mj-attributes><mj-all font-family="inherit" />'
            f'<mj-text font-size="16px" line-height="1.6" color="{self._theme.ink}" /><mj-divider border-width="1px"'
            f' border-color="{LINE}" /></mj-attributes></mj-head><mj-body width="{look.width:.7g}px"><mj-section'
            f' padding="0"><mj-column>{CUT}{CUT.join(rows)}{CUT}</mj-column></mj-section></mj-body></mjml>'
        )


def _piece(mjml: str, look: Look, block: Block, slots: tuple[tuple[Piece, ...], ...] = ()) -> Piece:
    masks = look.masks
    return Piece(
        mjml,
        masks.word,
        tuple(masks.tags),
        tuple(look.alt_inks.items()),
        slots,
        block.get("id", ""),
        devices=block.get("devices", "all"),
        condition=conditions.opening(block),
        classes=" ".join(_classes(look)),
        font=fonts.stack(look.own_font) if look.own_font else "",
    )


def _classes(look: Look) -> Iterator[str]:
    if look.own_ink and not look.is_full:
        yield f"ink-{look.own_ink}"
    if look.own_font:
        yield f"font-{look.own_font}"


def _is_for_some(block: Block) -> bool:
    return bool(conditions.opening(block)) or block.get("devices", "all") != "all"


def _section(look: Look, columns: str, padding: str, picture: str = "", wide: str = "mail") -> str:
    ground = f' css-class="{look.band}" background-color="{look.ground}" padding="{padding}"'
    if look.band == "picture" and picture:
        ground += f' background-url="{look.attribute(picture)}" background-size="cover" background-repeat="no-repeat"'
    if look.theme.is_rtl:
        ground += ' direction="rtl"'
    if wide == "window":
        ground += ' full-width="full-width"'
    return f'<mjml><mj-body width="{_WIDTH}px">{CUT}<mj-section{ground}>{columns}</mj-section>{CUT}</mj-body></mjml>'


def _band(block: Block) -> str:
    return KINDS[block["kind"]].band or str(block["band"])
