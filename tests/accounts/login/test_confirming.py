import re
import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Invitation, User
from delivery.models import Provider
from tests.accounts.two_factor.app import PASSWORD, turn_on
from tests.web import walking

Browser = Callable[[User], Client]
EXPORTS = ["/contacts/export/", "/suppressions/export/"]
GUARDED = [
    *EXPORTS,
    "/campaigns/people/1/export/",
    "/providers/new/",
    "/settings/people/invite/",
    "/settings/people/second-factor/",
    "/settings/people/1/role/",
    "/account/two-factor/app/",
    "/account/two-factor/passkey/",
    "/account/two-factor/codes/",
    "/account/two-factor/1/remove/",
]

# What of these permissions takes nobody along: pages, and files and links that name no person but the one looked up.
WITHOUT_ASKING = {
    *("people", "contacts-export", "contacts-export-job", "contacts-export-cancel"),
    *("campaign-proof-make", "campaign-proof-file", "campaign-share", "campaign-unshare"),
    *("report-share", "report-unshare"),  # numbers, nobody's name
}
CHANGES_SERVERS_OR_KEYS = {
    *("provider-new", "provider-edit", "provider-sign-in", "provider-remove", "provider-rehearsal-end"),
    *("mailbox-new", "mailbox-edit", "mailbox-sign-in", "mailbox-remove"),
    *("webhook-new", "webhook-keys", "webhook-confirm", "webhook-remove"),
    *("domain-make-keys", "sandbox-key-new", "sandbox-login-new", "goal-secret"),
}


@pytest.fixture(autouse=True)
def _forget_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def stale(client_for: Browser, owner: User) -> Client:
    """The owner's browser, six minutes after the login."""
    return six_minutes_on(client_for(owner))


def six_minutes_on(browser: Client) -> Client:
    session = browser.session
    session["confirmed_at"] = time.time() - 360
    session.save()
    return browser


@pytest.mark.parametrize("path", GUARDED)
def test_exports_people_providers_and_factors_ask_again_after_five_minutes(stale: Client, path: str) -> None:
    page = stale.post(path, {"email": "neu@nordlicht.example", "role": "viewer"})
    assert "Confirm that it is you" in page.content.decode()
    assert not Invitation.objects.exists()
    assert "Content-Disposition" not in page.headers


@pytest.mark.parametrize("path", EXPORTS)
def test_who_has_just_logged_in_is_not_asked(client_for: Browser, owner: User, path: str) -> None:
    assert "attachment" in client_for(owner).post(path).headers["Content-Disposition"]


def test_a_form_that_came_too_late_is_not_lost(stale: Client) -> None:
    page = stale.post("/settings/people/invite/", {"email": "neu@nordlicht.example", "role": "viewer"})
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    kept = {name: value for name, value in kept.items() if name not in ("csrfmiddlewaretoken", "next")}  # of the shell
    assert kept == {"email": "neu@nordlicht.example", "role": "viewer"}
    again = stale.post("/settings/people/invite/", kept | {"confirm_password": PASSWORD})
    assert again.status_code == 302
    assert Invitation.objects.get().email == "neu@nordlicht.example"
    stale.post("/settings/people/invite/", kept | {"email": "next@nordlicht.example"})
    assert Invitation.objects.count() == 2


def test_a_wrong_password_confirms_nothing_and_is_limited(stale: Client) -> None:
    for _ in range(5):
        page = stale.post("/contacts/export/", {"confirm_password": "wrong"})
        assert page.status_code == 422
    page = stale.post("/contacts/export/", {"confirm_password": PASSWORD})
    assert "Too many wrong tries" in page.content.decode()


def test_a_page_asks_first_and_leads_back(stale: Client) -> None:
    asked = stale.get("/providers/new/?preset=ses")
    assert asked.headers["Location"] == "/account/confirm/?next=%2Fproviders%2Fnew%2F%3Fpreset%3Dses"
    back = stale.post("/account/confirm/", {"next": "/providers/new/?preset=ses", "confirm_password": PASSWORD})
    assert back.headers["Location"] == "/providers/new/?preset=ses"
    assert stale.get("/providers/new/").status_code == 200


def test_confirming_leads_nowhere_else(stale: Client) -> None:
    answer = stale.post("/account/confirm/", {"next": "https://evil.example/", "confirm_password": PASSWORD})
    assert answer.headers["Location"] == "/account/"


def test_a_code_of_the_second_factor_confirms_too(client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    phone = turn_on(browser)
    six_minutes_on(browser)
    assert "not right" in browser.post("/contacts/export/", {"confirm_code": "000000"}).content.decode()
    answer = browser.post("/contacts/export/", {"confirm_password": "", "confirm_code": phone.code()})
    assert "attachment" in answer.headers["Content-Disposition"]


def test_whatever_exports_people_or_changes_staff_providers_and_keys_asks_again() -> None:
    views = {str(found.name): found.callback for found in walking.patterns()}
    wanted = ("export", "users")
    guarded = {name for name, view in views.items() if getattr(view, "permission", "") in wanted} - WITHOUT_ASKING
    asking = {name for name, view in views.items() if getattr(view, "asks_again", False)}
    assert guarded | CHANGES_SERVERS_OR_KEYS <= asking
    assert WITHOUT_ASKING.isdisjoint(asking)


def test_a_provider_is_not_changed_at_a_session_left_open(stale: Client) -> None:
    provider = Provider.objects.create(name="Relay", host="127.0.0.1", port=2525, security="none")
    stale.post(f"/providers/{provider.pk}/remove/")
    stale.post(f"/providers/{provider.pk}/edit/", {"name": "Evil", "host": "evil.example"})
    provider.refresh_from_db()
    assert (provider.name, provider.host, provider.removed_at) == ("Relay", "127.0.0.1", None)
