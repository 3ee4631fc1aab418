"""The letter that measurements build: a page of 10 KB with twelve links."""

from django.core.mail import EmailMultiAlternatives

from campaigns import plaintext
from campaigns.compiled import CompiledEdition, link_targets
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


def built() -> CompiledEdition:
    stories = "".join(_STORY.format(n=number) for number in range(12))
    html = (
        '<!doctype html><html lang="en"><head><title>News</title></head><body><table role="presentation">'
        f'<tr><td><h1>For {{{{ first_name|default("you") }}}} in {{{{ city|default("town") }}}}</h1></td></tr>{stories}'
        '</table><p>{{ postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body></html>\n'
    )
    edition = Edition(
        pk=1,
        campaign_id=1,
        sender_name="Nordlicht Bücher",
        sender_email="news@nordlicht.example",
        subject='News for {{ first_name|default("you") }}',
        html=html,
        text=plaintext.from_html(html),
        organisation={
            "name": "Nordlicht",
            "postal_address": "7 Quay",
            "public_address": "https://news.nordlicht.example",
        },
    )
    ids = range(1000, 1000 + len(link_targets(edition)))
    return CompiledEdition(edition, batch_id=1, lists=[1], link_ids=ids)


def recipients(count: int) -> list[Recipient]:
    names = ("Ana", "Jürgen", "Zoë", "Ola", "")
    return [
        Recipient(
            number, number, f"person{number}@example.org", {"first_name": names[number % 5], "city": "Bonn"}, True
        )
        for number in range(1, count + 1)
    ]


def naive(compiled: CompiledEdition, person: Recipient) -> bytes:
    """The same words through Django's message class, rendering left out."""
    parts = compiled.parts(person)
    message = EmailMultiAlternatives(parts.subject, parts.text, "news@nordlicht.example", [person.email])
    message.attach_alternative(parts.html, "text/html")
    return message.message().as_bytes()
