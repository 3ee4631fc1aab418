"""Kinds that are words: heading, text."""

from campaigns.content.blocks.fields import BAND, Field, align
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look

_HEADINGS = {"1": ("30px", "1.25"), "2": ("22px", "1.3"), "3": ("17px", "1.4")}


def heading(block: Block, look: Look) -> list[str]:
    size, height = _HEADINGS[block["level"]]
    above = 8 if look.in_column else 20  # in line with a text in the column beside it
    large = ' css-class="large"' if block["level"] == "1" else ""
    tag = f"h{block['level']}"
    words = f'<{tag} style="margin:0;font:inherit;color:inherit">{look.text(block["text"])}</{tag}>'
    return [
        f'<mj-text{large} align="{block["align"]}" color="{look.ink}" font-family="{look.theme.head_font}"'
        f' font-size="{size}" line-height="{height}" font-weight="700" padding="{above}px {look.side}px 4px">'
        f"{words}</mj-text>"
    ]


def text(block: Block, look: Look) -> list[str]:
    above = 18 if look.band != "paper" and not look.in_column else 8
    return [
        f'<mj-text css-class="words" color="{look.ink}" align="{block["align"]}"'
        f' padding="{above}px {look.side}px 4px">{look.rich(block["html"])}</mj-text>'
    ]


KINDS = (
    Kind(
        "heading",
        "Heading",
        "A line that says what follows",
        "words",
        "heading",
        (
            Field("text", "Text", "text", example="A heading"),
            Field("level", "Size", "choice", "1", choices=(("1", "Large"), ("2", "Medium"), ("3", "Small"))),
            align(),
            BAND,
        ),
        heading,
        words="text",
    ),
    Kind(
        "text",
        "Text",
        "Paragraphs, lists and links",
        "words",
        "text",
        (Field("html", "Text", "rich", example="Write here."), align(), BAND),
        text,
        words="html",
    ),
)
