"""A session ends while somebody fills in a form."""

import pytest
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from tests.campaigns import letters
from tests.web.browser import visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_sent_after_the_session_had_ended_is_in_the_form_again_after_logging_in(
    live_server: LiveServer,
) -> None:
    """Of the same person alone, once, and only if it was refused."""
    owner, colleague = (Cast(role).browser().cookies["sessionid"].value for role in (Role.OWNER, Role.ADMIN))
    with visitor(live_server.url, owner) as visit:
        page = visit.page

        def logs_in(session: str) -> None:
            expect(page.get_by_role("heading", name="Log in")).to_be_visible()
            page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            page.goto("/lists/new/")

        def makes_a_list_too_late() -> None:
            page.goto("/lists/new/")
            page.get_by_label("Name", exact=True).fill("Readers of the north")
            page.get_by_label("Public", exact=True).check()
            page.get_by_label("At once", exact=True).check()
            page.context.clear_cookies(name="sessionid")
            page.get_by_role("button", name="Make the list").click()

        name = page.get_by_label("Name", exact=True)
        makes_a_list_too_late()
        logs_in(owner)
        expect(name).to_have_value("Readers of the north")
        expect(page.get_by_label("Public", exact=True)).to_be_checked()
        expect(page.get_by_label("At once", exact=True)).to_be_checked()
        expect(page.get_by_text("You were logged out before this was saved.")).to_be_visible()
        visit.look()
        page.reload()
        expect(name).to_have_value("")
        makes_a_list_too_late()
        logs_in(colleague)
        expect(name).to_have_value("")
        assert not visit.found, "\n".join(visit.found)


def test_what_was_typed_into_a_draft_after_the_session_had_ended_is_offered_after_logging_in(
    live_server: LiveServer,
) -> None:
    owner = Cast(Role.OWNER)
    session = owner.browser().cookies["sessionid"].value
    draft = letters.draft(owner.owner, subject="Before")
    with visitor(live_server.url, session) as visit:
        page = visit.page
        page.on("dialog", lambda dialog: dialog.accept())  # whether to leave what is not saved
        subject, offer = page.locator("[name=subject]"), page.locator("[data-leftovers]")
        page.goto(draft.get_absolute_url())
        page.locator("#card-subject summary").click()
        page.context.clear_cookies(name="sessionid")
        subject.fill("After")
        expect(page.locator("#save-state")).to_contain_text("You are logged out. What you typed is kept")
        expect(subject).to_have_value("After")
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(draft.get_absolute_url())
        expect(offer).to_contain_text("did not reach the server: Subject.")
        with page.expect_navigation():
            offer.get_by_role("button", name="Put it back").click()
        expect(subject).to_have_value("After")
    draft.refresh_from_db()
    assert draft.subject == "After"


def test_a_script_is_told_that_the_session_has_ended_and_not_led_to_the_login_page() -> None:
    """That page answers whoever wants JSON with 200, as if all had been stored."""
    owner = Cast(Role.OWNER)
    draft = letters.draft(owner.owner)
    address = f"{draft.get_absolute_url()}save/subject/"
    refused = Client().post(address, {"subject": "After"}, headers={"Accept": "application/json"})
    assert refused.status_code == 403
    assert Client().post(address, {"subject": "After"}).url.startswith("/login/")  # type: ignore[attr-defined]
