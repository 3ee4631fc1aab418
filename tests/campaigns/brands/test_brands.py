"""Brands: what mails of one look like, where a campaign picks another, and how colours read."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import BrandKit, Organisation, User
from campaigns.brands import contrast
from campaigns.content import blocks, mjml
from campaigns.content.images import pixels
from campaigns.message import editions
from campaigns.models import Campaign

Browser = Callable[[User], Client]
FORM: dict[str, Any] = {"colour": "#1f4fa8", "accent": "#23262b", "background": "#f2f1ee", "ink": "#23262b"}


@pytest.fixture(autouse=True)
def _files_of_their_own(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's wrapper


@pytest.fixture
def shop(organisation: Organisation) -> BrandKit:
    return BrandKit.objects.create(
        name="Harbour Shop",
        sender_name="The shop",
        sender_email="shop@nordlicht.example",
        colour="#aa3300",
        heading_font="palatino",
        corners="round",
        postal_address="Kai 9\nHamburg",
        footer="HRB 1234",
    )


@pytest.fixture
def draft(organisation: Organisation, marketer: User) -> Campaign:
    document = blocks.validate(
        {
            "blocks": [
                {"kind": "logo"},
                {"kind": "heading", "text": "Good morning"},
                {"kind": "button", "label": "Go", "url": "https://example.org/"},
                {"kind": "footer"},
            ]
        }
    )
    return Campaign.objects.create(
        name="News",
        subject="News",
        blocks=document,
        sender_name=organisation.sender_name,
        sender_email=organisation.sender_email,
        created_by=marketer,
    )


def picture(kind: str = "PNG", size: tuple[int, int] = (1800, 300), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "#225588").save(out, kind)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG that says it is larger than it is."""
    data = bytearray(picture())
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def own(organisation: Organisation) -> BrandKit:
    return BrandKit.objects.get(organisation=organisation)


def test_a_brand_left_as_it_comes_changes_no_mail(client_for: Browser, marketer: User, draft: Campaign) -> None:
    before = editions.compose(draft).html
    kit = own(Organisation.objects.get())
    assert client_for(marketer).post(f"/brands/{kit.pk}/", FORM).status_code == 302
    kit.refresh_from_db()
    assert (kit.accent, kit.background, kit.ink, kit.heading_font, kit.corners) == ("", "", "", "", "")
    assert editions.compose(draft).html == before


def test_a_campaign_wears_the_brand_it_picks(
    client_for: Browser, marketer: User, draft: Campaign, shop: BrandKit
) -> None:
    client_for(marketer).post(f"/campaigns/{draft.pk}/save/brand/", {"brand": shop.pk, "version": draft.version})
    draft.refresh_from_db()
    assert (draft.brand, draft.sender_email) == (shop, "shop@nordlicht.example")
    edition = editions.freeze(draft)
    assert edition.organisation["name"] == "Harbour Shop"
    assert edition.organisation["postal_address"] == "Kai 9\nHamburg"
    for said in ("#aa3300", "Palatino", "border-radius:24px", "Kai 9, Hamburg", "HRB 1234"):
        assert said in edition.html
    assert "Hafenstraße" not in edition.html + edition.text


def test_a_sender_somebody_typed_stays(client_for: Browser, marketer: User, draft: Campaign, shop: BrandKit) -> None:
    Campaign.objects.update(sender_email="ana@nordlicht.example")
    client_for(marketer).post(f"/campaigns/{draft.pk}/save/brand/", {"brand": shop.pk, "version": draft.version})
    draft.refresh_from_db()
    assert (draft.brand, draft.sender_email) == (shop, "ana@nordlicht.example")


def test_a_campaign_s_own_style_goes_before_the_brand(draft: Campaign, shop: BrandKit) -> None:
    draft.brand = shop
    draft.blocks["style"] |= {"colour": "#005544", "heading_font": "verdana"}
    made = editions.compose(draft).html
    assert "#005544" in made
    assert "Verdana" in made
    assert "#aa3300" not in made
    assert "border-radius:24px" in made  # what the campaign leaves empty


def test_mails_from_before_brands_keep_their_letters() -> None:
    style = blocks.validate({"blocks": [], "style": {"font": "mixed", "corners": "round"}})["style"]
    assert (style["heading_font"], style["body_font"], style["corners"]) == ("serif", "sans", "round")


def test_a_colour_that_is_the_brand_s_goes_with_the_brand(client_for: Browser, marketer: User, draft: Campaign) -> None:
    given = {"colour": "#1F4FA8", "accent": "#5f3dc4", "version": draft.version}
    client_for(marketer).post(f"/campaigns/{draft.pk}/content/style/", given)
    draft.refresh_from_db()
    assert (draft.blocks["style"]["colour"], draft.blocks["style"]["accent"]) == ("", "#5f3dc4")


def test_the_sample_shows_what_is_being_chosen(client_for: Browser, marketer: User, shop: BrandKit) -> None:
    shown = client_for(marketer).get("/brands/sample/", {"kit": shop.pk, **FORM, "colour": "#0a7f3f"}).content.decode()
    assert "#0a7f3f" in shown
    assert BrandKit.objects.get(pk=shop.pk).colour == "#aa3300"
    wrong = client_for(marketer).get("/brands/sample/", {"kit": shop.pk, **FORM, "colour": "red;}"})
    assert "red;}" not in wrong.content.decode()


