"""Kinds that are pictures."""

from campaigns.content.blocks.fields import ALT, BAND, PICTURE, Field, link
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look


def image(block: Block, look: Look) -> list[str]:
    if not block["image"]:
        return look.placeholder("Choose a picture")
    is_whole = block["width"] == "full" and not look.in_column
    width = ' width="300px"' if block["width"] == "half" else ""
    return [
        f'<mj-image src="{look.attribute(block["image"])}" alt="{look.alt(block["alt"])}"{width} fluid-on-mobile="true"'
        f' padding="{"0" if is_whole else f"12px {look.side}px"}"{look.href(block["url"])} />'
    ]


KINDS = (
    Kind(
        "image",
        "Picture",
        "A picture, with a link if you like",
        "pictures",
        "image",
        (
            PICTURE,
            ALT,
            link("picture"),
            Field(
                "width",
                "Width",
                "choice",
                "full",
                choices=(("full", "Edge to edge"), ("text", "As wide as the text"), ("half", "Half")),
            ),
            BAND,
        ),
        image,
    ),
)
