"""Mail that mailboxes would take for a forgery does not leave; what is merely worse than it could be is said."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.preflight import checklist, sender_domain
from contacts.models import Contact, Subscription
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report, Way
from delivery.models import Batch, Chunk, Provider, Route
from tests.campaigns.preflight.test_checklist import campaign, codes, real

__all__ = ["campaign", "real"]


def found_out(provider: Provider, *, spf: bool | None, dkim: bool | None, dmarc: bool | None) -> SendingDomain:
    way = Way(provider.pk, provider.name, "nordlicht.example", spf, True, dkim)
    report = Report("nordlicht.example", ways=[way], has_dmarc=dmarc)
    kept = {"report": report.as_json(), "confirmed_at": timezone.now()}
    return SendingDomain.objects.update_or_create(name="nordlicht.example", defaults=kept)[0]


def write_to(campaign: Campaign, *addresses: str) -> None:
    readers = campaign.lists.get()
    for address in addresses:
        Subscription.objects.create(contact=Contact.objects.create(email=address), list=readers)


def test_only_what_passes_leaves_for_real(campaign: Campaign, real: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign.provider = real
    found_out(real, spf=True, dkim=True, dmarc=True)
    assert codes(campaign) == set()
    found_out(real, spf=False, dkim=True, dmarc=True)
    assert codes(campaign, "warn") == {"domain-half"}
    found_out(real, spf=None, dkim=None, dmarc=True)  # nobody knows: nothing is claimed
    assert codes(campaign) == set()

    found_out(real, spf=False, dkim=False, dmarc=True)
    assert codes(campaign, "warn") == {"domain-fails"}
    assert codes(campaign, "block") == set()
    write_to(campaign, "a@gmail.com", "b@gmail.com", "c@hotmail.fr")
    assert codes(campaign, "block") == set()
    monkeypatch.setattr(sender_domain, "MANY_A_DAY", 1)
    (finding,) = checklist.check(campaign)
    assert (finding.level, "Gmail refuses that above 1" in finding.text) == ("block", True)
    found_out(real, spf=True, dkim=True, dmarc=False)
    assert codes(campaign, "block") == {"domain-fails"}
    monkeypatch.undo()
    write_to(campaign, "d@laposte.net")
    assert codes(campaign, "warn") == {"domain-fails"}  # La Poste asks for no DMARC record
    found_out(real, spf=False, dkim=False, dmarc=True)
    (finding,) = checklist.check(campaign)
    assert (finding.level, "La Poste" in finding.text) == ("block", True)

    campaign.provider = Provider.objects.sandbox()
    assert codes(campaign) == set()


def test_whoever_the_route_lets_carry_it_has_to_pass_and_not_the_chosen_one_alone(
    campaign: Campaign, real: Provider
) -> None:
    campaign.provider = real
    other = Provider.objects.create(name="Other", host="smtp.other.example")
    passes = Way(real.pk, real.name, "nordlicht.example", True, True, True)
    fails = Way(other.pk, other.name, "nordlicht.example", False, True, False)
    domain = found_out(real, spf=True, dkim=True, dmarc=True)
    report = Report("nordlicht.example", ways=[passes, fails], has_dmarc=True)
    SendingDomain.objects.filter(pk=domain.pk).update(report=report.as_json())
    write_to(campaign, "a@laposte.net")
    assert codes(campaign) == set()

    Route.objects.create(provider=real, position=1)
    backup = Route.objects.create(provider=other, position=2)
    assert codes(campaign, "warn") == {"domain-backup"}
    assert codes(campaign, "block") == set()
    Route.objects.filter(pk=backup.pk).update(position=0)
    (finding,) = checklist.check(campaign)
    assert (finding.level, finding.text.startswith("Through Other: ")) == ("block", True)
    other.pause("Out of order.")  # the chosen one carries it meanwhile
    assert codes(campaign) == {"domain-backup"}


def test_the_state_of_the_domain_stands_beside_from(
    campaign: Campaign, real: Provider, marketer: User, client_for: Callable[[User], Client]
) -> None:
    campaign.provider = real
    campaign.save()
    client = client_for(marketer)
    pages = (campaign.get_absolute_url(), reverse("campaign-ready", args=[campaign.pk]))

    def says(label: str, text: str) -> bool:
        shown = [client.get(page).content.decode().partition('id="sender-state"')[2][:1000] for page in pages]
        return all(label in page and text in page for page in shown)

    assert says("Not known yet", "nordlicht.example has not been looked at yet")
    found_out(real, spf=True, dkim=True, dmarc=True)
    assert says("Passes", "Mail from nordlicht.example passes.")
    found_out(real, spf=False, dkim=False, dmarc=True)
    assert says("Does not pass", "looks like a forgery")
    Campaign.objects.update(provider=None)  # the sandbox: what real mail of that domain stands like
    assert says("Does not pass", "looks like a forgery")


@pytest.mark.parametrize(
    ("sent_as", "counts"),
    [
        ("nordlicht.example", True),
        ("shop.nordlicht.example", True),
        ("my-nordlicht.example", False),
        ("other.example", False),
    ],
)
def test_what_left_today_counts_by_the_main_domain_whatever_others_end_like(
    campaign: Campaign, real: Provider, monkeypatch: pytest.MonkeyPatch, sent_as: str, counts: bool
) -> None:
    campaign.provider = real
    domain = found_out(real, spf=False, dkim=False, dmarc=True)
    domain.report = domain.report | {"zone": "nordlicht.example"}
    domain.save(update_fields=["report"])
    write_to(campaign, "a@gmail.com")
    given = {"rehearsal": False, "content_kind": "edition", "content_id": 1, "started_at": timezone.now()}
    batch = Batch.objects.create(sender_domain=sent_as, **given)
    Chunk.objects.create(batch=batch, lane="gmail", size=1, accepted=1, first_id=1, last_id=1)
    monkeypatch.setattr(sender_domain, "MANY_A_DAY", 1)
    assert codes(campaign, "block") == ({"domain-fails"} if counts else set())


def test_a_name_that_no_admin_has_confirmed_is_for_rehearsals_only(campaign: Campaign, real: Provider) -> None:
    campaign.sender_email = "news@somebody-else.example"
    assert codes(campaign) == set()
    campaign.provider = real
    assert codes(campaign, "block") == {"domain-not-ours"}
    SendingDomain.objects.create(name="somebody-else.example")
    assert codes(campaign, "block") == {"domain-not-ours"}
    SendingDomain.objects.update(confirmed_at=timezone.now())
    assert codes(campaign, "block") == set()
