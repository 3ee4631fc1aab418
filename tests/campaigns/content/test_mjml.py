"""Simple mails look right in old programs, on phones and in the dark."""

import re
from dataclasses import replace
from html import escape, unescape

import pytest

from accounts.brands.colours import INK, PAPER, contrast, contrast_inverted, on, readable_on_dark, readable_on_light
from accounts.web_addresses import resolved
from campaigns import starters
from campaigns.content import blocks, mjml
from campaigns.content.blocks.look import Look
from campaigns.message.links import in_html

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


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("pt-BR", "ltr")])
def test_page_reads_in_the_direction_of_its_language(language: str, direction: str) -> None:
    """Where lines begin is at the right of a mail in Arabic, and so are its bars, bullets and columns."""
    written = blocks.validate(
        {
            "blocks": [
                {"kind": "heading", "text": "T"},
                {"kind": "quote", "text": "Q"},
                {"kind": "button", "label": "B", "url": "https://x.test/", "align": "right"},
                {"kind": "columns", "columns": [[{"kind": "text", "html": "<p>A</p>"}], []]},
            ]
        }
    )
    html = mjml.compile(written, replace(BRAND, language=language))
    begin, end = ("right", "left") if direction == "rtl" else ("left", "right")
    assert re.search(rf'<html [^>]*dir="{direction}"', html)
    assert re.search(rf'<div [^>]*class="mail"[^>]*dir="{direction}"', html)
    assert re.search(rf'<td align="{begin}"[^>]*><div[^>]*><h1', html)
    assert f'<td align="{end}" class="filled"' in html
    assert f"padding-{begin}: 24px" in html
    assert re.search(rf'<div class="c c50 b" style="text-align:{begin}"', html)


OUTLINES = {
    "as it should be": ("h1 h2 h3", "h1 h2 h3"),
    "small first": ("h3 h3 h1", "h1 h2 h2"),
    "a level left out": ("h1 h3 h3 h2 h3", "h1 h2 h3 h2 h3"),
    "large again and again": ("h1 h1 h1", "h1 h2 h2"),
    "in words": ("h1 <h3> <h1>", "h1 h2 h2"),
    "for some": ("h1 ?h2 h3", "h1 h2 h2"),
    "for some first": ("?h1 h2", "h1 h1"),
    "in columns": ("h1 |h3 h3", "h1 h2 h3"),
    "in columns for some": ("?|h1 h2", "h1 h1"),
    "in HTML": ("h1 #h2 h3 #h4 h2", "h1 h2 h3 h4 h2"),
    "in HTML for some": ("h1 ?#h3 h3", "h1 h3 h2"),
    "in HTML that is a note": ("h1 !h3 h3", "h1 h3 h2"),
    "cards": ("h1 product event", "h1 h2 h3"),
}


@pytest.mark.parametrize(("written", "tags"), OUTLINES.values(), ids=OUTLINES)
def test_headings_make_an_outline_whatever_sizes_they_have(written: str, tags: str) -> None:
    html = page(*map(_heading, written.split()))
    assert " ".join(re.findall(r"<(h[1-6])[ >]", html)) == tags
    sizes = {"h1": "30px", "h2": "22px", "h3": "17px"}
    for level in written.split():
        if level in sizes:
            assert re.search(rf"font-size:{sizes[level]}[^<>]*><h\d", html)
    if "<h1>" in written:
        assert '<h2 style="font-size:26px">T</h2>' in html  # with the letters of an h1


def _heading(level: str) -> dict[str, object]:
    if level[0] == "?":
        return _heading(level[1:]) | {"if_field": "city", "if_is": "filled"}
    if level[0] == "|":
        return {"kind": "columns", "layout": "1", "columns": [[_heading(level[1:])]]}
    if level[0] == "<":
        return {"kind": "text", "html": f"{level}T</{level[1:]}"}
    if level[0] == "#":
        return {"kind": "code", "code": f"<{level[1:]} align=left>T</{level[1:]}>"}
    if level[0] == "!":
        return {"kind": "code", "code": f"<p>x</p><!-- <{level[1:]}>T</{level[1:]}> -->"}
    if level in {"product", "event"}:
        return {"kind": level, "text": "T", "day": "2027-01-01"}
    return {"kind": "heading", "text": "T", "level": level[1:]}


def test_characters_that_no_page_can_hold_are_left_out() -> None:
    strange = "".join(map(chr, range(1, 32))) + "\x7f\x85\ufffe\uffff"
    brand = mjml.Brand(f"Nord{strange}licht", f"Hafen{strange}straße")
    document = blocks.validate({"blocks": [{"kind": "heading", "text": f"He{strange}llo"}, {"kind": "footer"}]})
    html = mjml.compile(document, brand, title=f"T{strange}", preheader=f"P{strange}")
    assert re.search(r"<h1[^>]*>He\W*llo</h1>", html)


def test_footer_says_who_sends_and_how_to_leave() -> None:
    html = page({"kind": "footer", "html": "<p>Because you asked</p>", "label": "Leave"})
    assert "Nordlicht &amp; Söhne, Hafenstraße 7, 20457 Hamburg" in html
    assert '<a href="{{ unsubscribe_url }}">Leave</a>' in html


