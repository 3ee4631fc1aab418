"""Kinds that begin and end a mail: header, footer."""

from dataclasses import replace

from campaigns.content import html
from campaigns.content.blocks.fields import BAND, LETTERS, ROOM, Field, align, link
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.links import BETWEEN, entries, entry_fields, link_row, small
from campaigns.content.blocks.look import Look, Usual

VIEW = "View in browser"
PREFERENCES = "Choose what you get"
_LINKS = 3
_ABOVE, _BELOW = 24, 16  # pixels round the logo


def logo(block: Block, look: Look) -> list[str]:
    source = block["image"] or look.theme.logo_url
    name = block["alt"] or look.theme.name
    above = [_view(block["view"], look)] if block["view"] else []
    below = link_row(entries(block, _LINKS), block["align"], small(look))
    look = replace(look, above=_ABOVE if above else look.above, below=_BELOW if below else look.below)
    if not source:
        return [
            *above,
            f'<mj-text css-class="{look.classes("name")}" align="{look.aligned(block["align"])}" color="{look.ink}"'
            f' font-family="{look.head_font}" font-size="{look.size}px" font-weight="700"'
            f' padding="{look.room()}">{look.linked(look.text(name), block["url"])}</mj-text>',
            *below,
        ]
    if look.theme.logo_on_dark_url and not block["image"] and not look.is_full:
        return [*above, *_two_logos(block, look, name), *below]
    return [
        *above,
        f'<mj-raw><tr><td align="{look.aligned(block["align"])}" class="onlight" style="padding:{look.room()}">'
        f"{look.linked(_picture(source, name, block['width'], look), block['url'])}</td></tr></mj-raw>",
        *below,
    ]


def _usual_logo(block: Block, _look: Look) -> Usual:
    """Links, above or below, are as high as a finger, which is room enough."""
    above, below = (0 if block["view"] else _ABOVE), (0 if entries(block, _LINKS) else _BELOW)
    return Usual(20, above, below, is_heading=True)


def _two_logos(block: Block, look: Look, name: str) -> list[str]:
    """The dark one for mail programs that know what a picture's sources are; nothing is hidden from the others."""
    picture = (
        f'<picture><source srcset="{look.attribute(look.theme.logo_on_dark_url)}"'
        f' media="(prefers-color-scheme: dark)" />{_picture(look.theme.logo_url, name, block["width"], look)}</picture>'
    )
    return [
        f'<mj-text align="{look.aligned(block["align"])}" line-height="1" padding="{look.room()}">'
        f"{look.linked(picture, block['url'])}</mj-text>"
    ]


def _picture(source: str, alt: str, width: int, look: Look) -> str:
    """As wide as it says, or less where there is less room."""
    high = f' height="{round(width * look.pixels[1] / look.pixels[0])}"' if look.pixels else ""
    return (
        f'<img src="{look.attribute(source)}" alt="{look.alt(alt)}" width="{width}"{high} style="border:0;'
        f'display:inline-block;font-size:14px;height:auto;max-width:100%;vertical-align:top;width:{width}px" />'
    )


def _view(words: str, look: Look) -> str:
    return (
        f'<mj-text css-class="name links" align="center" font-size="14px" line-height="44px" color="{look.ink}"'
        f' padding="{look.room(below=0)}">'
        f'<a href="{look.masks.keep("{{ view_url }}")}" style="color:{look.ink}">{look.text(words)}</a></mj-text>'
    )


def footer(block: Block, look: Look) -> list[str]:
    muted = look.ink if look.own_ink else look.theme.muted
    address = ", ".join(line.strip() for line in look.theme.postal_address.splitlines() if line.strip())
    said = ", ".join(look.text(part) for part in (look.theme.name, address) if part)
    links = BETWEEN.join(
        f'<a href="{{{{ {tag} }}}}">{html.escape_text(words)}</a>'
        for tag, words in (
            ("view_url", block["view"]),
            ("preferences_url", block["preferences"]),
            ("unsubscribe_url", block["label"] or "Unsubscribe"),
        )
        if words
    )
    more = "".join(f"<p>{look.text(line)}</p>" for line in look.theme.footer.splitlines() if line.strip())
    leave = look.rich(f'<p class="links">{links}</p>', muted)
    words = f"{look.rich(block['html'], muted)}<p>{said}</p>{more}{leave}"
    return [
        f'<mj-text css-class="{look.classes("small")}" align="{look.aligned(block["align"])}"'
        f' font-size="{look.size}px" line-height="1.5" color="{muted}" padding="{look.room()}">{words}</mj-text>'
    ]


KINDS = (
    Kind(
        "logo",
        "Header",
        "The organisation's logo or name, and links if you like",
        "ends",
        "logo",
        (
            Field("image", "Picture", "image", help="Empty: the organisation's logo, or its name in letters."),
            Field("alt", "Description", "text", help="Empty: the organisation's name."),
            link("logo"),
            Field("width", "Width", "number", 140, "In pixels.", minimum=40, maximum=400),
            align("center"),
            *entry_fields(_LINKS),
            Field("view", "Link to the mail as a web page", "text", "", f"{VIEW}, for example. Empty: no such link."),
            BAND,
        ),
        logo,
        own=(*LETTERS, *ROOM),
        usual=_usual_logo,
    ),
    Kind(
        "footer",
        "Footer",
        "Postal address and unsubscribe link, which every mail must carry",
        "ends",
        "footer",
        (
            Field("html", "Text", "rich", "", "Why people get this mail, for example. May stay empty."),
            Field("label", "Unsubscribe link", "text", "Unsubscribe"),
            Field(
                "preferences",
                "Link to topics, pause and language",
                "text",
                "",
                f"{PREFERENCES}, for example. Empty: no such link.",
            ),
            Field("view", "Link to the mail as a web page", "text", "", f"{VIEW}, for example. Empty: no such link."),
            align("center"),
        ),
        footer,
        own=(*LETTERS, *ROOM),
        usual=lambda _block, _look: Usual(14, 20, 20),
        in_columns=False,
        band="around",
    ),
)
