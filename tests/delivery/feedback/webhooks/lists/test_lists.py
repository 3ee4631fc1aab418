"""Whom providers take mail for and never send it to, read from servers that answer as theirs do."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.egress.allowed import Allowed
from accounts.egress.fetching import Client, Limits
from accounts.egress.guard import Guard
from contacts import consent
from contacts.models import Contact
from contacts.timeline import entries
from delivery.feedback.webhooks.lists import amazon_ses, keeping
from delivery.feedback.webhooks.lists.reading import Asking, NotRead
from delivery.models import ProviderSuppression, Webhook
from tests.accounts.egress.test_fetching import Site
from tests.delivery.feedback.webhooks.provider import webhook

pytestmark = pytest.mark.django_db

KEYS = {
    "sendgrid": {"api_key": "SG.key"},
    "mailgun": {"api_key": "key-1", "domain": "mg.example.org", "region": "eu"},
    "postmark": {"server_token": "token-1", "stream": "news"},
    "amazon_ses": {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret", "region": "eu-central-1"},
}
KINDS = sorted(KEYS)


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    thread = threading.Thread(target=served.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join(60)


def base(site: Site) -> str:
    return f"http://127.0.0.1:{site.server_address[1]}"


def asking(site: Site) -> Asking:
    limits = Limits(seconds=5, redirects=0, ports=frozenset({int(site.server_address[1])}), https_only=False)
    return Asking(Client(limits, Guard(allowed=Allowed.read("127.0.0.1"))))


def serve(site: Site, kind: str, emails: list[str]) -> None:
    there: list[dict[str, Any]]

    def at(path: str, content: Any) -> None:
        site.answers(path, json.dumps(content).encode())

    if kind == "sendgrid":
        for name in ("invalid_emails", "spam_reports", "unsubscribes"):
            at(f"/v3/suppression/{name}?limit=500&offset=0", [])
        first = [{"email": f"x{number}@example.org", "created": 1_790_000_000} for number in range(500)]
        at("/v3/suppression/bounces?limit=500&offset=0", first)
        at("/v3/suppression/bounces?limit=500&offset=500", [{"email": each, "reason": "550 no"} for each in emails])
    elif kind == "mailgun":
        page = {"items": [{"address": each, "error": "550 no"} for each in emails]}
        following = f"{base(site)}/v3/mg.example.org/bounces?page=next"
        at("/v3/mg.example.org/bounces?limit=1000", {**page, "paging": {"next": following}})
        at("/v3/mg.example.org/bounces?page=next", {"items": [], "paging": {"next": following}})
        at("/v3/mg.example.org/complaints?limit=1000", {"items": []})
        evil = {"items": [{"address": "u@example.org"}], "paging": {"next": "http://evil.example/"}}
        at("/v3/mg.example.org/unsubscribes?limit=1000", evil)
    elif kind == "postmark":
        there = [{"EmailAddress": each, "SuppressionReason": "HardBounce", "Origin": "Recipient"} for each in emails]
        at("/message-streams/news/suppressions/dump", {"Suppressions": there})
    else:
        path = "/v2/email/suppression/addresses?"
        there = [{"EmailAddress": each, "Reason": "BOUNCE", "LastUpdateTime": 1.79e9} for each in emails]
        at(f"{path}PageSize=1000", {"SuppressedDestinationSummaries": [], "NextToken": "a/b="})
        at(f"{path}NextToken=a%2Fb%3D&PageSize=1000", {"SuppressedDestinationSummaries": there})


def made(kind: str) -> Webhook:
    found = webhook(kind)
    found.keys = {**found.keys, **KEYS[kind]}
    found.save()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_people_on_their_list_are_told_of_and_nobody_else_s_address_is_kept(kind: str, site: Site) -> None:
    ana, bea = (Contact.objects.create(email=f"{name}@Example.org") for name in ("Ana", "bea"))
    consent.suppress(bea.email, "hard_bounce")
    serve(site, kind, ["ana@example.org", "BEA@example.org", "stranger@example.org", "no address", "\0@x"])
    found = made(kind)
    keeping.read(found, asking(site), base(site))

    assert set(ProviderSuppression.objects.values_list("email", flat=True)) == {"ana@example.org", "bea@example.org"}
    assert [one.email for one in keeping.still_mailed(found, 10)] == ["ana@example.org"]
    assert "own list: bounced" in " ".join(entry.title for entry in entries(ana))
    found.refresh_from_db()
    assert found.list_size >= 3
    assert found.list_read_at is not None

    serve(site, kind, [])
    keeping.read(found, asking(site), base(site))
    assert not ProviderSuppression.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_key_goes_along_and_to_no_other_host(kind: str, site: Site) -> None:
    serve(site, kind, [])
    keeping.read(made(kind), asking(site), base(site))
    assert site.asked
    for _, headers in site.asked:
        told = headers.get("authorization", "") + headers.get("x-postmark-server-token", "")
        assert told
        assert "secret" not in told


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", [b"[7]", b"{", b'{"items": 7}', b"null", b'{"SuppressedDestinationSummaries": [7]}'])
def test_what_is_no_list_changes_nothing_and_is_said(kind: str, answer: bytes, site: Site) -> None:
    Contact.objects.create(email="ana@example.org")
    serve(site, kind, ["ana@example.org"])
    found = made(kind)
    keeping.read(found, asking(site), base(site))
    for path in list(site.pages):
        site.answers(path, answer)
    with pytest.raises(NotRead):
        keeping.read(found, asking(site), base(site))
    found.refresh_from_db()
    assert found.list_problem
    assert ProviderSuppression.objects.get().email == "ana@example.org"


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_key_nobody_is_asked(kind: str, site: Site) -> None:
    found = webhook(kind)
    with pytest.raises(NotRead, match="not entered"):
        keeping.read(found, asking(site), base(site))
    assert not site.asked


def test_a_list_without_end_is_given_up(site: Site) -> None:
    endless = {"SuppressedDestinationSummaries": [], "NextToken": "again"}
    site.answers("/v2/email/suppression/addresses?PageSize=1000", json.dumps(endless).encode())
    site.answers("/v2/email/suppression/addresses?NextToken=again&PageSize=1000", json.dumps(endless).encode())
    ask = asking(site)
    ask.left = 20
    with pytest.raises(NotRead, match="more pages"):
        keeping.read(made("amazon_ses"), ask, base(site))


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("amazon_ses", "region", "evil.example/"),
        ("mailgun", "domain", "../../x"),
        ("postmark", "stream", "a/b?c"),
        ("sendgrid", "api_key", "a\r\nHost: evil"),
    ],
)
def test_what_staff_typed_wrongly_leads_nowhere_else(kind: str, name: str, value: str, site: Site) -> None:
    found = made(kind)
    found.keys = {**found.keys, name: value}
    found.save()
    with pytest.raises(NotRead):
        keeping.read(found, asking(site))
    assert not site.asked


def test_requests_to_amazon_are_signed_as_amazon_s_own_example() -> None:
    """The plainest case of the test suite that Amazon publishes for Signature Version 4."""
    account = amazon_ses.Account("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    at = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    headers = amazon_ses.signed(account, "example.amazonaws.com", "/", "", at)
    signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    assert headers["Authorization"].endswith(f"Signature={signature}")
