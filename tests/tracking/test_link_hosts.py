"""A host of a sending domain's own for the counted links of its mail: entered, used, and open to nobody."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Organisation, User
from campaigns.message import editions
from campaigns.models import Campaign
from delivery.domains.link_hosts import leading
from delivery.domains.models import SendingDomain
from delivery.sandbox import oneclick

pytestmark = pytest.mark.django_db
GO = "https://go.shop.example"


@pytest.fixture
def domain(organisation: Organisation) -> SendingDomain:
    return SendingDomain.objects.create(name="shop.example", confirmed_at=timezone.now())


def test_an_admin_enters_a_host_once_it_leads_here_and_takes_it_back(
    domain: SendingDomain, admin: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def check(address: str) -> None:
        asked.append(address)
        if address != GO:
            raise leading.NotOurs("Something else answers there.", "Mend it.")

    monkeypatch.setattr(leading, "check", check)
    client.force_login(admin)
    page = f"/domains/{domain.pk}/counting/"
    assert "Use a name of this domain" in client.get(domain.get_absolute_url()).content.decode()
    for typed, words in (("http://go.shop.example", "no https"), ("https://other.example", "Something else answers")):
        refused = client.post(page, {"address": typed})
        assert (refused.status_code, words in refused.content.decode()) == (422, True)
    assert GO in client.post(page, {"address": GO}, follow=True).content.decode()
    domain.refresh_from_db()
    assert (domain.tracking_url, domain.is_being_checked) == (GO, True)
    client.post(page, {"address": GO})
    assert asked == ["https://other.example", GO]  # what stands there already is not asked again
    client.post(page, {"address": ""})
    domain.refresh_from_db()
    assert domain.tracking_url == ""
    assert AuditEntry.objects.filter(action="domain.link_host").count() == 3


def test_links_go_by_the_host_of_the_domain_that_the_mail_is_from(
    domain: SendingDomain, organisation: Organisation
) -> None:
    def counted_at(sender: str) -> str | None:
        return editions.organisation_in(Campaign(sender_email=sender), organisation).get("tracking_address")

    SendingDomain.objects.update(tracking_url=GO)
    assert counted_at("news@Shop.Example") == GO
    assert counted_at("news@other.example") is None
    organisation.tracking_url = "https://go.nordlicht.example"
    organisation.save()
    assert counted_at("news@other.example") == "https://go.nordlicht.example"
    assert oneclick.own_addresses() >= {GO, "https://go.nordlicht.example", "https://news.nordlicht.example"}
    SendingDomain.objects.update(confirmed_at=None)
    assert counted_at("news@shop.example") == "https://go.nordlicht.example"


def test_it_is_answered_without_a_restart_and_nobody_works_there(
    domain: SendingDomain, owner: User, client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["news.nordlicht.example"]
    go = {"Host": "go.shop.example"}
    assert client.get("/u/x", headers=go).status_code == 400
    SendingDomain.objects.update(tracking_url=GO)
    assert client.get("/u/x", headers=go).status_code == 404  # of no mail
    client.force_login(owner)
    for path in ("/login/", "/", "/settings/people/"):
        assert client.get(path, headers=go).status_code == 404, path
    assert client.get("/settings/people/", headers={"Host": "news.nordlicht.example"}).status_code == 200
