"""Every kind of block, in the order of the palette. A new kind is a `Kind` in the module of its group."""

from campaigns.content.blocks import ends, layout, links, pictures, writing
from campaigns.content.blocks.fields import Field
from campaigns.content.blocks.kind import Kind

KINDS: dict[str, Kind] = {
    kind.key: kind for module in (writing, pictures, links, layout, ends) for kind in module.KINDS
}
COLUMN_KINDS = tuple(kind.key for kind in KINDS.values() if kind.in_columns)
WORDS = {kind.key: kind.words for kind in KINDS.values() if kind.words}

STYLE: tuple[Field, ...] = (
    Field("colour", "Brand colour", "colour", help="Buttons, links and bands. Empty: the organisation's."),
    Field("background", "Around the mail", "colour", "#f2f1ee"),
    Field(
        "font",
        "Letters",
        "choice",
        "sans",
        choices=(("sans", "Sans serif"), ("serif", "Serif"), ("mixed", "Serif headings")),
    ),
    Field("corners", "Corners", "choice", "soft", choices=(("soft", "Soft"), ("square", "Square"), ("round", "Round"))),
)
