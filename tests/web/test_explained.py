"""Words that explain themselves: by pointer and by keyboard, and out of the way again."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from tests.web.addresses.across import grown
from tests.web.browser import visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_escape_closes_an_explanation_and_focus_or_pointer_opens_it_again(live_server: LiveServer) -> None:
    cast = Cast(Role.OWNER)
    grown(cast)
    session = cast.browser().cookies["sessionid"].value
    with visitor(live_server.url, session) as visit:
        visit.page.goto("/reports/lists/")
        word = visit.page.get_by_role("button", name="Joined").first
        explanation = visit.page.locator(".explained", has=word).get_by_role("tooltip").first
        expect(explanation).to_be_hidden()
        word.focus()
        expect(explanation).to_be_visible()
        visit.page.keyboard.press("Escape")
        expect(explanation).to_be_hidden()
        expect(word).to_be_focused()
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Shift+Tab")
        expect(explanation).to_be_visible()
        word.blur()
        word.hover()
        expect(explanation).to_be_visible()
        visit.page.keyboard.press("Escape")
        expect(explanation).to_be_hidden()
        visit.page.mouse.move(0, 0)
        word.hover()
        expect(explanation).to_be_visible()
    assert not visit.found, "\n" + "\n".join(visit.found)
