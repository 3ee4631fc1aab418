"""Tokens are asked for once, kept sealed, renewed before they end, and a refusal stops the provider and nobody else."""

import asyncio
import base64
import socketserver
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import secrets
from accounts.models import User
from accounts.shell import problems
from contacts.models import Suppression
from delivery.engine.bookkeeping import books
from delivery.management.commands import rotate_secrets
from delivery.models import OAuthLogin, Provider, ReturnMailbox
from delivery.oauth import tokens
from delivery.oauth.tokens import NoToken
from delivery.transports.base import CannotOpen
from delivery.transports.kinds import transport_to
from delivery.transports.smtp import opening
from tests.delivery.oauth.conftest import TokenServer

pytestmark = pytest.mark.django_db

USER = "news@nordlicht.example"


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the test's transaction: a worker closes it before each turn."""
    monkeypatch.setattr(books, "close_old_connections", lambda: None)


def provider(**changes: Any) -> Provider:
    given = {"name": "Office", "host": "localhost", "port": 587, "security": "none", "username": USER, **changes}
    return Provider.objects.create(kind=Provider.Kind.SMTP, **given)


def login(owner: Provider | ReturnMailbox, **changes: Any) -> OAuthLogin:
    whose = {"provider": owner} if isinstance(owner, Provider) else {"mailbox": owner}
    sealed = {"client_secret_sealed": secrets.seal("secret-canary"), "refresh_sealed": secrets.seal("refresh-canary")}
    return OAuthLogin.objects.create(service="microsoft", client_id="client-1", **{**whose, **sealed, **changes})


def test_a_token_is_asked_for_once_and_renewed_before_it_ends(token_server: TokenServer) -> None:
    made = login(provider(), tenant="tenant-1")
    assert tokens.access(made, "localhost") == "access-canary"
    made.refresh_from_db()
    assert tokens.access(made, "localhost") == "access-canary"
    assert token_server.asked == [
        {
            "client_id": "client-1",
            "client_secret": "secret-canary",
            "grant_type": "refresh_token",
            "refresh_token": "refresh-canary",
        }
    ]
    token_server.answer = {"access_token": "second", "expires_in": "900", "refresh_token": "turned-over"}
    OAuthLogin.objects.update(expires_at=timezone.now() + timedelta(minutes=14))
    tokens.renew_early()
    made.refresh_from_db()
    assert tokens.access(made, "localhost") == "second"
    assert secrets.open(made.refresh_sealed or b"") == "turned-over"
    assert len(token_server.asked) == 2


def test_an_application_of_microsoft_needs_no_person(token_server: TokenServer) -> None:
    made = login(provider(), as_application=True, refresh_sealed=None)
    tokens.access(made, "localhost")
    assert token_server.asked[0]["grant_type"] == "client_credentials"
    assert token_server.asked[0]["scope"] == "https://outlook.office365.com/.default"


def test_secrets_are_sealed_and_sealed_anew_with_all_others(token_server: TokenServer) -> None:
    made = login(provider())
    tokens.access(made, "localhost")
    with connection.cursor() as cursor:
        cursor.execute("SELECT o::text FROM delivery_oauthlogin o")
        row = cursor.fetchone()[0]
        assert not any(
            bytes(canary, "ascii").hex() in row or canary in row for canary in ("secret-canary", "access-canary")
        )
    assert rotate_secrets.rotate() == 3
    made.refresh_from_db()
    assert tokens.access(made, "localhost") == "access-canary"


def test_a_token_never_goes_to_another_server(token_server: TokenServer) -> None:
    made = login(provider(host="smtp.elsewhere.example"))
    for host in ("smtp.elsewhere.example", "evil-office365.com", "smtp.gmail.com"):
        with pytest.raises(NoToken, match="is not sent to"):
            tokens.access(made, host)
    assert token_server.asked == []


@pytest.mark.parametrize(
    ("code", "cure"), [("invalid_grant", "Sign in again."), ("invalid_client", "Make a new client secret")]
)
def test_a_refusal_takes_the_provider_out_of_service_and_suppresses_nobody(
    token_server: TokenServer, owner: User, code: str, cure: str
) -> None:
    office = provider()
    made = login(office)
    token_server.status, token_server.answer = 400, {"error": code, "error_description": "AADSTS700082: ended"}
    assert books.prepare(None, None, None, office.pk, "marketing") is None  # type: ignore[arg-type]
    office.refresh_from_db()
    assert office.is_paused
    assert cure in office.state_reason
    assert office.state_detail == "AADSTS700082: ended"
    with pytest.raises(NoToken):
        transport_to(office)
    assert len(token_server.asked) == 1  # what is refused is not asked again and again
    assert not Suppression.objects.exists()
    OAuthLogin.objects.filter(pk=made.pk).update(failing_since=timezone.now() - timedelta(minutes=5))
    (told,) = (one for one in problems.for_user(owner) if one.about == f"provider {office.pk}")
    assert told.title == "The sign-in of Office does not work"