def test_nothing_drawn_between_links_can_end_or_begin_a_line() -> None:
    links = {f"{part}_{number}": f"https://x.test/{number}" for part in ("label", "url") for number in (1, 2)}
    both = page({"kind": "menu", **links}, {"kind": "footer", "view": "View it", "preferences": "Choose"})
    between = re.findall(r"</a>([^<]+)<a", both)
    assert len(between) == 3
    assert {unescape(one).strip(" \N{EM SPACE}") for one in between} == {""}


def test_colours_of_the_brand_and_alignment_in_words_read_on_any_ground() -> None:
    words = '<p align="right">A <span data-ink="brand">coloured</span> <span data-ink="accent">word</span></p>'
    plain, coloured = (page({"kind": "text", "html": said}) for said in (words.replace("data-ink", "x"), words))
    assert '<p align="right">A coloured word</p>' in plain
    assert ".ink-" not in plain
    assert f'<span class="ink-brand" style="color:{BRAND.colour}">coloured</span>' in coloured
    dark = dict(re.findall(r"\.around \.ink-(\w+) { color: (#\w{6})", coloured))
    assert dark["brand"] == readable_on_dark(BRAND.colour)
    assert set(dark) == {"brand", "accent"}
    for band in ("tint", "brand", "accent"):
        look = Look(mjml.theme_of(blocks.empty(), BRAND), band)
        assert all(contrast(look.named_ink(name), look.ground) >= 4.5 for name in ("brand", "accent", "muted"))


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
    assert contrast(on(colour), colour) >= 4.5
    assert contrast_inverted(on(colour), colour) >= 3  # as programs do that turn mails dark by force
    assert contrast(readable_on_light(colour), PAPER) >= 4.5
    assert contrast(readable_on_dark(colour), "#262a30") >= 4.5
    assert contrast(INK, PAPER) > 12
    assert colour in page({"kind": "button", "label": "Go", "url": "https://x.test/"}, colour=colour)


def test_broken_brand_colour_falls_back() -> None:
    from accounts.models import BrandKit, Organisation

    assert mjml.Brand.of(Organisation(name="N", postal_address=""), BrandKit(colour="blue")).colour == "#1f4fa8"


@pytest.mark.django_db
def test_every_starter_makes_a_mail_well_below_the_limit() -> None:
    for starter in starters.all():
        html = mjml.compile(starter.document, BRAND, title=starter.subject, preheader=starter.preheader)
        assert len(html.encode()) < 40_000
        assert "{{ unsubscribe_url }}" in html
        assert "art:" not in html


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#f2c14e", "#1f4fa8", "#777777", "#7a0000"])
def test_links_and_descriptions_on_a_band_are_read_without_a_style_sheet(colour: str) -> None:
    html = page(
        {"kind": "image", "band": "brand", "image": "https://x.test/a.png", "alt": "A quay"},
        {"kind": "logo", "band": "brand", "image": "https://x.test/b.png", "alt": "Nord"},
        {"kind": "text", "band": "brand", "html": '<p>Read <a href="https://x.test/">this</a></p>'},
        colour=colour,
    )
    bare = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    inks = re.findall(r"""<(?:a|img) [^>]*?style="(?:[^"]*;)?color:(#[0-9a-f]+)""", bare)
    assert len(inks) == 3 if contrast("#0000ee", colour) < 4.5 else 2
    assert all(contrast(ink.replace("#fff", PAPER) if len(ink) < 7 else ink, colour) >= 4.5 for ink in inks)


@pytest.mark.parametrize("background", ["#000000", "#f2f1ee", "#8a8a8a", "#1f4fa8"])
def test_the_footer_is_read_on_any_ground(background: str) -> None:
    html = page({"kind": "footer", "html": "<p>Why</p>"}, background=background)
    bare = re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)
    words = re.search(r"line-height:1.5;color:(#[0-9a-f]{6})\"><p>Why", bare)
    link = re.search(r'<a href="{{ unsubscribe_url }}"(?: style="color:(#[0-9a-f]{6}))?', bare)
    assert words
    assert link
    assert contrast(words[1], background) >= 4.5
    assert contrast(link[1] or "#0000ee", background) >= 4.5


def test_addresses_in_words_keep_their_marks_and_joiners() -> None:
    written = [
        "https://shop.test/ร้าน",
        "https://shop.test/cafe\u0301.pdf",
        "https://fa.test/می‌خواهم",
        "https://a.test/?a=1&copy=2",
    ]
    links = "".join(f'<a href="{escape(href)}">x</a>' for href in written)
    html = page({"kind": "text", "html": f"<p>{links}</p>"}, {"kind": "button", "label": "Go", "url": written[1]})
    assert [link.url for link in in_html(html)] == [
        resolved(href) for href in [*written, written[1], written[1]]
    ]  # for Outlook too


def test_examples_are_for_the_writer_and_never_sent() -> None:
    document = blocks.validate({"blocks": [blocks.new(kind) for kind in ("heading", "text", "button", "footer")]})
    sent = mjml.compile(document, BRAND)
    shown = mjml.compile(document, BRAND, with_examples=True)
    for example in ("A heading", "Write here.", "Read more"):
        assert example not in sent
        assert example in shown
    assert "<h1" not in sent


def test_tables_and_arabic_of_a_text_keep_their_shape() -> None:
    words = '<p dir="rtl">مرحبا</p><table><tbody><tr><td colspan="2"><p>Tea</p></td></tr></tbody></table>'
    html = page({"kind": "text", "html": words})
    assert '<p dir="rtl">مرحبا</p>' in html
    assert re.search(r'<td style="border:1px solid [^"]*" colspan="2"><p>Tea</p></td>', html)
