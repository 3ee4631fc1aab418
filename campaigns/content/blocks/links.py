"""Kinds that lead somewhere: button, social links, menu."""

from dataclasses import replace

from accounts.brands.colours import on, readable
from campaigns.brands import networks
from campaigns.content.blocks.fields import BAND, BUTTON, LETTERS, LOOK, ROOM, Field, align
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look, Usual
from campaigns.merge.tag_spans import without_tags

_SIZE, _CHAR, _PADDED = 16, 9, 56  # pixels: high and wide of a letter, and of what stands round the words
_ENTRIES = 5
# No dot or stroke, which would end or begin a line on phones: there is nothing that all mail programs cut off.
BETWEEN = "&emsp; "
_SMALL = 14  # pixels of letters beside what a block is about


def button(block: Block, look: Look) -> list[str]:
    return [button_row(block["label"], block["url"], look, kind=block["look"], align=block["align"])]


def button_row(label: str, url: str, look: Look, *, kind: str = "filled", align: str = "left") -> str:
    inside = button_of(label, url, look, kind=kind, size=look.size)
    return (
        f'<mj-raw><tr><td align="{look.aligned(align)}"{look.row_class(button_class(kind, look))}'
        f' style="padding:{look.room()}">{inside}</td></tr></mj-raw>'
    )


def button_of(label: str, url: str, look: Look, *, kind: str = "filled", size: int = _SIZE) -> str:
    """For Outlook a shape of VML, which it pads and rounds; for everybody else a link. What holds it has its class.

    Letters of the shape: email/frame.mjml.
    """
    if kind == "outline":
        border = look.outline_ink
        ink = look.greyed(border, look.ground)
        shape = f'filled="f" strokecolor="{border}" strokeweight="2px"'
        drawn = f"border:2px solid{'' if ink == border else f' {border}'};padding:12px 24px"
    else:
        fill = look.button_colour
        ink = look.greyed(on(fill), fill)
        shape, drawn = f'fillcolor="{fill}" stroked="f"', f"background:{fill};padding:14px 26px"
    ink = ink.replace("#ffffff", "#fff")
    letters = "" if size == _SIZE else f";font-size:{size}px"
    words, href = look.text(label), look.href(url)
    radius = int(look.radius.removesuffix("px"))
    wide = len(without_tags(label, "x" * 8)) * _CHAR * size // _SIZE + _PADDED
    width, height = min(wide, int(look.width) - 2 * look.side), 30 + size * 5 // 4
    return (
        f'<!--[if mso]><v:roundrect data-twin{href} style="height:{height}px;v-text-anchor:middle;width:{width}px"'
        f' arcsize="{min(radius * 100 // (height - 2), 50)}%" {shape}><w:anchorlock/><center'
        f' style="color:{ink}{letters}">'
        f"{words}</center></v:roundrect><![endif]--><!--[if !mso]><!--><a{href}"
        f' style="display:inline-block;{drawn};border-radius:{look.radius};color:{ink};font-size:{size}px;'
        f'text-decoration:none">{words}</a>'
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
        return link_row([(network.label, url) for network, url in found], block["align"], replace(look, size=_SMALL))
    disc = look.greyed(link_ink(look), look.ground)
    sign = look.ground if look.is_full else on(disc)
    icons = " ".join(
        f'<a{look.href(url)} style="color:{disc};padding:0 6px"><img src="{look.theme.public_address}/i/'
        f'{network.icon(disc, sign)}" alt="{network.label}" width="32" height="32"'
        ' style="vertical-align:middle"/></a>'
        for network, url in found
    )
    return [
        f'<mj-text css-class="links" align="{look.aligned(block["align"])}" font-size="14px" line-height="44px"'
        f' padding="{look.room()}">{icons}</mj-text>'
    ]


def menu(block: Block, look: Look) -> list[str]:
    return link_row(entries(block), block["align"], look) or look.placeholder("Enter a first link", 40)


def entries(block: Block, count: int = _ENTRIES) -> list[tuple[str, str]]:
    """Words and address of each link that has both."""
    pairs = ((block[f"label_{number}"], block[f"url_{number}"]) for number in range(1, count + 1))
    return [(label, url) for label, url in pairs if label and url]


def link_row(pairs: list[tuple[str, str]], align: str, look: Look) -> list[str]:
    """Links side by side, as many to a line as fit, each as high as a finger needs."""
    if not pairs:
        return []
    style = f"color:{link_ink(look)};text-decoration:none;white-space:nowrap"
    links = BETWEEN.join(f'<a{look.href(url)} style="{style}">{look.text(words)}</a>' for words, url in pairs)
    return [
        f'<mj-text css-class="{look.classes("links")}" align="{look.aligned(align)}" color="{look.ink}"'
        f' font-size="{look.size}px" line-height="44px" padding="{look.room()}">{links}</mj-text>'
    ]


def small(look: Look) -> Look:
    """Of links that are not what their block is about, which stand close to that."""
    return replace(look, size=_SMALL, above=0)


def link_ink(look: Look) -> str:
    return look.ink if look.is_full or look.own_ink else readable(look.theme.colour, look.ground)


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
            LOOK,
            align(),
            BAND,
        ),
        button,
        own=(*LETTERS[1:], *BUTTON, *ROOM),
        usual=lambda _block, _look: Usual(_SIZE, 12, 18),
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
        own=ROOM,
        usual=lambda _block, _look: Usual(above=4, below=4),
    ),
    Kind(
        "menu",
        "Menu",
        "A line of links, such as the parts of a shop",
        "links",
        "menu",
        (*entry_fields(), align("center"), BAND),
        menu,
        own=(*LETTERS, *ROOM),
        usual=lambda _block, _look: Usual(above=2, below=2),
    ),
)
