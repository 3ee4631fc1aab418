"""The templates we bring: valid, ready to be sent, in the brand's colours, with pictures everybody can load."""

import re
from io import BytesIO

import pytest
from PIL import Image

from accounts.models import BrandKit, Organisation
from campaigns import starters
from campaigns.content import blocks, mjml
from campaigns.merge import language
from campaigns.message import plaintext
from campaigns.starters import colouring

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


def test_pictures_have_public_addresses_descriptions_and_files(organisation: Organisation) -> None:
    for starter in starters.all():
        for block in blocks.walk(starter.document):
            if block.get("image"):
                address, _, name = block["image"].rpartition("/")
                assert address == "https://news.nordlicht.example/i"
                assert block["alt"]
                drawn = starters.art(name)
                assert drawn
                assert Image.open(BytesIO(drawn)).width >= 600


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
    assert drawn.getpixel((300 + 80, 225)) == (0x00, 0xAA, 0x88)
    assert drawn.getpixel((300, 225)) == (255, 255, 255)


def test_art_opens_nothing_else_and_keeps_what_was_sent_before() -> None:
    assert starters.art("starter-hills.png")
    names = ("../__init__.py", "starter-../x.png", "draw.py", "starter-nope.png", "starter-nope-aa330000aa88.png")
    for name in (*names, "inks-dunes.png", "starter-dunes-aa33.png"):
        assert starters.art(name) is None
