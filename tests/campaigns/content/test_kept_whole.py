"""HTML written by hand arrives as it was written: all that other programs read of it, and the picture in a browser."""

import re
from collections import Counter
from collections.abc import Sequence
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from campaigns.compiling import results
from campaigns.message.compiled import link_targets
from delivery.html_tokens import attributes, tokens
from tests.campaigns import mails
from tests.web.browser import chromium

MAILS = sorted((Path(__file__).resolve().parents[2] / "data" / "handwritten").glob("*.html"))
WIDTHS, HIGH = (640, 390), 450  # pixels
SITE, AS_HTML = "http://mail.test/", {"Content-Type": "text/html; charset=utf-8"}
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
        "links": Counter(unescape(link.strip("\"'")) for link in _LINK.findall(html)),
        "queries": Counter(_MEDIA.findall(html)),
        "conditions": Counter(_CONDITION.findall(html)),
        "VML": Counter(map(unescape, _VML.findall(html))),
        "fonts": Counter(_FONT.findall(html)),
        "doctype": Counter(_DOCTYPE.findall(html)),
        "important": Counter({"!important": sheets.count("!important")}),
        "classes": Counter(
            found[2] or "" for token in tokens(html) for found in attributes(token.text) if found[1].lower() == "class"
        ),
    }


def picture(page: Page, written: Sequence[str]) -> Image.Image:
    """All of them below one another, each as on a desk and on a phone: one picture takes less long than many.

    Each has an address: one that stands in the page itself would be read by today's standards, whatever its doctype.
    """
    page.unroute_all()
    page.route("**", lambda route: route.abort())
    page.route(
        f"{SITE}**", lambda route: route.fulfill(body=written[int(route.request.url[len(SITE) :])], headers=AS_HTML)
    )
    frames = "".join(
        f'<iframe width="{width}" height="{HIGH}" scrolling="no" src="{SITE}{number}"></iframe>'
        for number in range(len(written))
        for width in WIDTHS
    )
    style = f"margin:0;width:{sum(WIDTHS)}px;line-height:0"
    page.set_content(f'<style>iframe{{border:0}}</style><body style="{style}">{frames}', wait_until="load")
    return Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_what_other_programs_read_stays(mail: Path) -> None:
    written = mail.read_text()
    page = results.of_html(written, "")
    assert page.removed == ()
    assert kept(page.html) == kept(written)


@pytest.mark.parametrize("mail", [mail for mail in MAILS if "{{" not in mail.read_text()], ids=lambda mail: mail.stem)
def test_every_link_of_what_is_sent_leads_where_it_led(mail: Path) -> None:
    """With the author's address in each place where a counted mail has one of ours."""
    page = results.of_html(mail.read_text(), "").html
    made = mails.edition(page)
    sent = mails.compiled(made).html_with(mails.recipient(), [url for url, _ in link_targets(made)])
    assert kept(sent) == kept(page)


def test_a_browser_shows_the_same_picture_before_and_after() -> None:
    """But for what counts openings."""
    written = [mail.read_text() for mail in MAILS]
    prepared = [results.of_html(one, "").html for one in written]
    with chromium() as browser:
        page = browser.new_page(viewport={"width": sum(WIDTHS), "height": 600}, java_script_enabled=False)
        before, after = (picture(page, shown) for shown in (written, prepared))
        page.close()
    assert before.height == HIGH * len(MAILS)
    differs = ImageChops.difference(before, after).getbbox()
    assert differs is None, MAILS[differs[1] // HIGH].name
