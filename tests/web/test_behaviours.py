"""What a page does by script, on a slow line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.models import Campaign
from contacts.models import MailingList
from tests.web import stage
from tests.web.browser import Held, visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

# Null once the focus has left what the page is about.
_COVERED = """() => {
    const focused = document.activeElement
    if (!focused.matches('main *') || focused.matches('iframe')) return null
    const {left, top, width, height} = focused.getBoundingClientRect()
    const there = document.elementFromPoint(left + width / 2, top + height / 2)
    const isSeen = there && (focused.contains(there) || there.contains(focused))
    return isSeen ? '' : focused.textContent.trim() || focused.name || focused.outerHTML
}"""


@pytest.fixture
def cast() -> Cast:
    return Cast(Role.OWNER)


@pytest.fixture
def draft(cast: Cast) -> Campaign:
    return stage.campaign(cast)


@pytest.fixture
def on_its_way(cast: Cast) -> Campaign:
    return stage.launched(cast)


@pytest.fixture
def last_of_many() -> MailingList:
    for letter in "ABCDEFG":
        MailingList.objects.create(name=f"{letter} readers")
    return MailingList.objects.create(name="Zum Freundeskreis der Hafenbuchhandlung und ihrer Lesungen am Donnerstag")


@pytest.fixture
def page(live_server: LiveServer, cast: Cast, draft: Campaign) -> Iterator[Page]:
    with visitor(live_server.url, cast.browser().cookies["sessionid"].value) as visit:
        yield visit.page
        assert not visit.found, "\n" + "\n".join(visit.found)


def test_button_that_is_pressed_before_its_script_is_there_acts_once_it_is(page: Page, draft: Campaign) -> None:
    script = Held(page, "**/dialog-*.js")
    page.goto(f"/campaigns/{draft.pk}/")
    asked = script.next()
    question = page.get_by_role("dialog", name="Delete")
    page.get_by_role("button", name="Delete").first.click()
    expect(question).to_be_hidden()
    asked.continue_()
    expect(question).to_be_visible()
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()


def test_who_stands_on_a_link_of_a_part_that_is_asked_for_anew_stands_on_it_afterwards(
    on_its_way: Campaign, page: Page
) -> None:
    page.goto(f"/campaigns/{on_its_way.pk}/")
    polls = Held(page, "**/campaigns/*/*seen=*")
    part = page.locator("#flight")
    links = part.locator("a:not([id])")
    links.nth(1).focus()
    stood_on = links.nth(1).get_attribute("href")
    for _ in range(4):  # of the progress and of the report, in either order
        poll = polls.next()
        anew = poll.fetch(url=poll.request.url.partition("?")[0])
        poll.fulfill(response=anew, body=anew.text().replace('aria-label="Progress"', 'aria-label="Progress anew"'))
        page.wait_for_timeout(20)
    expect(page.get_by_role("region", name="Progress anew")).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('href')") == stood_on


def test_words_that_are_typed_before_the_script_is_there_are_saved_once_it_is(page: Page, draft: Campaign) -> None:
    script = Held(page, "**/autosave-*.js")
    page.goto(f"/campaigns/{draft.pk}/")
    asked = script.next()
    page.locator(".title-form [name=name]").fill("Summer at the harbour")
    with page.expect_response("**/save/name/") as answer:
        asked.continue_()
    assert answer.value.ok
    page.unroute_all()
    page.reload()
    expect(page.locator(".title-form [name=name]")).to_have_value("Summer at the harbour")


def test_chosen_filter_with_a_long_name_is_in_sight_on_a_phone(last_of_many: MailingList, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/contacts/?list={last_of_many.pk}")
    page.get_by_text("Narrow down").click()
    chip = page.get_by_role("navigation").get_by_role("link", name=last_of_many.name)
    expect(chip).to_be_in_viewport(ratio=1)


def test_who_tabs_through_a_page_on_a_phone_sees_what_has_the_focus(page: Page, draft: Campaign) -> None:
    page.set_viewport_size({"width": 390, "height": 740})
    for address in (f"/campaigns/{draft.pk}/", "/account/"):
        page.goto(address)
        page.locator("#content").focus()
        page.keyboard.press("Tab")
        stops = 0
        while (covered := page.evaluate(_COVERED)) is not None:
            assert not covered, f"on {address} a bar lies over it"
            stops += 1
            page.keyboard.press("Tab")
        assert stops > 10
