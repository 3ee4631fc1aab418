"""A rehearsal is sent for real: the same words to the same people, once."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApprovalRule, Organisation, User
from campaigns.models import Campaign, Edition
from campaigns.sending import launching, repeating
from contacts import consent
from contacts.models import Contact, Segment
from contacts.segments import rules
from delivery.ledger import building, repeats
from delivery.models import Batch, LinkHost, Message, Provider
from tests.campaigns import letters

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def relay(organisation: Organisation) -> Provider:
    return Provider.objects.create(name="Relay", host="127.0.0.1", port=2599, security="none", per_hour=60)


@pytest.fixture
def rehearsal(owner: User) -> Campaign:
    return rehearsed(owner)


def rehearsed(owner: User) -> Campaign:
    return through(letters.draft(owner, letters.readers("Ana", "Ben", "Cem")), owner)


def through(campaign: Campaign, owner: User) -> Campaign:
    batch = launching.launch(campaign, by=owner)
    building.build(batch.pk)
    done = {"state": Batch.State.DONE, "started_at": timezone.now(), "finished_at": timezone.now()}
    Batch.objects.filter(pk=batch.pk).update(**done)
    return Campaign.objects.get(pk=campaign.pk)


def people(batch: Batch | None) -> set[str]:
    assert batch
    building.build(batch.pk)
    return set(Message.objects.filter(batch=batch).values_list("email", flat=True))


def test_exactly_the_rehearsed_words_go_to_exactly_the_rehearsed_people(
    rehearsal: Campaign, relay: Provider, owner: User
) -> None:
    assert rehearsal.batch
    Campaign.objects.filter(pk=rehearsal.pk).update(subject="Changed by some accident")
    letters.readers("Dora")
    consent.unsubscribe(Contact.objects.get(email="ben@example.org"), lists=None, channel="page")
    sent = repeating.send(rehearsal, relay, by=owner)
    assert sent.batch
    assert (sent.batch.rehearsal, sent.batch.provider) == (False, relay)
    assert people(sent.batch) == {"ana@example.org", "cem@example.org"}
    before, after = Edition.objects.get(batch=rehearsal.batch), Edition.objects.get(batch=sent.batch)
    assert (before.subject, before.html, before.text) == (after.subject, after.html, after.text)
    sent.batch.refresh_from_db()
    assert sent.batch.left_out["joined_since"] == 1


def test_it_goes_once_however_often_it_is_asked_for(rehearsal: Campaign, relay: Provider, owner: User) -> None:
    first = repeating.send(rehearsal, relay, by=owner)
    assert repeating.send(rehearsal, relay, by=owner) == first
    launching.undo(first, by=owner)
    again = repeating.send(rehearsal, relay, by=owner)
    assert again != first
    assert Batch.objects.filter(rehearsal=False, state=Batch.State.BUILDING).count() == 1


def test_what_stands_in_the_mail_must_still_be_true(
    rehearsal: Campaign, relay: Provider, owner: User, organisation: Organisation
) -> None:
    organisation.public_url = "https://mail.nordlicht.example"
    organisation.save()
    with pytest.raises(repeating.NotRepeatable, match="public address"):
        repeating.send(rehearsal, relay, by=owner)
    assert not Batch.objects.filter(rehearsal=False).exists()


@pytest.mark.parametrize("is_broken_first", [True, False])
def test_links_of_what_is_sent_go_by_a_host_that_works_then(
    is_broken_first: bool, relay: Provider, owner: User, organisation: Organisation
) -> None:
    organisation.tracking_url = "https://go.nordlicht.example"
    organisation.save()
    broken = timezone.now() if is_broken_first else None
    host = LinkHost.objects.create(address=organisation.tracking_url, broken_since=broken)
    rehearsal = rehearsed(owner)
    host.broken_since = None if is_broken_first else timezone.now()
    host.save()
    sent = repeating.send(rehearsal, relay, by=owner)
    counted_at = Edition.objects.get(batch=sent.batch).organisation.get("tracking_address")
    assert counted_at == (host.address if is_broken_first else None)


def called(how: str, value: str) -> dict[str, object]:
    """The rules of a segment."""
    rule = rules.Rule("profile", {"field": "first_name", "how": how, "value": value})
    return rules.write(rules.Group(rules.Match.ALL, (rule,)))


def test_approval_is_asked_by_how_many_were_rehearsed_with(relay: Provider, owner: User) -> None:
    """Whoever joined since gets nothing, and whom a segment has no longer gets it all the same."""
    segment = Segment.objects.create(name="An", rules=called("contains", "An"))
    campaign = letters.draft(owner, letters.readers("Ana", "Anja", "Anton"))
    campaign.segments.add(segment)
    rehearsal = through(campaign, owner)
    Segment.objects.update(rules=called("is", "Ana"))
    Organisation.objects.update(approval=ApprovalRule.SECOND, approval_above=2)
    with pytest.raises(launching.NotReady, match="needs approval"):
        repeating.send(rehearsal, relay, by=owner)
    Segment.objects.update(rules=segment.rules)
    letters.readers("Andrea")
    Organisation.objects.update(approval_above=3)
    assert repeating.send(rehearsal, relay, by=owner)


def test_what_blocks_real_mail_blocks_it(rehearsal: Campaign, relay: Provider, owner: User) -> None:
    relay.pause("Paused by Olga")
    with pytest.raises(launching.NotReady, match="paused"):
        repeating.send(rehearsal, relay, by=owner)


def test_the_rehearsal_foretells_people_time_and_quota(rehearsal: Campaign, relay: Provider) -> None:
    assert rehearsal.batch
    foretold = repeats.forecast(rehearsal.batch, relay)
    assert (foretold.people, foretold.left_since, foretold.quota_left) == (3, 0, 60)
    assert sum(count for _, count in foretold.lanes) == 3


def test_the_page_names_the_way_out_and_sends(
    client_for: Browse, marketer: User, rehearsal: Campaign, relay: Provider
) -> None:
    client = client_for(marketer)
    url = reverse("campaign-repeat", args=[rehearsal.pk])
    assert "Send to 3 people through Relay" in client.get(url).content.decode()
    answer = client.post(url, {"provider": relay.pk})
    sent = Campaign.objects.get(repeats=rehearsal)
    assert answer.headers["Location"] == sent.get_absolute_url()
    assert "has been sent" in client.get(url).content.decode()


def test_the_sandbox_is_no_way_out_for_it(client_for: Browse, marketer: User, admin: User, rehearsal: Campaign) -> None:
    url = reverse("campaign-repeat", args=[rehearsal.pk])
    assert "Connect one" in client_for(admin).get(url).content.decode()
    assert "Ask an admin" in client_for(marketer).get(url).content.decode()
    client_for(marketer).post(url, {"provider": Provider.objects.sandbox().pk})
    assert Campaign.objects.filter(repeats=rehearsal).count() == 0
