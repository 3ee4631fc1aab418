"""The templates we bring: valid, ready to be sent, in the brand's colours, with pictures everybody can load."""

import re
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image
from playwright.sync_api import Page, Route

from accounts.brands import colours
from accounts.models import BrandKit, Organisation
from campaigns import starters
from campaigns.content import blocks, mjml, playing
from campaigns.merge import language
from campaigns.message import plaintext
from campaigns.preflight import contrast
from campaigns.starters import colouring
from delivery import html_tokens
from tests.campaigns.content import every_kind
from tests.campaigns.content.test_pictures import DARK_WORDS
from tests.web.browser import chromium

KINDS = [
    "newsletter",
    "launch",
    "sale",
    "event",
    "digest",
    "welcome",
    "back",
    "survey",
    "receipt",
    "letter",
    "seasonal",
    "job",
    "notice",
    "year",
]

COARSE_PICTURES = """() => [...document.images].filter(one => one.width && one.naturalWidth < 2 * one.width)
  .map(one => `${one.src}: ${one.naturalWidth} for ${one.width}`)"""


def pictures(document: blocks.Document) -> list[str]:
    return [block["image"] for block in blocks.walk(document) if block.get("image")]


def test_there_are_fourteen_and_each_is_valid(organisation: Organisation) -> None:
    found = starters.all()
    assert [starter.key for starter in found] == KINDS
    for starter in found:
        assert blocks.validate(starter.document) == starter.document
        assert starter.document["blocks"][-1]["kind"] == "footer"
        assert language.check(starter.subject) == []
        assert starter.preheader
        assert starters.get(starter.key) == starter


@pytest.mark.django_db
@pytest.mark.parametrize("key", KINDS)
def test_a_large_heading_leaves_no_word_alone_on_its_last_line(key: str) -> None:
    titles = [block["text"] for block in starters.get(key).document["blocks"] if block.get("level") == "1"]
    assert all("\N{NO-BREAK SPACE}" in title.split(" ")[-1] for title in titles)


def test_pictures_have_public_addresses_descriptions_and_files(organisation: Organisation) -> None:
    for starter in starters.all():
        for block in blocks.walk(starter.document):
            if block.get("image"):
                address, _, name = block["image"].rpartition("/")
                assert address == "https://news.nordlicht.example/i"
                assert block["alt"]
                drawn = starters.art(name)
                assert drawn
                assert Image.open(BytesIO(drawn)).width >= 800


@pytest.mark.django_db
@pytest.mark.parametrize("key", KINDS)
def test_headings_begin_with_the_first_level_and_leave_none_out(key: str) -> None:
    made = mjml.compile(starters.get(key).document, mjml.Brand("Nordlicht"))
    levels = [0, *map(int, re.findall(r"<h([1-6])[ >]", made))]
    assert all(level <= before + 1 for before, level in pairwise(levels))
    assert levels.count(1) == (key != "letter")


@pytest.mark.django_db
@pytest.mark.parametrize("key", KINDS)
def test_the_plain_text_has_all_links(key: str) -> None:
    starter = starters.get(key)
    made = mjml.compile(starter.document, mjml.Brand("Nordlicht", "Hafenstraße 7"), title=starter.subject)
    links = re.findall(r'<a [^>]*href="([^"]*)"', made)
    text = plaintext.from_html(made)
    assert all(link in text for link in links)


def test_a_template_s_own_look_stays_until_the_brand_has_one(organisation: Organisation) -> None:
    assert starters.get("newsletter").document["style"]["colour"] == "#1f5f5b"
    assert starters.get("newsletter").document["style"]["heading_font"] == "serif"
    decided = BrandKit(colour="#aa3300", heading_font="verdana", corners="square")
    worn = starters.get("newsletter", decided).document["style"]
    assert set(worn.values()) == {""}  # everything as the brand has it
    assert all("-aa330023262b.png" in address for address in pictures(starters.get("newsletter", decided).document))


