"""Kinds that lead somewhere: button."""

from accounts.colours import PAPER, on, readable
from campaigns.content.blocks.fields import BAND, Field, align
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look


def button(block: Block, look: Look) -> list[str]:
    fill, ink, border = button_colours(block["look"], look)
    ink = look.greyed(ink, look.ground if fill == "transparent" else fill)
    return [
        f'<mj-button css-class="{block["look"]}" align="{block["align"]}" background-color="{fill}" color="{ink}"'
        f' border="2px solid {border}" border-radius="{look.theme.radius}" font-size="16px" font-weight="600"'
        f' line-height="1.25" inner-padding="12px 24px" padding="12px {look.side}px 18px"{look.href(block["url"])}>'
        f"{look.text(block['label'])}</mj-button>"
    ]


def button_colours(kind: str, look: Look) -> tuple[str, str, str]:
    """Fill, ink and border."""
    colour = look.theme.colour
    if kind == "outline":
        ink = on(look.ground) if look.is_full else readable(colour, look.ground)
        return "transparent", ink, ink
    if look.is_full:
        fill = on(look.ground)
        return fill, on(fill) if fill == PAPER else PAPER, fill
    return colour, on(colour), colour


KINDS = (
    Kind(
        "button",
        "Button",
        "The one thing to do next",
        "links",
        "button",
        (
            Field("label", "Label", "text", example="Read more"),
            Field("url", "Link", "url", help="A full address, such as https://example.com/offer."),
            Field("look", "Look", "choice", "filled", choices=(("filled", "Filled"), ("outline", "Outline"))),
            align(),
            BAND,
        ),
        button,
        words="label",
    ),
)
