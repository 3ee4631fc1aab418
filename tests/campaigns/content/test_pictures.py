"""What a browser shows of mails made of blocks: old drafts look as they always did."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from campaigns import starters
from campaigns.content import blocks, mjml
from campaigns.content.blocks.links import BETWEEN
from tests.campaigns.content import every_kind
from tests.web.browser import chromium

MAILS = Path(__file__).parents[2] / "data" / "mails"
BRAND = mjml.Brand("Nordlicht & Söhne", "Hafenstraße 7\n20457 Hamburg", colour="#1f4fa8")

_DOTS = re.compile(r"(?<=</a>)[^<]*·[^<]*(?=<a)")
_FINGERS = ".links a { display: inline-block; line-height: 44px; }"
ART = Path(starters.__file__).parent / "art"
# Elements with words of their own whose ink is dark on a dark ground; pictures behind words are their author's.
DARK_WORDS = """() => {
  const light = colour => { const [r, g, b] = colour.match(/[0-9.]+/g).map(Number); return (r * 3 + g * 6 + b) / 2550 }
  const ground = one => {
    for (; one; one = one.parentElement) {
      const style = getComputedStyle(one)
      if (style.backgroundImage != "none") return null
      if (!/rgba\\(.*, 0\\)|transparent/.test(style.backgroundColor)) return light(style.backgroundColor)
    }
    return 1
  }
  return [...document.querySelectorAll("body *:not(style)")].filter(one => {
    const says = [...one.childNodes].some(node => node.nodeType == 3 && node.data.trim())
    if (!says || !one.getClientRects().length || one.innerText.trim() == "") return false
    const under = ground(one)
    return under !== null && Math.abs(under - light(getComputedStyle(one).color)) < 0.35
  }).map(one => one.outerHTML.slice(0, 200))
}"""
LOWEST = "all => Math.min(...all.map(one => one.getBoundingClientRect().height).filter(height => height))"
LINES = """cell => {
  const words = document.createRange()
  words.selectNodeContents(cell)
  return new Set([...words.getClientRects()].map(one => Math.round(one.top))).size
}"""
# Of buttons, in whole pixels: the edges, and how far a corner reaches from them.
ROUND_CORNERS = """() => [...document.querySelectorAll("a")].flatMap(link => {
  const {left, top, right, bottom, height} = link.getBoundingClientRect()
  const round = Math.min(parseFloat(getComputedStyle(link).borderTopLeftRadius), height / 2)
  return round ? [[Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom), Math.ceil(round) + 1]] : []
})"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser, browser.new_page() as page:
        yield page


def _but_for_round_corners(difference: Image.Image, page: Page) -> tuple[int, int, int, int] | None:
    """Where it is seen besides the corners of the page's buttons, which are drawn once now instead of twice."""
    seen = difference.point(lambda by: 255 if by > 2 else 0)
    for left, top, right, bottom, reach in page.evaluate(ROUND_CORNERS):
        for x in (left, right - reach):
            for y in (top, bottom - reach):
                seen.paste(0, (x, y, x + reach, y + reach))
    return seen.getbbox()


@pytest.mark.parametrize(("number", "scheme"), [(1, "light"), (1, "dark"), (2, "dark"), (3, "light")])
def test_mail_written_before_sections_were_shared_shows_the_same_picture(
    page: Page, number: int, scheme: Literal["light", "dark"]
) -> None:
    """`first-*.html` came out of the compiler when each block was a section of its own.

    Links in a row had not the height of a finger on phones then, and dots between them, which could end a line.
    """
    document = json.loads((MAILS / "first.json").read_text())[number - 1]
    before = _DOTS.sub(BETWEEN, (MAILS / f"first-{number}.html").read_text()).replace(" · ", ", ")
    now = mjml.compile(blocks.validate(document), BRAND, title="T", preheader="P")
    assert _FINGERS in now
    now = now.replace(_FINGERS, "")
    page.emulate_media(color_scheme=scheme)
    for width in (600, 390):
        page.set_viewport_size({"width": width, "height": 800})
        shots = []
        for html in (before, now):
            page.set_content(html)
            shots.append(Image.open(BytesIO(page.screenshot(full_page=True))).convert("L"))
        assert shots[0].size == shots[1].size
        assert _but_for_round_corners(ImageChops.difference(*shots), page) is None
    assert len(now) < 0.8 * len(before)


