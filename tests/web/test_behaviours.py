"""What a page does by script, on a slow line."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from tests.web import stage
from tests.web.browser import Held, visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_button_that_is_pressed_before_its_script_is_there_acts_once_it_is(live_server: LiveServer) -> None:
    cast = Cast(Role.OWNER)
    campaign = stage.campaign(cast)
    with visitor(live_server.url, cast.browser().cookies["sessionid"].value) as visit:
        script = Held(visit.page, "**/dialog-*.js")
        visit.page.goto(f"/campaigns/{campaign.pk}/")
        asked = script.next()
        question = visit.page.get_by_role("dialog", name="Delete")
        visit.page.get_by_role("button", name="Delete").first.click()
        expect(question).to_be_hidden()
        asked.continue_()
        expect(question).to_be_visible()
        visit.page.keyboard.press("Escape")
        expect(question).to_be_hidden()
    assert not visit.found, "\n" + "\n".join(visit.found)


def test_words_that_are_typed_before_the_script_is_there_are_saved_once_it_is(live_server: LiveServer) -> None:
    cast = Cast(Role.OWNER)
    campaign = stage.campaign(cast)
    with visitor(live_server.url, cast.browser().cookies["sessionid"].value) as visit:
        script = Held(visit.page, "**/autosave-*.js")
        visit.page.goto(f"/campaigns/{campaign.pk}/")
        asked = script.next()
        visit.page.locator(".title-form [name=name]").fill("Summer at the harbour")
        with visit.page.expect_response("**/save/name/") as answer:
            asked.continue_()
        assert answer.value.ok
        visit.page.unroute_all()
        visit.page.reload()
        expect(visit.page.locator(".title-form [name=name]")).to_have_value("Summer at the harbour")
    assert not visit.found, "\n" + "\n".join(visit.found)
