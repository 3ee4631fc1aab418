"""Kinds that give room: columns, divider, spacer."""

import re

from campaigns.content.blocks.fields import BAND, ROOM, SECTION, Field
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look, Usual

_SPLIT = re.compile(r"\d{1,3}(?:-\d{1,3}){0,3}")
_NARROWEST = 0.1  # of the width


def shares(block: Block) -> list[int]:
    """How the width is split: as the author says, or by the chosen layout."""
    split = re.sub(r"[\s:/,+-]+", "-", str(block.get("split", "")).strip(" %")).replace("%", "")
    if _SPLIT.fullmatch(split):
        parts = [int(part) for part in split.split("-")]
        if min(parts) >= _NARROWEST * sum(parts) > 0:
            return parts
    return [int(share) for share in block["layout"].split("-")]


def columns(_block: Block, _look: Look) -> list[str]:
    """What stands in them is drawn; they are a section of their own (campaigns.content.mjml)."""
    return []


def divider(block: Block, look: Look) -> list[str]:
    colour = f' border-color="{look.theme.colour}"' if block["tone"] == "brand" and look.band != "brand" else ""
    return [
        f'<mj-divider css-class="line" border-style="{block["line"]}" border-width="{block["thickness"]}px"{colour}'
        f' width="{block["reach"]}%" padding="{look.room()}" />'
    ]


def spacer(block: Block, _look: Look) -> list[str]:
    return [f'<mj-spacer height="{block["height"]}px" />']


KINDS = (
    Kind(
        "columns",
        "Section",
        "One to four columns side by side, on a background of their own",
        "layout",
        "columns",
        (
            Field(
                "layout",
                "Columns",
                "choice",
                "1-1",
                choices=(
                    ("1", "One"),
                    ("1-1", "Two equal"),
                    ("1-2", "Narrow and wide"),
                    ("2-1", "Wide and narrow"),
                    ("1-1-1", "Three equal"),
                    ("1-1-1-1", "Four equal"),
                ),
            ),
            Field(
                "split", "Own widths", "text", help="Such as 30-70 or 25-50-25. Empty: as chosen above.", is_plain=True
            ),
            Field(
                "stack",
                "On phones",
                "choice",
                "stack",
                choices=(("stack", "One below the other"), ("keep", "Side by side")),
            ),
            Field("valign", "Line up", "choice", "top", choices=(("top", "At the top"), ("middle", "In the middle"))),
            *SECTION,
        ),
        columns,
        own=ROOM,
        usual=lambda _block, _look: Usual(above=12, below=12),
        is_container=True,
        in_columns=False,
    ),
    Kind(
        "divider",
        "Divider",
        "A line",
        "layout",
        "divider",
        (
            Field(
                "line",
                "Look",
                "choice",
                "solid",
                choices=(("solid", "Line"), ("dashed", "Dashes"), ("dotted", "Dots"), ("double", "Double")),
            ),
            Field("thickness", "Thickness", "number", 1, "In pixels.", minimum=1, maximum=12),
            Field("tone", "Colour", "choice", "grey", choices=(("grey", "Grey"), ("brand", "Brand colour"))),
            Field("reach", "Length", "choice", "100", choices=(("100", "Whole"), ("50", "Half"), ("20", "Short"))),
            BAND,
        ),
        divider,
        own=ROOM,
        usual=lambda _block, _look: Usual(above=16, below=16),
    ),
    Kind(
        "spacer",
        "Space",
        "Empty room",
        "layout",
        "spacer",
        (Field("height", "Height", "number", 24, "In pixels.", minimum=4, maximum=120), BAND),
        spacer,
    ),
)
