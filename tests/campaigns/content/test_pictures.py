"""What a browser shows of mails made of blocks: old drafts look as they always did."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, sync_playwright

from campaigns.content import blocks, mjml

MAILS = Path(__file__).parents[2] / "data" / "mails"
BRAND = mjml.Brand("Nordlicht & Söhne", "Hafenstraße 7\n20457 Hamburg", colour="#1f4fa8")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize(("number", "scheme"), [(1, "light"), (1, "dark"), (2, "dark"), (3, "light")])
def test_mail_written_before_sections_were_shared_shows_the_same_picture(
    page: Page, number: int, scheme: Literal["light", "dark"]
) -> None:
    """`first-*.html` came out of the compiler when each block was a section of its own."""
    document = json.loads((MAILS / "first.json").read_text())[number - 1]
    before = (MAILS / f"first-{number}.html").read_text()
    now = mjml.compile(blocks.validate(document), BRAND, title="T", preheader="P")
    page.emulate_media(color_scheme=scheme)
    for width in (600, 390):
        page.set_viewport_size({"width": width, "height": 800})
        shots = []
        for html in (before, now):
            page.set_content(html)
            shots.append(page.screenshot(full_page=True))
        assert shots[0] == shots[1]
    assert len(now) < 0.8 * len(before)
