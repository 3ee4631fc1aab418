"""What those who see little, or hear a mail, stumble over is advised against, with a jump to the line of the HTML."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from campaigns.content import blocks
from campaigns.models import Campaign, Image
from campaigns.preflight import checklist
from campaigns.preflight.findings import Finding, line_of
from delivery.models import Provider
from tests.campaigns.preflight.test_checklist import GOOD
from tests.campaigns.preflight.test_checklist import campaign as campaign
from tests.campaigns.preflight.test_checklist import real as real

pytestmark = pytest.mark.django_db
PIXEL = "https://news.nordlicht.example/i/"
HREF = 'href="https://nordlicht.example/"'
BUTTON = "display:inline-block;background:#124;color:#fff"
TABLE = '<table role="presentation"><tr><td>Words</td></tr></table>'


def found(campaign: Campaign, html: str) -> dict[str, Finding]:
    campaign.html = f"{GOOD}\n{html}"
    return {finding.code: finding for finding in checklist.check(campaign)}


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<table><tr><td>Words</td></tr></table>", "table-role"),
        (
            f'<table role="presentation"><tr><td>\n<table><tr><td>{TABLE}</td></tr></table></td></tr></table>',
            "table-role",
        ),
        ('<img alt="A ship" src="https://nordlicht.example/a.png">', "unsized-picture"),
        ('<div style="position: fixed; top: 0">Words</div>', "fixed-position"),
        ("<style>.bar { position:fixed }</style>", "fixed-position"),
        (
            f'<a {HREF} style="{BUTTON};padding:8px 20px;font-size:16px;line-height:1.25">Read the news</a>',
            "low-button",
        ),
        ('<p style="font-size:12px">The small print</p>', "small-text"),
        ('<p style="font-size:9pt">The small print</p>', "small-text"),
        ('<p style="font-size:13px">The small print</p>', "small-text"),
        ("<h3>After the first</h3>", "heading-order"),
        ('<p>More <a href="https://nordlicht.example/">here</a>.</p>', "vague-link"),
        ('<p>Mehr <a href="https://nordlicht.example/">Klicken Sie hier!</a></p>', "vague-link"),
        (
            f'<p>See <a {HREF} style="color:#124; text-decoration: none">the ships</a> here</p>',
            "bare-link",
        ),
        ('<a href="https://192.0.32.10/a">The ships</a>', "ip-link"),
        ('<a href="https://nordlicht.example:8443/a">The ships</a>', "port-link"),
        ('<a href="https://staging.nordlicht.example/a">The ships</a>', "staging-link"),
        ('<a href="https://www.dev-2.nordlicht.example/a">The ships</a>', "staging-link"),
    ],
)
def test_advice_names_the_line(campaign: Campaign, html: str, code: str) -> None:
    said = found(campaign, html)
    assert set(said) == {code}
    assert said[code].level == "warn"
    assert said[code].line == (3 if "\n" in html else 2)


@pytest.mark.parametrize(
    "html",
    [
        TABLE,
        "<table><tr><th scope='col'>Day</th></tr><tr><td>Monday</td></tr></table>",
        "<!--[if mso]><table><tr><td><![endif]-->Words<!--[if mso]></td></tr></table><![endif]-->",
        '<img alt="A ship" width="600" src="https://nordlicht.example/a.png">',
        '<img alt="A ship" style="max-width:100%" src="https://nordlicht.example/a.png">',
        f'<a {HREF} style="{BUTTON};padding:12px 20px;font-size:16px;line-height:1.25">Read the news</a>',
        f'<a {HREF} style="{BUTTON}">Read the news</a>',
        '<p style="font-size:14px">Words</p><div style="display:none;font-size:1px">Preheader</div>',
        "<h2>Below</h2><h3>Lower</h3><h1>Another</h1><h2>Below that</h2>",
        '<p><a href="https://nordlicht.example/" style="text-decoration:none">A link by itself</a></p>',
        '<p>See <a href="https://nordlicht.example/" style="text-decoration:underline">the ships</a> there</p>',
        '<p>More: <a href="https://nordlicht.example/here">The ships of March, here</a></p>',
        '<a href="https://speed-test.example/">A host called so</a>',
        '<a href="https://contest.nordlicht.example/">A contest</a>',
        '<a href="https://nordlicht.example:443/">The usual port</a>',
    ],
)
def test_what_is_right_is_not_spoken_of(campaign: Campaign, html: str) -> None:
    assert found(campaign, html) == {}


def test_headings_in_html_of_a_block_are_in_the_outline(campaign: Campaign) -> None:
    campaign.content_kind = Campaign.ContentKind.BLOCKS
    written = [
        {"kind": "heading", "text": "First"},
        {"id": "own", "kind": "code", "code": "<h3>Too low</h3>"},
        {"kind": "heading", "text": "Then", "level": "3"},
        {"kind": "footer"},
    ]
    campaign.blocks = blocks.validate({"blocks": written})
    said = {finding.code: finding for finding in checklist.check(campaign)}
    assert said["heading-order"].block == "own"
    assert "“Too low” is of level 3 after one of level 1" in said["heading-order"].text
    campaign.blocks["blocks"][1]["code"] = "<h2>As it should be</h2>"
    assert "heading-order" not in {finding.code for finding in checklist.check(campaign)}


def test_a_whole_page_says_how_it_looks_in_the_dark(campaign: Campaign) -> None:
    campaign.html = f"<html lang='en'>\n<head></head><body>{GOOD}</body></html>"
    (finding,) = checklist.check(campaign)
    assert (finding.code, finding.line) == ("no-color-scheme", 2)
    campaign.html = campaign.html.replace("<head>", '<head><meta name="color-scheme" content="light dark">')
    assert checklist.check(campaign) == []


@pytest.mark.parametrize(
    ("host", "level", "code"),
    [
        ("localhost:8000", "block", "local-link"),
        ("shop.localhost", "block", "local-link"),
        ("127.0.0.1", "block", "local-link"),
        ("localhost.", "block", "local-link"),
        ("localhost.localdomain", "block", "local-link"),
        ("[::ffff:127.0.0.1]", "block", "local-link"),
        ("[::1]", "block", "local-link"),
        ("169.254.1.1", "block", "local-link"),
        ("10.1.2.3", "warn", "network-link"),
        ("intranet", "warn", "network-link"),
        ("shop.internal", "warn", "network-link"),
        ("wiki.local", "warn", "network-link"),
    ],
)
def test_what_readers_cannot_reach_is_blocked_and_what_colleagues_alone_reach_advised_against_in_real_mail(
    campaign: Campaign, real: Provider, host: str, level: str, code: str
) -> None:
    """A mail to people who all work in one building may lead to what stands there."""
    html = f'<a href="https://{host}/a">The ships</a>'
    assert found(campaign, html) == {}
    campaign.provider = real
    said = found(campaign, html)
    assert (set(said), said[code].level, said[code].line) == ({code}, level, 2)


def picture(name: str, size_bytes: int) -> str:
    made = Image.objects.create(
        name=name, storage_name=f"{name * 22}.jpg", width=600, height=400, size_bytes=size_bytes, alt="A ship"
    )
    return f"{PIXEL}{made.storage_name}"


def test_heavy_pictures_are_weighed_together_and_each(campaign: Campaign) -> None:
    one, two, three = (picture(name, size) for name, size in (("a", 450_000), ("b", 450_000), ("c", 600_000)))
    img = '<img alt="A ship" width="600" src="{}">'
    assert found(campaign, img.format(one) * 3) == {}, "each counts once"
    said = found(campaign, f"{img.format(one)}\n{img.format(three)}")
    assert {code: finding.line for code, finding in said.items()} == {"heavy-picture": 3, "heavy-pictures": 3}
    assert "600\N{NO-BREAK SPACE}kB" in said["heavy-picture"].text
    assert "1.1\N{NO-BREAK SPACE}MB together" in said["heavy-pictures"].text
    assert set(found(campaign, img.format(two) + img.format(one))) == set(), "900 kB"


def test_a_heavy_picture_leads_to_its_block(campaign: Campaign) -> None:
    campaign.content_kind = Campaign.ContentKind.BLOCKS
    words = {"kind": "text", "html": "<p>Words that say something about the world, and some more of them, too.</p>"}
    shown = {"id": "ship", "kind": "image", "image": picture("d", 700_000), "alt": "A ship"}
    campaign.blocks = blocks.validate({"blocks": [words, shown, {"kind": "footer"}]})
    (finding,) = [one for one in checklist.check(campaign) if one.code == "heavy-picture"]
    assert (finding.block, finding.line) == ("ship", 0)


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<p>{{ favourite }}</p>", "unknown-tag"),
        ("<p>{{ first_name.x }}</p>", "template"),
        ("<p>Hi {{ first_name }}</p>", "no-fallback"),
        ('<p><a href="https://example.com/a?b=1&amp;c=2">The ships</a></p>', "placeholder-link"),
        ('<p><a href="">The ships</a></p>', "empty-link"),
        ('<p><img width="9" src="https://nordlicht.example/a.png"></p>', "no-alt"),
        ('<p><img width="9" alt="A ship" src="a.png"></p>', "unreachable-picture"),
        ('<p><img width="9" alt="" src="data:image/png;base64,AA"></p>', "data-image"),
        ('<p style="color:#999">Pale words</p>', "contrast"),
    ],
)
def test_what_was_said_before_names_the_line_as_well(campaign: Campaign, html: str, code: str) -> None:
    said = found(campaign, f"<p>Fine</p>\n\n{html}\n<p>{{{{ email }}}}</p>")
    assert code in said
    assert said[code].line == 4, said[code]


def test_the_link_of_a_finding_opens_its_line(
    campaign: Campaign, client_for: Callable[[User], Client], marketer: User
) -> None:
    campaign.html = f"{GOOD}\n<h3>Below</h3>"
    campaign.save()
    browser = client_for(marketer)
    there = f"/campaigns/{campaign.pk}/content/?open=line-2"
    page = " ".join(browser.get(f"/campaigns/{campaign.pk}/check/").content.decode().split())
    assert there in page
    assert "Go to line 2" in page
    assert 'data-line="2"' in browser.get(there).content.decode()
    for nonsense in ("line-", "line-x", "line-²", "line-99999999999999999999", "-2"):
        assert line_of(nonsense) == 0
        assert "data-line" not in browser.get(f"/campaigns/{campaign.pk}/content/?open={nonsense}").content.decode()
