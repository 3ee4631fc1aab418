"""Passkeys in a real browser, whose authenticator is a virtual one (WebAuthn through the DevTools protocol)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.web.browser import Visitor, visitor

pytestmark = pytest.mark.django_db(transaction=True)
_KEY_RING = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def _forget_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def visit(live_server: LiveServer, owner: User) -> Iterator[Visitor]:
    """The owner's browser, logged in, with a device that opens passkeys."""
    with visitor(live_server.url, None) as found:
        devtools = found.page.context.new_cdp_session(found.page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY_RING})
        with_password(found.page)
        yield found


def with_password(page: Page) -> None:
    page.goto("/login/")
    page.fill("[name=login]", "owner@nordlicht.example")
    page.fill("[name=password]", "correct horse battery")
    page.click("main .btn-primary")
    page.wait_for_url(lambda url: urlsplit(url).path != "/login/")


def arrived(page: Page, path: str) -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def add(page: Page, name: str = "Laptop") -> None:
    page.goto("/account/two-factor/passkey/")
    page.fill("main [name=name]", name)
    page.click("main .btn-primary")
    arrived(page, "/account/two-factor/codes/")


def log_out(page: Page) -> None:
    page.goto("/account/")
    page.click(".side button:has-text('Log out')")
    arrived(page, "/login/")


def test_a_passkey_logs_in_instead_of_password_and_code(visit: Visitor) -> None:
    page = visit.page
    add(page)
    assert page.locator("#recovery-codes").is_visible()
    page.goto("/account/two-factor/")
    assert "Laptop" in page.inner_text("main")
    log_out(page)
    page.click("text=Log in with a passkey")
    page.click("text=Use my passkey")
    arrived(page, "/")
    page.goto("/account/two-factor/")
    assert "Laptop" in page.inner_text("main")
    assert not visit.found


def test_a_passkey_is_the_second_step_after_the_password(visit: Visitor) -> None:
    page = visit.page
    add(page)
    log_out(page)
    with_password(page)
    arrived(page, "/login/second-factor/")
    visit.look()
    page.click("text=Use my passkey")
    arrived(page, "/")
    page.goto("/account/")
    assert "owner@nordlicht.example" in page.inner_text("main")
    page.goto("/account/confirm/?next=/contacts/")
    visit.look()
    page.click("text=Use my passkey")
    arrived(page, "/contacts/")
    assert not visit.found, "\n".join(visit.found)


def test_a_removed_passkey_opens_nothing_more(visit: Visitor) -> None:
    page = visit.page
    add(page, "First")
    page.goto("/account/two-factor/")
    page.click("text=Remove First")
    page.click("dialog[open] >> text=Keep it")
    page.click("text=Remove First")
    assert "You cannot log in with it any more" in page.inner_text("dialog[open]")
    visit.send("dialog[open] .btn-danger")
    page.goto("/login/passkey/")
    log_out(page)
    assert "Log in with a passkey" not in page.inner_text("main")
    page.goto("/login/passkey/")
    page.click("text=Use my passkey")
    page.wait_for_selector(".errors")
    assert "did not work" in page.inner_text("main")


@pytest.mark.parametrize("answer", ["", "x", "[]", "9" * 5000, '{"id": 1}', '{"id": "YQ", "response": {}}', "[" * 9000])
def test_invented_passkeys_open_nothing(owner: User, answer: str) -> None:
    browser = Client()
    browser.get("/login/passkey/")
    assert "did not work" in browser.post("/login/passkey/", {"passkey": answer}).content.decode()
    browser.force_login(owner)
    browser.get("/account/two-factor/passkey/")
    page = browser.post("/account/two-factor/passkey/", {"name": "x", "passkey": answer})
    assert "did not work" in page.content.decode()
