"""Every kind of block, in the order of the palette. A new kind is a `Kind` in the module of its group."""

from dataclasses import replace

from accounts.brands import fonts
from campaigns.content.blocks import cards, ends, layout, links, pictures, writing
from campaigns.content.blocks.fields import ROUNDINGS, WHEN, Field
from campaigns.content.blocks.kind import Kind

KINDS: dict[str, Kind] = {
    kind.key: replace(kind, fields=(*kind.fields, *kind.own, *WHEN))
    for module in (writing, pictures, links, cards, layout, ends)
    for kind in module.KINDS
}
COLUMN_KINDS = tuple(kind.key for kind in KINDS.values() if kind.in_columns)
WORDS = {kind.key: kind.words for kind in KINDS.values() if kind.words}

_OF_THE_BRAND = ("", "As the brand has it")
STYLE: tuple[Field, ...] = (
    Field("colour", "Main colour", "colour", help="Buttons, links and bands."),
    Field("accent", "Second colour", "colour", help="Bands that stand out."),
    Field("background", "Around the mail", "colour"),
    Field("ink", "Text", "colour"),
    Field("heading_font", "Headings", "choice", choices=(_OF_THE_BRAND, *fonts.CHOICES)),
    Field("body_font", "Text and buttons", "choice", choices=(_OF_THE_BRAND, *fonts.CHOICES)),
    Field(
        "corners",
        "Corners of buttons",
        "choice",
        choices=(_OF_THE_BRAND, *ROUNDINGS),
    ),
)
