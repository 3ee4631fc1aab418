"""The sender's logo is the one that mailboxes find, and nothing else is fetched or shown as one."""

import secrets

import pytest
from django.test import Client

from accounts.egress import fetching
from accounts.egress.fetching import Answer, NoAnswer
from accounts.models import User
from campaigns.review import sender_logo
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report, Row
from tests.campaigns import letters

LOGO = "https://nordlicht.example/logo.svg"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'


def domain(state: str, url: str) -> None:
    name = "default._bimi.nordlicht.example"
    row = Row("bimi", "TXT", name, name, "", [f"v=BIMI1; l={url}; a="], state, "")  # type: ignore[arg-type]
    SendingDomain.objects.create(name="nordlicht.example", report=Report("nordlicht.example", rows=[row]).as_json())


@pytest.mark.django_db
@pytest.mark.usefixtures("organisation")
def test_logo_counts_only_where_mailboxes_show_it() -> None:
    assert sender_logo.address("news@nordlicht.example") == ""
    domain("good", LOGO)
    assert sender_logo.address("News@Nordlicht.example") == LOGO
    SendingDomain.objects.all().delete()
    domain("warn", LOGO)
    assert sender_logo.address("news@nordlicht.example") == ""


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>Sign in</html>"), (404, SVG), (0, b"")])
def test_what_is_no_logo_is_not_shown(
    status: int, body: bytes, marketer: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{LOGO}?{secrets.token_hex()}"
    domain("good", url)
    answer = Answer(url, status, {}, body)
    monkeypatch.setattr(fetching.Client, "get", lambda self, address: answer if status else _refuse())
    client.force_login(marketer)
    assert client.get(f"/campaigns/{letters.draft(marketer).pk}/check/logo/").status_code == 404


def test_logo_comes_from_here_and_nothing_in_it_runs(
    marketer: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, asked = f"{LOGO}?{secrets.token_hex()}", list[str]()
    domain("good", url)

    def get(self: fetching.Client, address: str) -> Answer:
        asked.append(address)
        return Answer(address, 200, {}, SVG)

    monkeypatch.setattr(fetching.Client, "get", get)
    client.force_login(marketer)
    page = f"/campaigns/{letters.draft(marketer).pk}/check/"
    assert b'src="%slogo/"' % page.encode() in client.get(page).content
    for _ in range(2):
        answer = client.get(f"{page}logo/")
    assert (answer.content, answer["Content-Type"], asked) == (SVG, "image/svg+xml", [url])
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]


def _refuse() -> Answer:
    raise NoAnswer("It did not answer.")