def test_pictures_take_the_colours_of_the_mail_they_stand_in(organisation: Organisation) -> None:
    document = starters.get("newsletter").document
    document["style"] |= {"colour": "#aa3300", "accent": "#00aa88"}
    made = mjml.compile(document, mjml.Brand("Nordlicht"))
    assert "https://news.nordlicht.example/i/starter-dunes-aa330000aa88.png" in made
    assert "1f5f5b" not in made


def test_a_picture_has_the_colours_that_its_name_says() -> None:
    drawn = Image.open(BytesIO(colouring.drawn("starter-orbits-aa330000aa88.png") or b"")).convert("RGB")
    assert drawn.getpixel((5, 5)) == (0xAA, 0x33, 0x00)
    assert drawn.getpixel((600 + 160, 450)) == (0x00, 0xAA, 0x88)
    assert drawn.getpixel((600, 450)) == (255, 255, 255)


def test_art_opens_nothing_else_and_keeps_what_was_sent_before() -> None:
    assert starters.art("starter-hills.png")
    names = ("../__init__.py", "starter-../x.png", "draw.py", "starter-nope.png", "starter-nope-aa330000aa88.png")
    for name in (*names, "inks-dunes.png", "starter-dunes-aa33.png"):
        assert starters.art(name) is None


def test_each_is_seen_by_day_and_night_on_a_desk_and_a_phone(organisation: Organisation) -> None:
    """Nothing reaches over the edge, all words can be read, and pictures have twice the pixels they are shown with.

    Takes seconds: a browser is started.
    """
    mails = {one.key: mjml.compile(one.document, every_kind.BRAND, title=one.subject) for one in starters.all()}
    with chromium() as browser, browser.new_page() as page:
        page.route("**/i/**", _answer_with_art)
        seen = {key: _seen(page, html) for key, html in mails.items()}
    assert seen == {key: [] for key in KINDS}


def test_words_can_be_read_where_a_program_turns_mails_dark_by_force(organisation: Organisation) -> None:
    """Every colour inverted and turned half round, as campaign pages show it: contrast is measured."""
    mails = {one.key: mjml.compile(one.document, every_kind.BRAND) for one in starters.all()}
    for key, html in (mails | {"every kind": every_kind.page()}).items():
        for words, looks in contrast.seen(html_tokens.tokens(html)):
            if looks.ink and looks.ground:
                ratio = colours.contrast(_inverted(looks.ink), _inverted(looks.ground))
                assert ratio >= looks.enough, (key, words, looks)
    for starter in starters.all():
        link = colours.readable_on_light(starter.document["style"]["colour"])
        assert colours.contrast(_inverted(link), _inverted(colours.PAPER)) >= 4.5


def _inverted(colour: str) -> str:
    """By the matrix of `invert(1) hue-rotate(180deg)` (Filter Effects 1)."""
    red, green, blue = (255 - int(colour[at : at + 2], 16) for at in (1, 3, 5))
    turned = (
        round(of_red * red + of_green * green + of_blue * blue)
        for of_red, of_green, of_blue in ((-0.574, 1.43, 0.144), (0.426, 0.43, 0.144), (0.426, 1.43, -0.856))
    )
    return "#" + "".join(f"{min(255, max(0, channel)):02x}" for channel in turned)


def _seen(page: Page, html: str) -> list[object]:
    """What is wrong with it."""
    page.set_content(html)
    wrong: list[object] = []
    for scheme, width in (("light", 600), ("dark", 600), ("dark", 390), ("light", 390)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) != width:
            wrong.append((scheme, width, wide))
        wrong += ((scheme, width, found) for found in page.evaluate(DARK_WORDS) + page.evaluate(COARSE_PICTURES))
    return wrong


def _answer_with_art(route: Route) -> None:
    path, _, name = route.request.url.rpartition("/")
    drawn = starters.art(name) or b""
    route.fulfill(body=playing.with_sign(drawn) if path.endswith("/play") else drawn, content_type="image/png")
