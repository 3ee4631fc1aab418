"""The pictures of a kept mail are what they say: on a phone, and dark. Takes seconds: a browser is started."""

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role
from tests.delivery.sandbox.test_views import LIST, keep
from tests.web.browser import visitor
from tests.web.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = """<!doctype html><html><head><meta name="color-scheme" content="light dark"><style>
body { background: #ffffff; color: #111111 } .phone { display: none }
@media (max-width: 480px) { .desk { display: none } .phone { display: block } }
@media (prefers-color-scheme: dark) { body { background: #101010; color: #eeeeee } }
</style></head><body><p class="desk">At a desk</p><p class="phone">On a phone</p></body></html>"""

COLOURS = (("Light", "17, 17, 17", "255, 255, 255"), ("Dark", "238, 238, 238", "16, 16, 16"))


def shown(page: Page) -> FrameLocator:
    """The mail in the one frame that is to be seen."""
    frames = page.locator(".sandbox-frame:visible")
    expect(frames).to_have_count(1)
    return frames.content_frame


def test_phone_and_dark_are_shown_as_a_phone_and_a_dark_mail_program_do(live_server: LiveServer) -> None:
    session = Cast(Role.OWNER).browser().cookies["sessionid"].value
    kept = keep(html=MAIL)
    with visitor(live_server.url, session) as visit:
        page = visit.page
        for system in ("light", "dark"):  # whatever the reader's own screen is set to
            page.emulate_media(color_scheme=system)
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(f"{LIST}{kept.pk}/")
            for look, ink, ground in COLOURS:
                page.get_by_label(look, exact=True).check()
                body = shown(page).locator("body")
                expect(body).to_have_css("color", f"rgb({ink})")
                expect(body).to_have_css("background-color", f"rgb({ground})")
                page.get_by_label("Desktop").check()
                expect(shown(page).locator(".desk")).to_be_visible()
                expect(shown(page).locator(".phone")).to_be_hidden()
                page.get_by_label("Phone", exact=True).check()
                expect(shown(page).locator(".phone")).to_be_visible()
                expect(shown(page).locator(".desk")).to_be_hidden()
                assert shown(page).locator("html").evaluate("() => innerWidth") == 375
        assert not visit.found


def test_on_a_phone_the_mail_is_as_wide_as_the_phone(live_server: LiveServer) -> None:
    session = Cast(Role.OWNER).browser().cookies["sessionid"].value
    kept = keep(html=MAIL)
    with visitor(live_server.url, session) as visit:
        visit.page.set_viewport_size({"width": 390, "height": 844})
        visit.page.goto(f"{LIST}{kept.pk}/")
        expect(shown(visit.page).locator(".phone")).to_be_visible()
        expect(visit.page.get_by_text("Width", exact=True)).to_be_hidden()
        assert not visit.found


def test_mail_without_a_dark_form_is_not_made_to_look_as_if_it_had_one(live_server: LiveServer) -> None:
    session = Cast(Role.OWNER).browser().cookies["sessionid"].value
    kept = keep(html="<p style='color: #111111'>Light for ever</p>")
    with visitor(live_server.url, session) as visit:
        visit.page.goto(f"{LIST}{kept.pk}/")
        visit.page.get_by_label("Dark", exact=True).check()
        words = shown(visit.page).locator("p")
        expect(words).to_have_css("color", "rgb(17, 17, 17)")
        assert shown(visit.page).locator("html").evaluate("html => getComputedStyle(html).colorScheme") == "normal"
