"""What a page does by script, on a slow line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from campaigns.models import Campaign
from tests.web import stage
from tests.web.browser import Held, visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft() -> Campaign:
    return stage.campaign(Cast(Role.OWNER))


@pytest.fixture
def page(live_server: LiveServer, draft: Campaign) -> Iterator[Page]:
    with visitor(live_server.url, Cast(Role.OWNER).browser().cookies["sessionid"].value) as visit:
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
