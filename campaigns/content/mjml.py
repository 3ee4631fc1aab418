"""Blocks become MJML, of which campaigns.content.drawing makes the HTML that old mail programs understand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from accounts.colours import INK, LINE, MUTED, PAPER, mixed, readable, readable_on_dark, readable_on_light
from accounts.models import Organisation
from campaigns.content import drawing
from campaigns.content.blocks import KINDS, Block, Document, column_count, says
from campaigns.content.blocks.look import SIDE, Look, Theme
from campaigns.content.drawing import CUT, Piece
from campaigns.merge.syntax import literal

_SANS = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
_SERIF = "Georgia, 'Times New Roman', serif"
_RADIUS = {"soft": "6px", "square": "0", "round": "24px"}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WIDTH = 600
_TOGETHER = 8  # blocks of one section: Outlook breaks a taller one off as if it were printed


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
    document: Document, brand: Brand, *, title: str = "", preheader: str = "", with_examples: bool = False
) -> Piece:
    """The mail of a document that blocks.validate has seen.

    `with_examples`: grey words where a block has none yet, for whoever writes the mail. What is sent leaves such
    blocks out.
    """
    writer = _Writer(theme_of(document, brand), with_examples=with_examples)
    sections = tuple(writer.sections(document["blocks"]))
    page = (title, preheader, brand.language)
    return Piece(writer.frame(document, brand.language), slots=(sections,), page=page)


def compile(
    document: Document, brand: Brand, *, title: str = "", preheader: str = "", with_examples: bool = False
) -> str:
    """A whole HTML page with merge tags still in it, worked out at once: for documents of our own."""
    frame = draw(document, brand, title=title, preheader=preheader, with_examples=with_examples)
    return drawing.page_of(frame, lambda piece: drawing.compiled(*piece.as_job()))


def theme_of(document: Document, brand: Brand) -> Theme:
    style = document["style"]
    colour, background = style["colour"] or brand.colour, style["background"] or "#f2f1ee"
    return Theme(
        colour=colour,
        tint=mixed(colour, 0.09),
        background=background,
        muted=readable(MUTED, background),
        paper=PAPER,
        body_font=_SERIF if style["font"] == "serif" else _SANS,
        head_font=_SANS if style["font"] == "sans" else _SERIF,
        radius=_RADIUS[style["corners"]],
        name=brand.name,
        postal_address=brand.postal_address,
        logo_url=brand.logo_url,
    )


class _Writer:
    def __init__(self, theme: Theme, *, with_examples: bool) -> None:
        self._theme = theme
        self._with_examples = with_examples

    def frame(self, document: Document, language: str) -> str:
        theme = self._theme
        widths = {width for block in document["blocks"] if "columns" in block for width in _shares(block)}
        return render_to_string(
            "email/frame.mjml",
            {
                "language": language,
                "font": mark_safe(theme.body_font),  # noqa: S308 - one of two constants
                "background": theme.background,
                "link": readable_on_light(theme.colour),
                "link_on_dark": readable_on_dark(theme.colour),
                "muted": theme.muted,
                "width": _WIDTH,
                "columns": [(width.replace(".", "-"), width) for width in sorted(widths)],
            },
        )

    def sections(self, blocks: Sequence[Block]) -> Iterator[Piece]:
        """Neighbours on the same ground share a section."""
        for (band, is_apart), group in groupby(blocks, lambda block: (_band(block), "columns" in block)):
            if is_apart:
                yield from map(self._columns, group)
                continue
            rows = [piece for block in group if (piece := self._element(block, self._look(band)))]
            for start in range(0, len(rows), _TOGETHER):
                yield self._section(
                    band, f"<mj-column>{CUT}</mj-column>", "0", (tuple(rows[start : start + _TOGETHER]),)
                )

    def _columns(self, block: Block) -> Piece:
        shares, count = _shares(block), column_count(block)
        side = SIDE // 2 if count == 2 else SIDE // 3
        columns = "".join(
            f'<mj-column width="{share}%" vertical-align="top" css-class="beside">{CUT}</mj-column>' for share in shares
        )
        looks = [self._look(block["band"], (_WIDTH - SIDE) * float(share) / 100, side) for share in shares]
        slots = tuple(
            tuple(piece for inner in column if (piece := self._element(inner, look)))
            for look, column in zip(looks, block["columns"], strict=True)
        )
        return self._section(block["band"], columns, f"12px {SIDE // 2}px", slots, block["id"])

    def _section(
        self, band: str, columns: str, padding: str, slots: tuple[tuple[Piece, ...], ...], block: str = ""
    ) -> Piece:
        section = (
            f'{CUT}<mj-section css-class="{band}" background-color="{self._theme.ground(band)}"'
            f' padding="{padding}">{columns}</mj-section>{CUT}'
        )
        return Piece(f'<mjml><mj-body width="{_WIDTH}px">{section}</mj-body></mjml>', slots=slots, block=block)

    def _look(self, band: str, width: float = _WIDTH, side: int = SIDE) -> Look:
        return Look(self._theme, band, width, side, with_examples=self._with_examples)

    def _element(self, block: Block, look: Look) -> Piece | None:
        kind = KINDS[block["kind"]]
        if not says(block):
            if not self._with_examples and not block.get("url"):
                return None
            if self._with_examples:
                block, look = block | {kind.words: kind.field(kind.words).example}, look.as_example()
        rows = kind.draw(block, look)
        if not rows:
            return None
        mjml = (
            f'<mjml><mj-head><mj-attributes><mj-all font-family="{self._theme.body_font}" />'
            f'<mj-text font-size="16px" line-height="1.6" color="{INK}" /><mj-divider border-width="1px"'
            f' border-color="{LINE}" /></mj-attributes></mj-head><mj-body width="{look.width:.7g}px"><mj-section'
            f' padding="0"><mj-column>{CUT}{CUT.join(rows)}{CUT}</mj-column></mj-section></mj-body></mjml>'
        )
        masks = look.masks
        return Piece(mjml, masks.word, tuple(masks.tags), tuple(look.alt_inks.items()), block=block["id"])


def _band(block: Block) -> str:
    return KINDS[block["kind"]].band or str(block["band"])


def _shares(block: Block) -> list[str]:
    """Of the width, in percent."""
    shares = [int(share) for share in block["layout"].split("-")]
    return [f"{share * 100 / sum(shares):.4g}" for share in shares]
