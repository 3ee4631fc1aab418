"""A mail with every kind of block, in the ways it can be written."""

from typing import Any

from campaigns.content import blocks, mjml

BRAND = mjml.Brand(
    "Nordlicht & Söhne",
    "Hafenstraße 7\n20457 Hamburg",
    public_address="https://news.nordlicht.example",
    time_zone="Europe/Berlin",
)
PICTURE = "https://news.nordlicht.example/i/starter-hills.png"
_LINK = "https://shop.example/nets"

WRITTEN: tuple[dict[str, Any], ...] = (
    {"kind": "logo", "view": "View in browser", "label_1": "Shop", "url_1": _LINK},
    {"kind": "heading", "text": "A harbour morning", "align": "center"},
    {"kind": "text", "html": f'<p>Hello <a href="{_LINK}">you</a></p><ul><li>Nets</li></ul>'},
    {"kind": "button", "label": "Read on", "url": _LINK},
    {"kind": "button", "label": "Or look", "url": _LINK, "look": "outline", "align": "center"},
    {"kind": "image", "image": PICTURE, "alt": "Hills", "width": "text"},
    {"kind": "image_text", "image": PICTURE, "alt": "Hills", "text": "Nets", "html": "<p>Hemp</p>", "label": "Look"},
    {"kind": "image_text", "image": PICTURE, "text": "Right", "side": "right", "share": "1-2", "band": "tint"},
    {
        "kind": "columns",
        "layout": "1-1-1-1",
        "columns": [[{"kind": "image", "image": PICTURE}, {"kind": "text", "html": "<p>Words</p>"}]] * 4,
    },
    {
        "kind": "columns",
        "layout": "1-1-1",
        "columns": [
            [
                {
                    "kind": "product",
                    "image": PICTURE,
                    "text": "Net",
                    "price": "24,90 €",
                    "before": "29,90 €",
                    "url": _LINK,
                }
            ]
        ]
        * 3,
    },
    {
        "kind": "columns",
        "split": "30-70",
        "stack": "keep",
        "columns": [[{"kind": "image", "image": PICTURE}], [{"kind": "heading", "level": "3", "text": "Side by side"}]],
    },
    {
        "kind": "columns",
        "layout": "1",
        "band": "picture",
        "picture": PICTURE,
        "ground": "#15324a",
        "columns": [[{"kind": "heading", "text": "On a picture"}, {"kind": "button", "label": "Go", "url": _LINK}]],
    },
    {
        "kind": "columns",
        "layout": "1",
        "band": "own",
        "ground": "#6b2d5c",
        "wide": "window",
        "columns": [[{"kind": "text", "html": "<p>Edge to edge</p>"}]],
    },
    {"kind": "divider", "line": "dashed", "thickness": 3, "tone": "brand", "reach": "50"},
    {"kind": "spacer", "height": 30},
    {"kind": "quote", "text": "The best nets I ever had.", "by": "Ana, fisher"},
    {"kind": "table", "rows": "Boat\tLength\tPrice\nAlma\t9 m\t12.000 €\nBerta\t11 m\t15.500 €"},
    {"kind": "video", "image": PICTURE, "url": "https://youtu.be/x", "alt": "How nets are made"},
    {
        "kind": "event",
        "text": "Harbour day",
        "day": "2026-03-29",
        "begins": "19:00",
        "ends": "22:00",
        "place": "Old quay",
    },
    {"kind": "menu", "label_1": "Shop", "url_1": _LINK, "label_2": "Stories", "url_2": _LINK},
    {"kind": "social", "instagram": "https://instagram.com/x", "linkedin": "https://linkedin.com/x"},
    {"kind": "code", "code": "<p>Own <b>HTML</b></p>"},
    {"kind": "heading", "text": "In a colour of its own", "ink": "accent", "level": "2"},
    {"kind": "text", "html": f'<p>Grey, with <a href="{_LINK}">a link</a></p>', "ink": "muted", "band": "tint"},
    {"kind": "table", "rows": "Boat\tLength\nAlma\t9 m", "head": "no", "ink": "brand"},
    {"kind": "button", "label": "Dark", "url": _LINK, "fill": "accent", "corners": "round"},
    {"kind": "button", "label": "Lined", "url": _LINK, "fill": "ink", "look": "outline", "corners": "square"},
    {"kind": "button", "label": "On a band", "url": _LINK, "fill": "accent", "band": "accent"},
    {"kind": "footer", "html": "<p>Because you asked.</p>", "view": "View in browser", "preferences": "Choose"},
)


def document(*written: dict[str, Any]) -> blocks.Document:
    return blocks.validate({"blocks": [{"id": f"b{n}", **block} for n, block in enumerate(written or WRITTEN)]})


def page(*written: dict[str, Any]) -> str:
    return mjml.compile(document(*written), BRAND, title="T", preheader="P")
