"""Kinds that give room: columns, divider, spacer."""

from campaigns.content.blocks.fields import BAND, Field
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look


def columns(_block: Block, _look: Look) -> list[str]:
    """What stands in them is drawn; they are a section of their own (campaigns.content.mjml)."""
    return []


def divider(_block: Block, look: Look) -> list[str]:
    return [f'<mj-divider css-class="line" padding="16px {look.side}px" />']


def spacer(block: Block, _look: Look) -> list[str]:
    return [f'<mj-spacer height="{block["height"]}px" />']


KINDS = (
    Kind(
        "columns",
        "Columns",
        "Two or three blocks side by side, one below the other on a phone",
        "layout",
        "columns",
        (
            Field(
                "layout",
                "Layout",
                "choice",
                "1-1",
                choices=(
                    ("1-1", "Two equal"),
                    ("1-2", "Narrow and wide"),
                    ("2-1", "Wide and narrow"),
                    ("1-1-1", "Three equal"),
                ),
            ),
            BAND,
        ),
        columns,
        is_container=True,
        in_columns=False,
    ),
    Kind("divider", "Divider", "A thin line", "layout", "divider", (BAND,), divider),
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
