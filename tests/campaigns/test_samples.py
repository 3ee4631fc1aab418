import pytest

from accounts.models import Organisation, User
from accounts.signals import organisation_created
from campaigns import launching, preflight, samples
from campaigns.models import Campaign
from contacts import audience
from contacts.models import Contact, MailingList
from delivery.models import Batch
from tests.campaigns import letters

pytestmark = pytest.mark.django_db


def begin(organisation: Organisation, owner: User, *, with_sample: bool) -> None:
    organisation_created.send(Organisation, organisation=organisation, owner=owner, with_sample=with_sample)


def test_new_installation_has_a_finished_mail_to_its_owner(organisation: Organisation, owner: User) -> None:
    begin(organisation, owner, with_sample=False)
    campaign = Campaign.objects.get()
    assert campaign.name == samples.FIRST_MAIL
    assert [person.email for person in audience.sample(campaign.audience(), 5)] == [owner.email]
    assert [finding for finding in preflight.check(campaign) if finding.level == "block"] == []
    assert not samples.inventory().is_there


def test_sample_data_can_be_rehearsed_with(organisation: Organisation, owner: User) -> None:
    begin(organisation, owner, with_sample=True)
    assert samples.inventory() == samples.Inventory(contacts=210, lists=3, campaigns=1)
    campaign = Campaign.objects.get(is_sample=True)
    assert [finding for finding in preflight.check(campaign) if finding.level == "block"] == []
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