def test_every_kind_of_block_fits_a_desk_and_a_phone(page: Page) -> None:
    """Nothing reaches over the edge, columns stand side by side or below one another, and each screen has its own."""
    extra = ({"kind": "text", "html": f"<p>{only}</p>", "devices": only} for only in ("phone", "desktop"))
    html = every_kind.page(*every_kind.WRITTEN, *extra)
    page.route("**/i/**", lambda route: route.fulfill(path=ART / "starter-hills.png"))
    page.emulate_media(color_scheme="light")
    tops = "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
    for width, columns, only in ((600, 1, "desktop"), (390, 4, "phone")):
        page.set_viewport_size({"width": width, "height": 800})
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert len(set(page.get_by_text("Words", exact=True).evaluate_all(tops))) == columns
        assert page.get_by_text(only, exact=True).is_visible()
        assert page.get_by_text("phone" if only == "desktop" else "desktop", exact=True).is_hidden()
        assert page.locator("a", has_text="Read on").bounding_box()["height"] == 48  # type: ignore[index]
    assert page.locator(".filled a, .outline a, .links a").evaluate_all(LOWEST) >= 44  # on the phone
    page.unroute("**/i/**")


def test_a_word_that_is_wider_than_a_phone_is_broken_and_widens_no_mail(page: Page) -> None:
    """A compound as German has them, or an address that somebody pasted. Columns of tables keep their words whole."""
    long = "Straßenbahnbetriebshofsbesichtigungstour"
    blocks_with_words: tuple[dict[str, Any], ...] = (
        {"kind": "heading", "text": long},
        {"kind": "text", "html": f"<p>https://www.nordlicht.example/{long}/{long}</p>"},
        {"kind": "button", "label": long, "url": "https://shop.example/"},
        {"kind": "image_text", "image": every_kind.PICTURE, "text": long, "html": f"<p>{long}</p>", "label": long},
        {"kind": "quote", "text": long, "by": long},
        {"kind": "event", "text": long, "day": "2026-03-29", "begins": "19:00", "ends": "22:00", "place": long},
    )
    table = {"kind": "table", "rows": f"Boat\tPrice\tWords\nAlma\t12 €\t{'as many as fill the line ' * 9}"}
    page.route("**/i/**", lambda route: route.abort())
    widths = {}
    for block in (*blocks_with_words, table):
        for width in (600, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.set_content(every_kind.page(block))
            widths[block["kind"], width] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == {(kind, width): width for kind, width in widths}
    assert page.get_by_role("cell", name="Alma").evaluate(LINES) == 1
    page.unroute("**/i/**")


def test_a_table_with_a_word_that_is_wider_than_its_column_widens_no_mail(page: Page) -> None:
    """Such words are broken; the others of the table stay whole, and the text version knows nothing of it."""
    long, cells = "Straßenbahnbetriebshofsbesichtigungstour", ("Alma", "Hafenrundfahrt", "12 €")
    rows = "".join(f"<tr><td><p>{cell}</p></td><td><p>{long} {{{{ first_name }}}}</p></td></tr>" for cell in cells)
    tables = (
        {"kind": "table", "rows": "\n".join(f"{cell}\t{long}\tpost.{long}@nordlicht.example" for cell in cells)},
        {"kind": "text", "html": f"<table><tbody>{rows}</tbody></table>"},
    )
    for table in tables:
        for width in (600, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.set_content(every_kind.page(table))
            assert page.evaluate("document.documentElement.scrollWidth") == width
            for cell in cells:
                assert page.get_by_text(cell, exact=True).evaluate(LINES) == 1
        assert page.get_by_text(long).count() >= len(cells), "it is found and copied as one word"


def test_in_the_dark_all_words_can_be_read(page: Page) -> None:
    page.set_content(every_kind.page())
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(DARK_WORDS) == []
