from collections.abc import Callable
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEntry, User
from tests.accounts.two_factor.app import PASSWORD, first_step, recovery_codes, second_step, turn_on

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _forget_earlier_attempts() -> None:
    cache.clear()


def test_with_an_app_the_password_alone_does_not_log_in(client: Client, client_for: Browser, owner: User) -> None:
    phone = turn_on(client_for(owner))
    assert first_step(client, owner.email) == "/login/second-factor/"
    assert client.get("/account/").status_code == 302
    assert "not right" in second_step(client, "000000")
    assert second_step(client, phone.code()) == "/"
    assert client.get("/account/").status_code == 200
    assert AuditEntry.objects.filter(action="login.second_factor_failed").exists()


def test_the_second_step_leads_where_the_login_was_to_lead(client: Client, client_for: Browser, owner: User) -> None:
    phone = turn_on(client_for(owner))
    client.post("/login/", {"login": owner.email, "password": PASSWORD, "next": "/contacts/"})
    assert second_step(client, phone.code()) == "/contacts/"


def test_a_code_works_once_even_within_its_minute(client_for: Browser, owner: User) -> None:
    phone = turn_on(client_for(owner))
    code = phone.code()
    first, second = Client(), Client()
    first_step(first, owner.email)
    assert second_step(first, code) == "/"
    cache.clear()
    first_step(second, owner.email)
    assert "used before" in second_step(second, code)


def test_the_second_step_needs_the_first(client: Client, client_for: Browser, owner: User) -> None:
    phone = turn_on(client_for(owner))
    assert second_step(client, phone.code()) == "/login/"
    assert client.get("/account/").status_code == 302


def test_turning_it_on_and_off_logs_all_other_browsers_out(client_for: Browser, owner: User) -> None:
    here, elsewhere = client_for(owner), client_for(owner)
    turn_on(here)
    assert elsewhere.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    other = client_for(owner)
    here.post(f"/account/two-factor/{Authenticator.objects.get(type='totp').pk}/remove/")
    assert other.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert not Authenticator.objects.exists()


def test_who_has_just_logged_in_is_not_asked_again_before_turning_it_on(client: Client, owner: User) -> None:
    first_step(client, owner.email)
    assert turn_on(client).secret


def test_a_wrong_code_turns_nothing_on(client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    browser.get("/account/two-factor/app/")
    page = browser.post("/account/two-factor/app/", {"code": "000000"})
    assert page.status_code == 422
    assert "clock of your phone" in page.content.decode()
    assert not Authenticator.objects.exists()


def test_each_recovery_code_logs_in_once(client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    turn_on(browser)
    codes = recovery_codes(browser)
    assert len(codes) == 10
    for expected in ("/", "used before"):
        stranger = Client()
        first_step(stranger, owner.email)
        assert expected in second_step(stranger, codes[0])
    assert codes[0] not in recovery_codes(browser)


def test_new_recovery_codes_end_the_old_ones(client: Client, client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    turn_on(browser)
    old = recovery_codes(browser)
    browser.post("/account/two-factor/codes/")
    assert not set(old) & set(recovery_codes(browser))
    first_step(client, owner.email)
    assert "not right" in second_step(client, old[1])


def test_codes_are_not_guessed_from_many_networks(client_for: Browser, owner: User) -> None:
    phone = turn_on(client_for(owner))
    for number in range(5):
        guesser = Client(REMOTE_ADDR=f"198.51.{number}.7")
        first_step(guesser, owner.email, f"198.51.{number}.7")
        second_step(guesser, "000000")
    late = Client(REMOTE_ADDR="203.0.113.9")
    first_step(late, owner.email, "203.0.113.9")
    assert "Too many wrong tries" in second_step(late, phone.code())


def test_the_second_factor_passes_a_lock_that_somebody_else_caused(client_for: Browser, owner: User) -> None:
    phone = turn_on(client_for(owner))
    for number in range(6):
        Client().post("/login/", {"login": owner.email, "password": f"guess {number}"})
    browser = Client()
    page = browser.post("/login/", {"login": owner.email, "password": PASSWORD}).content.decode()
    assert "Too many wrong tries" in page
    assert 'name="code"' in page
    given = {"login": owner.email, "password": PASSWORD, "code": phone.code()}
    assert browser.post("/login/", given).headers["Location"] == "/"
    assert browser.get("/account/").status_code == 200


def test_a_lock_is_not_passed_with_a_wrong_code_or_a_wrong_password(client_for: Browser, owner: User) -> None:
    phone = turn_on(client_for(owner))
    for number in range(6):
        Client().post("/login/", {"login": owner.email, "password": f"guess {number}"})
    browser, given = Client(), {"login": owner.email, "password": PASSWORD}
    assert "Too many" in browser.post("/login/", given | {"code": "000000"}).content.decode()
    page = browser.post("/login/", given | {"code": phone.code(), "password": "wrong"}).content.decode()
    assert "do not belong together" in page
    for _ in range(5):
        browser.post("/login/", given | {"code": "000000"})
    assert "Too many" in browser.post("/login/", given | {"code": phone.code(1)}).content.decode()


def test_secrets_are_sealed_and_follow_a_new_key(client_for: Browser, owner: User, settings: Settings) -> None:
    browser = client_for(owner)
    phone = turn_on(browser)
    assert phone.secret not in str(list(Authenticator.objects.values_list("data")))
    new = Fernet.generate_key().decode()
    settings.SECRETS_KEYS = [new, *settings.SECRETS_KEYS]
    call_command("rotate_secrets", stdout=StringIO())
    settings.SECRETS_KEYS = [new]
    stranger = Client()
    first_step(stranger, owner.email)
    assert second_step(stranger, phone.code()) == "/"


def test_where_everybody_needs_one_the_next_page_says_how(client_for: Browser, owner: User, viewer: User) -> None:
    boss, browser = client_for(owner), client_for(viewer)
    turn_on(boss)
    boss.post("/settings/people/second-factor/", {"required": "yes"})
    page = browser.get("/contacts/", follow=True)
    assert page.redirect_chain == [("/account/two-factor/", 302)]
    assert "Everybody here needs a second factor" in page.content.decode()
    fragment = browser.get("/contacts/", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == "/account/two-factor/"
    turn_on(browser)
    assert browser.get("/contacts/").status_code == 200
    answer = browser.post(f"/account/two-factor/{Authenticator.objects.get(type='totp', user=viewer).pk}/remove/")
    assert "Add another one first" in browser.get(answer.headers["Location"]).content.decode()
    assert Authenticator.objects.filter(user=viewer, type="totp").exists()


def test_nobody_removes_the_factor_of_somebody_else(client_for: Browser, owner: User, admin: User) -> None:
    turn_on(client_for(owner))
    factor = Authenticator.objects.get(type="totp")
    assert client_for(admin).post(f"/account/two-factor/{factor.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=factor.pk).exists()


def test_the_command_helps_who_lost_phone_and_codes(client: Client, client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    turn_on(browser)
    call_command("reset_second_factor", owner.email.upper(), stdout=StringIO())
    assert browser.get("/account/").status_code == 302
    assert first_step(client, owner.email) == "/"
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset_second_factor", owner.email)
