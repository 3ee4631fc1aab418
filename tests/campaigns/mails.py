"""Editions and recipients that need no database."""

from typing import Any

from campaigns.content import mjml
from campaigns.content.blocks import Document, validate
from campaigns.message import plaintext
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Edition
from delivery.content import Recipient

BASE = "https://news.nordlicht.example"
ADDRESS = "Hafenstraße 7\n20457 Hamburg"
FOOTER = '<p>Nordlicht, {{ postal_address }} <a href="{{ unsubscribe_url }}">Leave</a></p>'


def edition(html: str, text: str | None = None, **changes: Any) -> Edition:
    words: dict[str, Any] = {
        "pk": 3,
        "campaign_id": 5,
        "sender_name": "Nordlicht",
        "sender_email": "news@nordlicht.example",
        "subject": "News",
        "organisation": {"name": "Nordlicht", "postal_address": ADDRESS, "public_address": BASE},
    }
    return Edition(**{**words, "html": html, "text": plaintext.from_html(html) if text is None else text, **changes})


def compiled(made: Edition, *, lists: tuple[int, ...] = (4,)) -> CompiledEdition:
    return CompiledEdition(made, batch_id=9, lists=lists, link_ids=range(100, 100 + len(link_targets(made))))


def recipient(*, tracked: bool = True, **merge: Any) -> Recipient:
    return Recipient(1_234_567, 77, "ana@example.org", merge, tracked, tracked)


def letter() -> Document:
    """About 10 KB as HTML, with twelve links and a name."""
    links = "".join(f'<p>Story {n}: <a href="https://shop.example/{n}?a=1&amp;b=2">read it</a></p>' for n in range(11))
    return validate(
        {
            "blocks": [
                {"kind": "logo"},
                {"kind": "heading", "text": 'For {{ first_name|default("you") }}'},
                {
                    "kind": "text",
                    "html": f'<p>Hi {{{{ first_name|default("there") }}}}, from {{{{ city }}}}</p>{links}',
                },
                {"kind": "button", "label": "Go", "url": "https://shop.example/"},
                {"kind": "footer"},
            ]
        }
    )


def letter_edition() -> Edition:
    brand = mjml.Brand("Nordlicht", ADDRESS)
    html = mjml.compile(letter(), brand, title="News", preheader='Hello {{ first_name|default("you") }}')
    return edition(html, subject='News for {{ first_name|default("you") }}')