@pytest.mark.parametrize(("colour", "said"), [("#1f4fa8", "easy to read"), ("#f4c430", "too faint for many people")])
def test_how_the_colours_read_is_said_in_words(
    client_for: Browser, marketer: User, organisation: Organisation, colour: str, said: str
) -> None:
    links = next(pair for pair in contrast.pairs(mjml.Brand(colour=colour)) if pair.what.startswith("Links"))
    assert said in links.words
    page = client_for(marketer).get("/brands/words/", FORM | {"colour": colour}).content.decode()
    assert f"Links on white: {links.words}" in page


def test_a_colour_that_programs_spoil_by_force_is_said_to_be_one() -> None:
    button = next(pair for pair in contrast.pairs(mjml.Brand(colour="#e8590c")) if pair.what == "Words on a button")
    assert button.kind == "warn"
    assert "until a program turns mails dark by force. #c14a09 stays so." in button.words


def test_a_logo_is_drawn_anew_and_the_dark_one_is_for_dark_mail_programs(
    client_for: Browser, marketer: User, draft: Campaign
) -> None:
    kit = own(Organisation.objects.get())
    files = {
        "new_logo": SimpleUploadedFile("../../evil.php", picture("JPEG") + b"<script>alert(1)</script>"),
        "new_logo_on_dark": SimpleUploadedFile("dark.png", picture()),
    }
    client_for(marketer).post(f"/brands/{kit.pk}/", FORM | files)
    kit.refresh_from_db()
    stored = b"".join(client_for(marketer).get(f"/i/{kit.logo}"))
    assert b"script" not in stored
    assert Image.open(io.BytesIO(stored)).size == (1200, 200)
    made = editions.compose(draft)
    assert f'<source srcset="https://news.nordlicht.example/i/{kit.logo_on_dark}"' in made.html
    assert f'<img src="https://news.nordlicht.example/i/{kit.logo}"' in made.html
    assert made.html.count(' width="140" height="23" ') == 1  # of 1200 by 200: its room is kept until it is loaded
    BrandKit.objects.update(logo_on_dark="")
    assert editions.compose(draft).html.count(' width="140" height="23" ') == 1  # a logo that stands alone
    assert pixels.of(blocks.empty(), f"https://news.nordlicht.example/i/{'x' * 22}.png") == {}  # a file that is gone
    client_for(marketer).post(f"/brands/{kit.pk}/", FORM | {"without_logo": "on", "without_logo_on_dark": "on"})
    kit.refresh_from_db()
    assert (kit.logo, kit.logo_on_dark) == ("", "")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG is refused"),
        (lambda: picture()[:200], "damaged"),
        (lambda: picture(size=(9000, 9000), mode="1"), "more than 40 million pixels"),
        (lambda: claiming(60_000, 60_000), "more than 40 million pixels"),
        (lambda: b"\x89PNG\r\n" + b"0" * 6_000_000, "larger than 5 MB"),
    ],
    ids=["svg", "truncated", "too many pixels", "a bomb", "too large"],
)
def test_what_is_no_logo_is_refused(
    client_for: Browser, marketer: User, organisation: Organisation, make: Callable[[], bytes], said: str
) -> None:
    given = FORM | {"new_logo": SimpleUploadedFile("logo.png", make())}
    response = client_for(marketer).post(f"/brands/{own(organisation).pk}/", given)
    assert response.status_code == 422
    assert said in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("colour", "red;}", "six digits"),
        ("social_facebook", "javascript:alert(1)", "whole address"),
        ("name", "", "Give it a name"),
    ],
)
def test_what_would_break_is_refused(
    client_for: Browser, marketer: User, shop: BrandKit, field: str, value: str, said: str
) -> None:
    response = client_for(marketer).post(f"/brands/{shop.pk}/", FORM | {"name": "Shop", field: value})
    assert response.status_code == 422
    assert said in response.content.decode()


def test_social_addresses_are_completed_and_kept(client_for: Browser, marketer: User, shop: BrandKit) -> None:
    client_for(marketer).post(
        f"/brands/{shop.pk}/", FORM | {"name": "Shop", "social_instagram": "instagram.com/harbour"}
    )
    shop.refresh_from_db()
    assert shop.social == {"instagram": "https://instagram.com/harbour"}
    assert mjml.Brand.of(Organisation.get(), shop).social == (("instagram", "https://instagram.com/harbour"),)


def test_the_usual_brand_changes_and_a_deleted_one_leaves_its_drafts(
    client_for: Browser, marketer: User, draft: Campaign, shop: BrandKit
) -> None:
    browser, before = client_for(marketer), own(Organisation.objects.get())
    browser.post(f"/brands/{before.pk}/delete/")
    assert BrandKit.objects.filter(pk=before.pk).exists()  # the usual one stays
    Campaign.objects.update(brand=shop)
    browser.post(f"/brands/{shop.pk}/delete/")
    draft.refresh_from_db()
    assert draft.brand is None
    other = BrandKit.objects.create(name="Winter")
    browser.post(f"/brands/{other.pk}/default/")
    assert Organisation.objects.get().brand == other


def test_logos_are_loaded_from_where_all_pictures_are(organisation: Organisation, settings: Any) -> None:
    worn = BrandKit(logo="a.png", logo_on_dark="b.png")
    of = mjml.Brand.of(organisation, worn)
    assert (of.logo_url, of.logo_on_dark_url) == tuple(f"https://news.nordlicht.example/i/{name}.png" for name in "ab")
    settings.IMAGES_URL = "https://img.example/images"
    of = mjml.Brand.of(organisation, worn)
    assert (of.logo_url, of.logo_on_dark_url) == tuple(f"https://img.example/images/{name}.png" for name in "ab")
