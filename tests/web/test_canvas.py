"""A mail is built on the mail itself: by mouse, by keyboard alone, by touch. Takes seconds: a browser is started."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.content import blocks
from campaigns.models import Campaign
from tests.web import stage
from tests.web.browser import Visitor, visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
Editor = Callable[..., AbstractContextManager[Visitor]]

TEN = ["heading", "text", "button", "image", "divider", "spacer", "columns", "heading", "text", "footer"]


@pytest.fixture
def draft() -> Campaign:
    campaign = stage.campaign(Cast(Role.OWNER))
    campaign.blocks = blocks.validate({"blocks": [{"id": "end", "kind": "footer"}]})
    campaign.save()
    return campaign


@pytest.fixture
def editor(live_server: LiveServer, draft: Campaign) -> Editor:
    @contextmanager
    def opened(width: int = 1280, *, touch: bool = False) -> Iterator[Visitor]:
        session = Cast(Role.OWNER).browser().cookies["sessionid"].value
        with visitor(live_server.url, session, touch=touch) as visit:
            expect.set_options(timeout=60_000)
            visit.page.set_default_timeout(60_000)
            visit.page.set_viewport_size({"width": width, "height": 844})
            visit.page.goto(f"/campaigns/{draft.pk}/content/")
            expect(spots(visit.page)).to_have_count(1)
            yield visit
            assert not visit.found

    return opened


def spots(page: Page) -> Locator:
    return page.locator(".spot")


def palette(page: Page, label: str) -> Locator:
    return page.locator("#palette").get_by_role("button", name=label, exact=True)


def expect_added(page: Page, count: int) -> None:
    """The new block is there and has the focus."""
    expect(spots(page)).to_have_count(count)
    expect(page.locator(".spot[aria-pressed=true]:focus")).to_have_count(1)


def kinds(page: Page) -> list[str]:
    """As the server's answer to the last change names them."""
    found: list[str] = page.eval_on_selector_all("#editor [data-block]", "all => all.map(one => one.dataset.kind)")
    return found


def middle(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, what: Locator, x: float, y: float) -> None:
    page.mouse.move(*middle(what))
    page.mouse.down()
    page.mouse.move(x - 20, y - 10)
    page.mouse.move(x, y)
    expect(page.locator(".drop-line.is-chosen")).to_have_count(1)
    page.mouse.up()


def test_ten_blocks_by_mouse(editor: Editor) -> None:
    with editor() as visit:
        page = visit.page
        for number, label in enumerate(("Heading", "Text", "Button", "Picture", "Divider", "Space", "Section"), 2):
            page.get_by_role("tab", name="Add").click()
            palette(page, label).scroll_into_view_if_needed()
            spots(page).last.scroll_into_view_if_needed()
            box = spots(page).last.bounding_box()
            assert box
            drag(page, palette(page, label), box["x"] + 300, box["y"] + 2)
            expect_added(page, number if label != "Section" else number + 2)
        for number, label in enumerate(("Heading", "Text"), 1):
            page.get_by_role("tab", name="Add").click()
            empty = page.get_by_role("button", name=f"Add to column {number}")
            palette(page, label).scroll_into_view_if_needed()
            empty.scroll_into_view_if_needed()
            drag(page, palette(page, label), *middle(empty))
            expect_added(page, 10)
        assert kinds(page) == TEN
        spots(page).first.click()
        page.locator("#side-panel [name=text]").fill("On the mail")
        expect(page.frame_locator(".canvas iframe").get_by_text("On the mail")).to_be_visible()
        drag(
            page, page.locator("[data-act=grip]"), *middle(page.get_by_role("button", name="Divider", exact=True).first)
        )
        expect(spots(page).first).to_have_attribute("aria-label", "Text")
        text = spots(page).first
        text.click()
        expect(text).to_have_attribute("aria-pressed", "true")
        text.click()
        expect(page.locator(".in-place .in-place-rich")).to_be_focused()
        page.keyboard.type("Written here")
        expect(page.frame_locator(".canvas iframe").get_by_text("Written here")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(text).to_have_attribute("aria-label", "Text: Written here")
        visit.look("a chosen block")


def test_ten_blocks_by_keyboard_alone(editor: Editor) -> None:
    with editor() as visit:
        page, press = visit.page, visit.page.keyboard.press
        for number, label in enumerate(("Heading", "Text", "Button", "Picture", "Divider", "Space", "Section"), 2):
            page.locator("[role=tab][aria-selected=true]").focus()
            if number > 2:
                press("ArrowRight")
            press("Tab")
            expect(page.get_by_label("Find a block")).to_be_focused()
            page.keyboard.type(label)
            press("Enter")
            expect_added(page, number if label != "Section" else number + 2)
        for number, label in enumerate(("Heading", "Text"), 1):
            page.get_by_role("button", name=f"Add to column {number}").focus()
            press("Enter")
            page.keyboard.type(label)
            press("Enter")
            expect_added(page, 10)
        assert kinds(page) == TEN
        expect(page.locator(".spot:focus")).to_have_attribute("aria-label", "Text")
        press("Enter")
        expect(page.locator(".in-place-rich")).to_be_focused()
        page.keyboard.type("By hand")
        press("Escape")
        expect(page.locator(".spot:focus")).to_have_attribute("aria-label", "Text: By hand")
        for _ in range(4):
            press("ArrowUp")
        press("Alt+ArrowUp")
        expect(page.get_by_role("status").get_by_text("removed")).to_have_count(0)
        press("Delete")
        expect(spots(page)).to_have_count(9)
        page.keyboard.press("Control+z")
        expect(spots(page)).to_have_count(10)


def test_ten_blocks_by_touch_on_a_phone(editor: Editor) -> None:
    with editor(390, touch=True) as visit:
        page = visit.page
        for number, label in enumerate(("Heading", "Text", "Button", "Picture", "Divider", "Space", "Section"), 2):
            page.get_by_role("tab", name="Add").tap()
            palette(page, label).tap()
            expect_added(page, number if label != "Section" else number + 2)
        for number, label in enumerate(("Heading", "Text"), 1):
            page.get_by_role("button", name="Close").tap()
            page.get_by_role("button", name=f"Add to column {number}").tap()
            palette(page, label).tap()
            expect_added(page, 10)
        assert kinds(page) == TEN
        page.get_by_role("button", name="Close").tap()
        spots(page).first.tap()
        page.locator("#side-panel [name=text]").fill("By thumb")
        expect(page.frame_locator(".canvas iframe").get_by_text("By thumb")).to_be_visible()