@pytest.mark.parametrize(
    ("status", "answer"), [(503, b"busy"), (200, b"[]"), (200, {"expires_in": 1}), (429, {"error": "x"})]
)
def test_a_token_server_in_trouble_is_asked_again_a_minute_later(
    token_server: TokenServer, status: int, answer: Any
) -> None:
    office = provider()
    made = login(office)
    good = token_server.answer
    token_server.status, token_server.answer = status, answer
    assert books.prepare(None, None, None, office.pk, "marketing") is None  # type: ignore[arg-type]
    office.refresh_from_db()
    assert not office.is_paused
    with pytest.raises(NoToken, match="gives no token now"):
        tokens.access(made, "localhost")
    assert len(token_server.asked) == 1
    token_server.status, token_server.answer = 200, good
    OAuthLogin.objects.update(retry_at=timezone.now())
    assert tokens.access(made, "localhost") == "access-canary"
    made.refresh_from_db()
    assert made.failing_since is None


def test_a_renewal_that_fails_early_leaves_the_token_that_is_still_good(token_server: TokenServer) -> None:
    made = login(provider(), access_sealed=secrets.seal("old"), expires_at=timezone.now() + timedelta(minutes=3))
    token_server.status = 503
    assert tokens.access(made, "localhost") == "old"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_need_it_at_once_one_renews(token_server: TokenServer) -> None:
    made = login(provider())
    found: list[str] = []

    def ask() -> None:
        found.append(tokens.access(made, "localhost"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["access-canary"] * 6
    assert len(token_server.asked) == 1


@pytest.mark.parametrize(
    ("token", "methods"), [("access-canary", "PLAIN XOAUTH2"), ("wrong", "XOAUTH2"), ("x", "PLAIN")]
)
def test_an_smtp_server_that_checks_tokens_lets_in_with_the_right_one(token: str, methods: str) -> None:
    heard: list[bytes] = []

    class Serve(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline().strip():
                heard.append(line)
                if line.startswith(b"EHLO"):
                    self.wfile.write(f"250-here\r\n250 AUTH {methods}\r\n".encode())
                elif base64.b64decode(line.split()[-1]) == f"user={USER}\1auth=Bearer access-canary\1\1".encode():
                    self.wfile.write(b"235 2.7.0 in\r\n")
                else:
                    self.wfile.write(b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n")
                    assert self.rfile.readline() == b"\r\n"
                    self.wfile.write(b"535 5.7.3 Authentication unsuccessful\r\n")

    async def log_in(port: int) -> str:
        try:
            opened = await opening.connect(opening.Server("127.0.0.1", port, "none", USER, token, uses_token=True))
        except CannotOpen as problem:
            said = f"{problem.stage}: {problem.why}"
        else:
            opened.abort("done")
            said = "in"
        await asyncio.sleep(0)  # the loop closes what was given up
        return said

    with socketserver.TCPServer(("127.0.0.1", 0), Serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        said = asyncio.run(log_in(server.server_address[1]))
        server.shutdown()
    expected = {"access-canary": "in", "wrong": "auth: 535 5.7.3 Authentication unsuccessful"}
    assert said == expected.get(token, "auth: the server takes no access tokens (XOAUTH2)")
    assert not any(line.startswith(b"AUTH PLAIN") for line in heard)


def test_an_admin_sets_it_up_in_three_steps_and_no_secret_is_on_any_page(
    token_server: TokenServer, admin: User, owner: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(admin)
    form = {"name": "Office", "host": "smtp.office365.com", "port": 587, "security": "starttls", "username": USER}
    sizes = {"connections": 3, "messages_per_connection": 50}
    kept = browser.post("/providers/new/", {**form, **sizes, "password": "", "test": "1"})
    office = Provider.objects.get(name="Office")
    page = f"/providers/{office.pk}/sign-in/"
    assert kept.headers["Location"] == page
    assert "Not set up yet" in browser.get(page).content.decode()
    missing = browser.post(page, {"client_id": "client-1", "tenant": "t-1", "client_secret": ""})
    assert "Enter the client secret" in missing.content.decode()
    browser.post(page, {"client_id": "client-1", "tenant": "t-1", "client_secret": "secret-canary"})
    shown = browser.get(page).content.decode()
    assert "Not signed in yet" in shown
    assert "secret-canary" not in shown
    link = shown.partition('href="https://login.microsoftonline.com/')[2].partition('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(f"https://x/{link}").query)
    assert asked["scope"] == ["https://outlook.office.com/SMTP.Send offline_access"]
    assert asked["login_hint"] == [USER]
    state = {"state": asked["state"][0], "code": "code-1"}
    assert client_for(owner).get("/sign-in/back/", state).status_code == 404  # somebody else's
    assert browser.get("/sign-in/back/", {**state, "state": "forged"}).status_code == 404
    token_server.answer = {"access_token": "access-canary", "expires_in": 3600, "refresh_token": "refresh-canary"}
    shown = browser.get("/sign-in/back/", state, follow=True).content.decode()
    assert "Signed in" in shown
    assert not any(canary in shown for canary in ("secret-canary", "access-canary", "refresh-canary"))
    assert token_server.asked[-1]["grant_type"] == "authorization_code"
    assert token_server.asked[-1]["redirect_uri"] == asked["redirect_uri"][0]
    login_id = OAuthLogin.objects.get().pk
    dialog = shown.partition('<dialog class="dialog" id="end-sign-in"')[2]
    assert f'action="/sign-in/{login_id}/end/"' in dialog  # it is asked first
    assert f'action="/sign-in/{login_id}/end/"' not in shown.replace(dialog, "")
    assert "nothing leaves through it" in dialog
    browser.post(f"/sign-in/{login_id}/end/")
    assert not OAuthLogin.objects.exists()
