"""The letters that measurements build: a page of 10 KB with twelve links, and a newsletter of 40 KB from our editor."""

from typing import Any

from django.core.mail import EmailMultiAlternatives

from campaigns.content import blocks, mjml
from campaigns.message import plaintext
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Edition
from delivery.content import Recipient

_STORY = (
    '<tr><td style="padding:12px 32px;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.6">'
    "<h2>Story {n}</h2><p>Words about something that happened, and why it may matter to you, {{{{ first_name|default("
    '"dear reader") }}}}. It goes on for a while, as stories do, until it ends where it began: at the harbour, in the '
    "rain, with coffee that was still warm. And then somebody said what all had thought and nobody had said.</p>"
    '<p><a href="https://shop.example/stories/{n}?from=news&amp;month=11" style="color:#1f4fa8">Read the story</a></p>'
    "</td></tr>"
)

_ORGANISATION = {
    "name": "Nordlicht",
    "postal_address": "7 Quay",
    "public_address": "https://news.nordlicht.example",
}
_NEWS = (
    "<p>The <strong>harbour library</strong> opens again on Friday, after three months of work on its roof. The "
    "reading room has got its old lamps back, and on the upper floor there is now a place where children may be loud. "
    'Who brings back a book that is older than its borrower gets <a href="https://shop.example/library/{n}">a coffee'
    "</a>, whatever the fine would have been.</p><p>On the evening itself Marta reads from her new novel, in which a "
    "ferry does not arrive. There are eighty chairs; the window sills count as seats, too.</p>"
)


def built(kilobytes: int = 10) -> CompiledEdition:
    """The smaller one is written by hand, the larger is what the editor makes."""
    return _compiled(_page() if kilobytes <= 10 else _newsletter())


def ten_kilobytes() -> CompiledEdition:
    """On the wire, with headers and both parts; `built` counts its HTML alone."""
    return _compiled(_page(9))


def _page(count: int = 12) -> str:
    stories = "".join(_STORY.format(n=number) for number in range(count))
    return (
        '<!doctype html><html lang="en"><head><title>News</title></head><body><table role="presentation">'
        f'<tr><td><h1>For {{{{ first_name|default("you") }}}} in {{{{ city|default("town") }}}}</h1></td></tr>{stories}'
        '</table><p>{{ postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>\n'
    )


def _newsletter() -> str:
    document: list[dict[str, Any]] = [{"kind": "logo"}, {"kind": "heading", "text": "News for {{ first_name }}"}]
    for number in range(3):
        story = _NEWS.format(n=number)
        document += [
            {"kind": "heading", "level": "2", "text": f"Story {number}, for {{{{ city }}}}"},
            {"kind": "text", "html": story},
            {"kind": "button", "label": "Read on", "url": f"https://shop.example/stories/{number}?from=news"},
            {"kind": "divider"},
        ]
    document.append({"kind": "footer"})
    return mjml.compile(blocks.validate({"blocks": document}), mjml.Brand("Nordlicht", "7 Quay"), title="News")


def _compiled(html: str) -> CompiledEdition:
    edition = Edition(
        pk=1,
        campaign_id=1,
        sender_name="Nordlicht Bücher",
        sender_email="news@nordlicht.example",
        subject='News for {{ first_name|default("you") }}',
        html=html,
        text=plaintext.from_html(html),
        organisation=_ORGANISATION,
    )
    ids = range(1000, 1000 + len(link_targets(edition)))
    return CompiledEdition(edition, batch_id=1, lists=[1], link_ids=ids)


def recipients(count: int) -> list[Recipient]:
    names = ("Ana", "Jürgen", "Zoë", "Ola", "")
    return [
        Recipient(
            number, number, f"person{number}@example.org", {"first_name": names[number % 5], "city": "Bonn"}, True, True
        )
        for number in range(1, count + 1)
    ]


def naive(compiled: CompiledEdition, person: Recipient) -> bytes:
    """The same words through Django's message class, rendering left out."""
    parts = compiled.parts(person)
    message = EmailMultiAlternatives(parts.subject, parts.text, "news@nordlicht.example", [person.email])
    message.attach_alternative(parts.html, "text/html")
    return message.message().as_bytes()
