import pytest

from accounts.models import Organisation, User
from accounts.signals import organisation_created
from campaigns.models import Campaign
from campaigns.preflight import checklist
from campaigns.sample_data import samples
from campaigns.sending import launching
from contacts import audience, consent
from contacts.models import Contact, MailingList, Suppression
from delivery import tokens
from delivery.ledger import building
from delivery.models import Batch, Provider
from tests.campaigns import letters
from tracking import unsubscribing

pytestmark = pytest.mark.django_db


def begin(organisation: Organisation, owner: User, *, with_sample: bool) -> None:
    organisation_created.send(Organisation, organisation=organisation, owner=owner, with_sample=with_sample)


def test_new_installation_has_a_finished_mail_to_its_owner(organisation: Organisation, owner: User) -> None:
    begin(organisation, owner, with_sample=False)
    campaign = Campaign.objects.get()
    assert campaign.name == samples.FIRST_MAIL
    assert [person.email for person in audience.sample(campaign.audience(), 5)] == [owner.email]
    assert [finding for finding in checklist.check(campaign) if finding.level == "block"] == []
    assert not samples.inventory().is_there


def test_an_owner_who_writes_their_family_name_first_is_greeted_by_their_given_name(
    organisation: Organisation, owner: User
) -> None:
    owner.name = "Müller-Lüdenscheidt, Ännchen"
    begin(organisation, owner, with_sample=False)
    person = Contact.objects.get(email=owner.email)
    assert (person.first_name, person.last_name) == ("Ännchen", "Müller-Lüdenscheidt")


def test_sample_data_can_be_rehearsed_with(organisation: Organisation, owner: User) -> None:
    begin(organisation, owner, with_sample=True)
    assert samples.inventory() == samples.Inventory(contacts=210, lists=3, campaigns=1)
    campaign = Campaign.objects.get(is_sample=True)
    assert [finding for finding in checklist.check(campaign) if finding.level == "block"] == []
    counted = audience.summary(campaign.audience())
    assert counted.will_receive > 190
    assert counted.duplicates > 0
    assert counted.unsubscribed > 0


def test_sample_data_go_as_a_whole_and_nothing_else_does(organisation: Organisation, owner: User) -> None:
    begin(organisation, owner, with_sample=True)
    mine = letters.draft(owner, letters.readers("Ana"))
    launching.launch(Campaign.objects.get(is_sample=True), by=owner)
    samples.remove(by=owner)
    assert not samples.inventory().is_there
    assert set(Campaign.objects.values_list("name", flat=True)) == {samples.FIRST_MAIL, mine.name}
    assert set(Contact.objects.values_list("email", flat=True)) == {owner.email, "ana@example.org"}
    assert set(MailingList.objects.values_list("name", flat=True)) == {"Me", "Readers"}
    assert not Batch.objects.exists()


def rehearsed(campaign: Campaign, owner: User) -> Batch:
    batch = launching.launch(campaign, by=owner)
    assert building.build(batch.pk)
    return batch


def test_clicks_in_an_old_rehearsal_stay_rehearsed_when_the_samples_are_gone(
    organisation: Organisation, owner: User
) -> None:
    begin(organisation, owner, with_sample=True)
    campaign = Campaign.objects.get(is_sample=True)
    campaign.lists.add(letters.readers("Ana"))
    batch = rehearsed(campaign, owner)
    samples.remove(by=owner)
    assert not samples.inventory().is_there
    ana = Contact.objects.get(email="ana@example.org")
    leaver = unsubscribing.recognise(tokens.seal(tokens.UNSUBSCRIBE, ana.pk, batch.pk))
    assert leaver
    assert leaver.is_spared


def test_who_left_a_sample_list_stays_away_when_it_is_gone(organisation: Organisation, owner: User) -> None:
    begin(organisation, owner, with_sample=True)
    sample_list = MailingList.objects.filter(is_sample=True).first()
    assert sample_list
    ana = Contact.objects.create(email="ana@example.org")
    made_up = Contact.objects.filter(is_sample=True).first()
    assert made_up
    consent.subscribe(ana, lists=[sample_list.pk], channel="hand")
    consent.unsubscribe(ana, lists=[sample_list.pk], channel="page")
    consent.unsubscribe(made_up, lists=None, channel="one-click")
    samples.remove(by=owner)
    assert list(Suppression.objects.values_list("email", flat=True)) == [ana.email]


def test_real_mail_never_goes_to_sample_people(organisation: Organisation, owner: User) -> None:
    begin(organisation, owner, with_sample=True)
    relay = Provider.objects.create(name="Relay", host="smtp.example.org")
    campaign = letters.draft(owner, letters.readers("Ana"), provider=relay)
    assert "sample-people" not in {finding.code for finding in checklist.check(campaign)}
    campaign.lists.add(*MailingList.objects.filter(is_sample=True))
    assert "sample-people" in {finding.code for finding in checklist.check(campaign) if finding.level == "block"}
