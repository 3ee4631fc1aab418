"""The pages of a domain: added, confirmed, its keys named, shown to whoever runs the DNS."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Organisation, User
from delivery.domains import links
from delivery.domains.models import DomainLink, SendingDomain
from delivery.domains.report import Report
from delivery.models import Provider
from tests.web import sending_domains


def test_an_admin_adds_a_domain_names_its_keys_and_hands_the_records_on(
    admin: User, client_for: Callable[[User], Client]
) -> None:
    Provider.objects.create(name="SES", host="email-smtp.eu-west-1.amazonaws.com").make_default()
    client = client_for(admin)
    for name in ("gmail.com", "hotmail.fr", "yahoo.es", "aol.de", "web.de"):
        assert f"Only {name} itself" in client.post("/domains/", {"name": name}).content.decode()
    assert client.post("/domains/", {"name": "no domain"}).status_code == 422
    client.post("/domains/", {"name": "me@News.Shop.Example"})
    domain = SendingDomain.objects.get(name="news.shop.example")
    assert domain.is_confirmed
    assert domain.is_being_checked
    page = client.get(f"/domains/{domain.pk}/").content.decode()
    assert "Being looked up" in page
    assert "Keys of Amazon SES" in page

    assert "Return address at Amazon SES" in page
    typed = {
        "keys-amazon_ses": "abc123._domainkey.news.shop.example, def456",
        "return-amazon_ses": "Mail.news.shop.example.",
    }
    client.post(f"/domains/{domain.pk}/keys/", typed)
    domain.refresh_from_db()
    assert domain.selectors == {"amazon_ses": ["abc123", "def456"]}
    assert domain.return_names == {"amazon_ses": "mail"}
    refused = client.post(f"/domains/{domain.pk}/keys/", {"return-amazon_ses": "two words"})
    assert (refused.status_code, "Enter only what stands before" in refused.content.decode()) == (422, True)
    assert client.post(f"/domains/{domain.pk}/keys/", {"keys-amazon_ses": "a b c d e f"}).status_code == 422
    for name in ("mail..news", "m" * 64, ".".join(["m" * 60] * 4), "xn--a"):  # the DNS cannot be asked for any of them
        for field in ("return-amazon_ses", "keys-amazon_ses"):
            assert client.post(f"/domains/{domain.pk}/keys/", {field: name}).status_code == 422, (field, name)
    domain.refresh_from_db()
    assert (domain.selectors, domain.return_names) == ({"amazon_ses": ["abc123", "def456"]}, {"amazon_ses": "mail"})

    domain.report = sending_domains.report(domain.name).as_json()
    domain.save()
    wrong = sum(row["state"] == "bad" and not row["optional"] for row in domain.report["rows"])
    page = client.get(f"/domains/{domain.pk}/").content.decode()
    assert wrong > 1
    assert f"{wrong} records are to be entered." in page
    assert "Reading it takes 4 of at most 10 look-ups. Leading nowhere: 1 of at most 2." in page
    assert "old-relay-that-nobody-uses.example</bdi>" in page
    assert "What is not known is looked up again. Everything else is in order, or optional." in page
    client.post(f"/domains/{domain.pk}/links/", {"note": "Agency", "days": 30})
    link = DomainLink.objects.get()
    stranger, address = Client(), f"/dns/{links.token(link)}/"
    shown = stranger.get(address)
    assert "include:relay.example" in shown.content.decode()
    assert "Relay xxxx" not in shown.content.decode()  # whom we send through is nobody's business
    assert stranger.get(address[:-2] + "x/").status_code == 404
    DomainLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert stranger.get(address).status_code == 404
    DomainLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    client.post(f"/domains/{domain.pk}/links/{link.pk}/back/")
    assert stranger.get(address).status_code == 404

    client.post(f"/domains/{domain.pk}/remove/")
    assert not SendingDomain.objects.filter(pk=domain.pk).exists()
    said = set(AuditEntry.objects.values_list("action", flat=True))
    assert said >= {
        "domain.confirmed",
        "domain.keys_named",
        "domain.link_given",
        "domain.link_taken_back",
        "domain.removed",
    }


def test_an_empty_installation_is_led_from_its_sender_to_a_provider_that_carries_it(
    admin: User, client_for: Callable[[User], Client]
) -> None:
    client = client_for(admin)
    assert 'value="nordlicht.example"' in client.get("/domains/").content.decode()
    client.post("/domains/", {"name": "nordlicht.example"})
    domain = SendingDomain.objects.get()
    assert 'value="nordlicht.example"' not in client.get("/domains/").content.decode()
    page = domain.get_absolute_url()
    assert "No provider yet" in client.get(page).content.decode()
    ses = Provider.objects.create(name="SES", host="email-smtp.eu-west-1.amazonaws.com")
    shown = client.get(page).content.decode()
    assert "No provider carries its mail yet" in shown
    assert f'href="/providers/{ses.pk}/">Open it</a>' in shown
    Provider.objects.create(name="Relay", host="smtp.nordlicht.example")
    shown = client.get(page).content.decode()
    assert "There are <bdi>Relay</bdi> and <bdi>SES</bdi>." in shown
    assert 'href="/providers/">Choose one</a>' in shown
    ses.make_default()
    SendingDomain.objects.update(report=Report(domain.name, rows=sending_domains.report().rows).as_json())
    shown = client.get(page).content.decode()
    assert "No provider" not in shown
    assert "The keys of <bdi>Amazon SES</bdi> are to be named first" in shown
    assert "The records of the signature follow." in shown
    assert "Everything else is in order" not in " ".join(shown.split())
    client.post(f"{page}keys/", {"keys-amazon_ses": "abc def ghi"})
    shown = " ".join(client.get(page).content.decode().split())
    assert "to be named first" not in shown
    assert "Everything else is in order, or optional." in shown
    SendingDomain.objects.update(report=Report(domain.name, is_missing=True).as_json())
    assert "The DNS knows no <bdi" in client.get(page).content.decode()


def test_free_mail_is_no_domain_to_begin_with(
    admin: User, organisation: Organisation, client_for: Callable[[User], Client]
) -> None:
    organisation.sender_email = "nordlicht@gmail.com"
    organisation.save()
    assert "gmail.com" not in client_for(admin).get("/domains/").content.decode()
