"""The first ten minutes of a stranger, in a browser, over real processes: half a minute, most of it start-up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.running import Product, until
from tests.web.browser import PATIENCE_MS, chromium

PEOPLE = "Email,First name\nana@example.org,Ana\nben@example.org,Ben\nnobody at all,Nobody\n"
TARGET = "https://nordlicht.example/news"


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser, browser.new_page(viewport={"width": 1280, "height": 900}) as page:
        page.set_default_timeout(PATIENCE_MS)  # workers come up last, on a busy machine slowly
        yield page


def test_stranger_imports_rehearses_and_sees_a_click_and_a_leaver(product: Product, page: Page, tmp_path: Path) -> None:
    set_up(product, page)
    import_people(page, tmp_path)
    write_campaign(page)
    campaign_url = rehearse(product, page)
    open_click_and_leave(product, page)
    read_report(page, campaign_url)


def set_up(product: Product, page: Page) -> None:
    page.goto(product.url)
    for label, words in {
        "Your name": "Olga Owner",
        "E-mail": "olga@nordlicht.example",
        "Password": "correct horse battery",
        "Name of the organisation": "Nordlicht Books",
        "Postal address": "Hafenstraße 7\n20457 Hamburg",
    }.items():
        page.get_by_label(label, exact=False).first.fill(words)
    fill_if_empty(page, "sender_name", "Nordlicht Books")
    fill_if_empty(page, "sender_email", "news@nordlicht.example")
    page.get_by_role("button", name="Set up and log in").click()
    expect(page.get_by_role("heading", name="Send yourself the first mail")).to_be_visible()


def fill_if_empty(page: Page, name: str, words: str) -> None:
    field = page.locator(f"[name={name}]")
    if not field.input_value():
        field.fill(words)


def import_people(page: Page, folder: Path) -> None:
    file = folder / "readers.csv"
    file.write_text(PEOPLE)
    page.get_by_role("link", name="Imports").first.click()
    page.get_by_role("link", name="Import people").first.click()
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Upload").click()
    page.locator("[name=new_list]").fill("Readers")
    page.locator("[name=consent_source]").first.check()
    page.locator("[name=consent_text]").fill("Yes, send me the news")
    page.get_by_role("button", name="See what will happen").click()
    page.get_by_role("button", name="Import 2 people").click()
    expect(page.get_by_role("heading", name="readers.csv is imported")).to_be_visible()


def write_campaign(page: Page) -> None:
    page.get_by_role("link", name="Campaigns").first.click()
    page.get_by_role("link", name="New campaign").click()
    page.get_by_role("button", name="Blank, with blocks").click()
    page.get_by_label("Name of the campaign").fill("Harbour news")
    page.get_by_label("Readers").first.check()
    expect(page.locator("#sentence-to")).to_contain_text("2 people")
    page.get_by_label("Subject").fill("News for ")
    page.get_by_role("button", name="Insert a name or other detail").first.click()
    page.get_by_role("button", name="Insert", exact=True).click()
    expect(page.locator("#inbox")).to_contain_text("News for Ben")
    if not page.get_by_role("link", name="Write and arrange").is_visible():
        page.locator("#card-content > summary").click()
    page.get_by_role("link", name="Write and arrange").click()
    add_button(page)
    page.get_by_role("link", name="Back to the campaign").click()


def add_button(page: Page) -> None:
    page.get_by_role("button", name="Button", exact=True).click()
    panel = page.locator("#side-panel")
    panel.get_by_label("Label").fill("To the shop")
    panel.get_by_label("Link").fill(TARGET)
    frame = page.frame_locator(".canvas iframe")
    expect(frame.get_by_role("link", name="To the shop")).to_be_visible()


def rehearse(product: Product, page: Page) -> str:
    button = "Rehearse with 2 people (nobody receives it)"
    with nothing_starts(product):
        page.get_by_role("link", name=button).click()
        page.get_by_role("dialog").get_by_role("button", name=button).click()
        expect(page.get_by_text("Nothing has left yet")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Nothing was sent, and the campaign is a draft again")).to_be_visible()
    page.get_by_role("link", name=button).click()
    page.get_by_role("dialog").get_by_role("button", name=button).click()
    expect(page.get_by_text("2 = 2 + 0 + 0 + 0 + 0")).to_be_visible()
    return page.url


@contextmanager
def nothing_starts(product: Product) -> Iterator[None]:
    """On a busy machine the ten seconds of Undo are over before a browser can press it."""
    control = psutil.Process(until(lambda: product.processes("control"))[0])
    control.suspend()
    try:
        yield
    finally:
        control.resume()


def open_click_and_leave(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/sandbox/")
    page.get_by_role("link", name="News for Ana").click()
    mail = page.frame_locator("iframe.sandbox-frame.look-light")
    shop = mail.get_by_role("link", name="To the shop").get_attribute("href")
    leave = mail.get_by_role("link", name="Unsubscribe").get_attribute("href")
    assert shop
    assert leave
    assert shop.startswith(f"{product.url}/c/")
    clicked = page.request.get(shop, max_redirects=0)
    assert (clicked.status, clicked.headers["location"]) == (302, TARGET)
    page.goto(leave)
    page.get_by_role("button", name="Unsubscribe from everything").click()
    expect(page.get_by_role("heading", name="You would be unsubscribed now")).to_be_visible()
    assert until(lambda: product.sql("SELECT count(*) FROM tracking_event WHERE kind = 3")[0][0])
    assert product.sql("SELECT count(*) FROM contacts_suppression") == [(0,)], "a rehearsal changes nobody's record"


def read_report(page: Page, campaign_url: str) -> None:
    page.goto(campaign_url)
    report = page.locator("#report")
    expect(report.locator(".figure-clicked")).to_contain_text("1 person")
    expect(report.locator(".figure-unsubscribed")).to_contain_text("1 person")
    expect(report.get_by_text(TARGET)).to_be_visible()
