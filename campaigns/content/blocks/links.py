"""Kinds that lead somewhere: button, social links, menu."""

from accounts.colours import on, readable
from campaigns.brands import networks
from campaigns.content.blocks.fields import BAND, BUTTON, Field, align
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look
from campaigns.merge.tag_spans import without_tags

_CHAR, _PADDED = 9, 56  # pixels: of a letter, and of what stands round the words
_ENTRIES = 5


def button(block: Block, look: Look) -> list[str]:
    return [button_row(block["label"], block["url"], look, kind=block["look"], align=block["align"])]


def button_row(label: str, url: str, look: Look, *, kind: str = "filled", align: str = "left") -> str:
    return (
        f'<mj-raw><tr><td align="{align}" class="{button_class(kind, look)}" style="padding:12px {look.side}px 18px">'
        f"{button_of(label, url, look, kind=kind)}</td></tr></mj-raw>"
    )


def button_of(label: str, url: str, look: Look, *, kind: str = "filled") -> str:
    """For Outlook a shape of VML, which it pads and rounds; for everybody else a link. What holds it has its class.

    Letters of the shape: email/frame.mjml.
    """
    if kind == "outline":
        border = look.outline_ink
        ink = look.greyed(border, look.ground)
        shape = f'filled="f" strokecolor="{border}" strokeweight="2px"'
        drawn = f"border:2px solid {border};padding:12px 24px"
    else:
        fill = look.button_colour
        ink = look.greyed(on(fill), fill)
        shape, drawn = f'fillcolor="{fill}" stroked="f"', f"background:{fill};padding:14px 26px"
    ink = ink.replace("#ffffff", "#fff")
    words, href = look.text(label), look.href(url)
    radius = int(look.radius.removesuffix("px"))
    width = min(len(without_tags(label, "x" * 8)) * _CHAR + _PADDED, int(look.width) - 2 * look.side)
    return (
        f'<!--[if mso]><v:roundrect data-twin{href} style="height:50px;v-text-anchor:middle;width:{width}px"'
        f' arcsize="{min(radius * 100 // 48, 50)}%" {shape}><w:anchorlock/><center style="color:{ink}">{words}'
        f'</center></v:roundrect><![endif]--><!--[if !mso]><!--><a{href} style="display:inline-block;{drawn};'
        f'border-radius:{look.radius};color:{ink};font-size:16px;text-decoration:none">{words}</a>'
        "<!--<![endif]-->"
    )


def button_class(kind: str, look: Look) -> str:
    """Of what holds a button, by which a dark mail knows the colour of one that is only an outline."""
    return f"{kind} ink-{look.own_fill}" if kind == "outline" and look.own_fill and not look.is_full else kind


def social(block: Block, look: Look) -> list[str]:
    """Signs of those of the block, or else of the brand; their names where nobody could load a picture of ours."""
    own = {network.key: block[network.key] for network in networks.ALL}
    places = own if any(own.values()) else dict(look.theme.social)
    found = [(network, url) for network in networks.ALL if (url := places.get(network.key, ""))]
    if not found:
        return look.placeholder("Enter the address of a profile", 40)
    if not look.theme.public_address:
        return link_row([(network.label, url) for network, url in found], block["align"], look)
    disc = look.greyed(link_ink(look), look.ground)
    sign = look.ground if look.is_full else on(disc)
    icons = " &nbsp; ".join(
        f'<a{look.href(url)} style="color:{disc}"><img src="{look.theme.public_address}/i/'
        f'{network.icon(disc, sign)}" alt="{network.label}" width="32" height="32"'
        ' style="vertical-align:middle"/></a>'
        for network, url in found
    )
    return [
        f'<mj-text css-class="links" align="{block["align"]}" font-size="14px" line-height="2.6"'
        f' padding="8px {look.side}px">{icons}</mj-text>'
    ]


def menu(block: Block, look: Look) -> list[str]:
    return link_row(entries(block), block["align"], look, size=16) or look.placeholder("Enter a first link", 40)


def entries(block: Block, count: int = _ENTRIES) -> list[tuple[str, str]]:
    """Words and address of each link that has both."""
    pairs = ((block[f"label_{number}"], block[f"url_{number}"]) for number in range(1, count + 1))
    return [(label, url) for label, url in pairs if label and url]


def link_row(pairs: list[tuple[str, str]], align: str, look: Look, *, size: int = 14) -> list[str]:
    """Links side by side, as many to a line as fit."""
    if not pairs:
        return []
    style = f"color:{link_ink(look)};text-decoration:none;white-space:nowrap"
    links = " &nbsp;·&nbsp; ".join(f'<a{look.href(url)} style="{style}">{look.text(words)}</a>' for words, url in pairs)
    return [
        f'<mj-text css-class="links" align="{align}" color="{look.ink}" font-size="{size}px" line-height="2"'
        f' padding="8px {look.side}px">{links}</mj-text>'
    ]


def link_ink(look: Look) -> str:
    return look.ink if look.is_full else readable(look.theme.colour, look.ground)


def entry_fields(count: int = _ENTRIES) -> tuple[Field, ...]:
    return tuple(
        field
        for number in range(1, count + 1)
        for field in (
            Field(f"label_{number}", f"Link {number}", "text", example="Shop" if number == 1 else ""),
            Field(f"url_{number}", f"Leads to {number}", "url"),
        )
    )


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
            *BUTTON,
            align(),
            BAND,
        ),
        button,
        words="label",
    ),
    Kind(
        "social",
        "Social links",
        "Where else people find you: of the brand, or your own choice",
        "links",
        "social",
        (*(Field(place.key, place.label, "url") for place in networks.ALL), align("center"), BAND),
        social,
    ),
    Kind(
        "menu",
        "Menu",
        "A line of links, such as the parts of a shop",
        "links",
        "menu",
        (*entry_fields(), align("center"), BAND),
        menu,
    ),
)
