"""HTML written by hand arrives as it was written: all that other programs read of it, and the picture in a browser."""

import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from campaigns.compiling import results
from delivery.html_tokens import attributes, tokens
from tests.web.browser import chromium

MAILS = sorted((Path(__file__).resolve().parents[2] / "data" / "handwritten").glob("*.html"))
WIDTHS = (640, 390)
_LINK = re.compile(r"""\bhref\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_MEDIA = re.compile(r"@(?:media|supports)[^{]*\{")
_CONDITION = re.compile(r"<!--\s*\[if[^\]]*\]>(?:<!-->)?|<!(?:--<!)?\[endif\]-->", re.IGNORECASE)
_VML = re.compile(r"</?(?:v|w|o):[^>]*>")
_FONT = re.compile(r"@font-face\s*\{[^}]*\}")
_DOCTYPE = re.compile(r"<!doctype[^>]*>", re.IGNORECASE)


def kept(html: str) -> dict[str, Counter[str]]:
    """What programs beside a browser go by; each as often as it stands there."""
    sheets = "".join(token.text for token in tokens(html) if token.kind == "raw" and token.name == "style")
    return {
        "links": Counter(link.strip("\"'") for link in _LINK.findall(html)),
        "queries": Counter(_MEDIA.findall(html)),
        "conditions": Counter(_CONDITION.findall(html)),
        "VML": Counter(_VML.findall(html)),
        "fonts": Counter(_FONT.findall(html)),
        "doctype": Counter(_DOCTYPE.findall(html)),
        "important": Counter({"!important": sheets.count("!important")}),
        "classes": Counter(
            found[2] or "" for token in tokens(html) for found in attributes(token.text) if found[1].lower() == "class"
        ),
    }


def pictures(browser: Browser, html: str) -> list[bytes]:
    shots = []
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 600}, java_script_enabled=False, offline=True)
        page.set_content(html, wait_until="load")
        shots.append(page.screenshot(full_page=True))
        page.close()
    return shots


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_what_other_programs_read_stays(mail: Path) -> None:
    written = mail.read_text()
    page = results.of_html(written, "")
    assert page.removed == ()
    assert kept(page.html) == kept(written)


def test_a_browser_shows_the_same_picture_before_and_after() -> None:
    with chromium() as browser:
        for mail in MAILS:
            written = mail.read_text()
            assert pictures(browser, results.of_html(written, "").html) == pictures(browser, written), mail.name
