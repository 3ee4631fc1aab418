"""Six finished mails, with pictures everybody can load."""

from accounts.models import Organisation
from campaigns import starters
from campaigns.content import blocks
from campaigns.merge import language


def test_there_are_six_and_each_is_valid(organisation: Organisation) -> None:
    found = starters.all()
    assert [starter.key for starter in found] == ["newsletter", "announcement", "event", "offer", "welcome", "letter"]
    for starter in found:
        assert blocks.validate(starter.document) == starter.document
        assert starter.document["blocks"][-1]["kind"] == "footer"
        assert language.check(starter.subject) == []


def test_pictures_have_public_addresses_descriptions_and_files(organisation: Organisation) -> None:
    for starter in starters.all():
        for block in blocks.walk(starter.document):
            if block.get("image"):
                address, _, name = block["image"].rpartition("/")
                assert address == "https://news.nordlicht.example/i"
                assert block["alt"]
                assert starters.art(name)


def test_art_opens_nothing_else() -> None:
    for name in ("../__init__.py", "starter-../x.png", "draw.py", "starter-nope.png"):
        assert starters.art(name) is None
