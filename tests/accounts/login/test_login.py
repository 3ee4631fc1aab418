from collections.abc import Callable
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import AuditEntry, User

PASSWORD = "correct horse battery"
Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _forget_earlier_attempts() -> None:
    cache.clear()


def log_in(client: Client, email: str, password: str) -> tuple[int, str]:
    response = client.post("/login/", {"login": email, "password": password})
    return response.status_code, response.content.decode().replace(email, "")


def test_login_takes_the_address_in_any_case(client: Client, owner: User) -> None:
    assert log_in(client, "Owner@Nordlicht.Example", PASSWORD)[0] == 302
    assert client.get("/account/").status_code == 200


def without_token(page: str) -> str:
    return "".join(line for line in page.splitlines(True) if "csrf" not in line.lower())


def test_login_does_not_tell_whether_an_account_exists(client: Client, owner: User) -> None:
    known = log_in(client, owner.email, "wrong horse")
    unknown = log_in(client, "nobody@nordlicht.example", "wrong horse")
    assert known[0] == unknown[0] == 200
    assert without_token(known[1]) == without_token(unknown[1])


def test_login_takes_as_long_whether_an_account_exists_or_not(
    client: Client, owner: User, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly all of that time is the hashing, which is counted: a clock would tell as much of the machine's load."""
    hashed: list[str] = []
    real = Argon2PasswordHasher.encode

    def encode(hasher: Argon2PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return real(hasher, password, salt)

    def verify(hasher: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        hashed.append(password)
        return False

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encode)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    for email in (owner.email, viewer.email, "nobody@nordlicht.example"):
        log_in(client, email, "wrong horse")
        assert hashed == ["wrong horse"], email
        hashed.clear()


@pytest.mark.parametrize("path", ["/signup/", "/accounts/signup/", "/password/reset/", "/login/code/"])
def test_nobody_signs_up_or_logs_in_by_a_mailed_code(client: Client, owner: User, path: str) -> None:
    assert client.get(path).status_code == 404


def test_login_leads_nowhere_else(client: Client, owner: User) -> None:
    response = client.post("/login/?next=https://evil.example/", {"login": owner.email, "password": PASSWORD})
    assert response.headers["Location"] == "/"


def test_logging_out_takes_a_post(client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    browser.get("/logout/")
    assert browser.get("/account/").status_code == 200
    browser.post("/logout/")
    assert browser.get("/account/").status_code == 302


def test_a_new_password_ends_every_other_session(client_for: Browser, owner: User) -> None:
    here, elsewhere = client_for(owner), client_for(owner)
    here.post("/account/password/", {"current": PASSWORD, "new": "another stapled horse"})
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert AuditEntry.objects.get().action == "password.changed"


def test_a_new_password_needs_the_present_one(client_for: Browser, owner: User) -> None:
    response = client_for(owner).post("/account/password/", {"current": "wrong", "new": "another stapled horse"})
    assert response.status_code == 422
    assert "not your present password" in response.content.decode()
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_the_command_gives_a_working_password_and_ends_sessions(
    client: Client, client_for: Browser, owner: User
) -> None:
    before = client_for(owner)
    out = StringIO()
    call_command("reset_password", "OWNER@nordlicht.example", stdout=out)
    password = out.getvalue().splitlines()[0].rsplit(" ", 1)[1]
    assert before.get("/account/").status_code == 302
    assert log_in(client, owner.email, password)[0] == 302
    assert AuditEntry.objects.order_by("id")[0].action == "password.reset"


def test_the_command_names_who_works_here_when_nobody_has_that_address(owner: User) -> None:
    with pytest.raises(CommandError, match=r"Nobody logs in with x@example.org.*owner@nordlicht\.example"):
        call_command("reset_password", "x@example.org")


def test_a_polling_fragment_whose_session_ended_opens_the_whole_login_page(client: Client, owner: User) -> None:
    response = client.get(
        "/account/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/campaigns/7/"}
    )
    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/login/?next=%2Fcampaigns%2F7%2F"


@pytest.mark.parametrize(
    ("referer", "then"),
    [
        ("http://testserver/lists/3/?page=2", "/lists/3/?page=2"),
        ("http://evil.example/lists/3/", "/lists/3/delete/"),
        ("", "/lists/3/delete/"),
    ],
)
def test_a_form_whose_session_ended_leads_back_to_the_page_it_stands_on(
    client: Client, owner: User, referer: str, then: str
) -> None:
    answer = client.post("/lists/3/delete/", headers={"Referer": referer} if referer else {})
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [then]}


def test_the_chosen_theme_is_on_every_page(client: Client, owner: User) -> None:
    client.post("/account/theme/", {"theme": "dark", "next": "https://evil.example/"})
    assert 'data-theme="dark"' in client.get("/login/").content.decode()
    client.post("/account/theme/", {"theme": ""})
    assert "data-theme" not in client.get("/login/").content.decode()
