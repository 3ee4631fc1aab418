"""Simple mails look right in old programs, on phones and in the dark."""

import re

import pytest

from campaigns import starters
from campaigns.content import blocks, mjml
from campaigns.content.colours import INK, PAPER, contrast, on, readable_on_dark, readable_on_light

BRAND = mjml.Brand("Nordlicht & Söhne", "Hafenstraße 7\n20457 Hamburg", colour="#1f4fa8")


def page(*written: dict[str, object], **style: str) -> str:
    return mjml.compile(blocks.validate({"blocks": list(written), "style": style}), BRAND, title="T", preheader="P")


def test_page_has_what_mail_programs_and_screen_readers_need() -> None:
    html = page({"kind": "heading", "text": "Hello"}, {"kind": "footer"})
    assert '<html lang="en"' in html
    assert "<title>T</title>" in html
    assert '<meta name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html
    assert "<!--[if mso" in html
    assert not re.search(r"<table(?![^>]*role=\"presentation\")", re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))
    assert html.index(">P<") < html.index("Hello") if ">P<" in html else html.index("P&#847;") < html.index("Hello")
    assert re.search(r"<h1[^>]*>Hello</h1>", html)


def test_characters_that_no_page_can_hold_are_left_out() -> None:
    strange = "".join(map(chr, range(1, 32))) + "\x7f\x85\ufffe\uffff"
    brand = mjml.Brand(f"Nord{strange}licht", f"Hafen{strange}straße")
    document = blocks.validate({"blocks": [{"kind": "heading", "text": f"He{strange}llo"}, {"kind": "footer"}]})
    html = mjml.compile(document, brand, title=f"T{strange}", preheader=f"P{strange}")
    assert re.search(r"<h1[^>]*>He\W*llo</h1>", html)


def test_footer_says_who_sends_and_how_to_leave() -> None:
    html = page({"kind": "footer", "html": "<p>Because you asked</p>", "label": "Leave"})
    assert "Nordlicht &amp; Söhne · Hafenstraße 7, 20457 Hamburg" in html
    assert '<a href="{{ unsubscribe_url }}">Leave</a>' in html


def test_merge_tags_and_unusual_characters_come_through_untouched() -> None:
    odd = 'Say "hi" \\ <b> 👩‍👧 ​ {{ a|default("x & y") }}'
    rich = '{% if a > 1 %}<a href="https://x.test/?b={{ b }}">{{ a|default("<q>") }}</a>{% endif %}'
    html = page(
        {"kind": "text", "html": f"<p>{rich}</p>"},
        {"kind": "image", "image": "https://x.test/ä b.png", "alt": odd},
        {"kind": "button", "label": '{{ c|default("Go \\" now") }}', "url": "{{ url }}"},
    )
    assert rich in html
    assert 'alt="Say &quot;hi&quot; \\ &lt;b&gt; 👩‍👧 ​ {{ a|default("x & y") }}"' in html
    assert '{{ c|default("Go \\" now") }}' in html
    assert 'href="{{ url }}"' in html


def test_words_cannot_break_out_of_the_page() -> None:
    html = page({"kind": "heading", "text": "</mj-text><mj-raw><script>x</script>"}, {"kind": "logo", "alt": '"/><x'})
    assert "<script" not in html
    assert "&lt;/mj-text&gt;" in html


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#f2c14e", "#1f4fa8", "#00ff00", "#777777"])
def test_every_brand_colour_stays_readable(colour: str) -> None:
    assert contrast(on(colour), colour) >= 4.4
    assert contrast(readable_on_light(colour), PAPER) >= 4.5
    assert contrast(readable_on_dark(colour), "#262a30") >= 4.5
    assert contrast(INK, PAPER) > 12
    assert colour in page({"kind": "button", "label": "Go", "url": "https://x.test/"}, colour=colour)


def test_broken_brand_colour_falls_back() -> None:
    from accounts.models import Organisation

    assert mjml.Brand.of(Organisation(name="N", postal_address="", brand_colour="blue")).colour == "#1f4fa8"


@pytest.mark.django_db
def test_every_starter_makes_a_mail_well_below_the_limit() -> None:
    for starter in starters.all():
        html = mjml.compile(starter.document, BRAND, title=starter.subject, preheader=starter.preheader)
        assert len(html.encode()) < 40_000
        assert "{{ unsubscribe_url }}" in html
        assert "art:" not in html
