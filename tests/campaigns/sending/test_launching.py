import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from campaigns.models import Campaign, Edition, Stage
from campaigns.sending import launching
from delivery import ledger
from delivery.models import Batch, Message, Provider
from tests.campaigns import letters

pytestmark = pytest.mark.django_db


def launched(owner: User) -> Campaign:
    campaign = letters.draft(owner, letters.readers("Ana", "Ben"))
    launching.launch(campaign, by=owner)
    campaign.refresh_from_db()
    return campaign


def test_launch_freezes_the_words_and_holds_ten_seconds(owner: User) -> None:
    campaign = launched(owner)
    edition = Edition.objects.get(campaign=campaign)
    batch = campaign.batch
    assert batch
    assert (edition.subject, edition.batch_id, edition.is_test) == ("News for you", batch.pk, False)
    assert 'Hello {{ first_name|default("you") }}' in edition.html
    assert edition.organisation["name"] == "Nordlicht Books"
    assert batch.hold_until
    assert 5 < (batch.hold_until - timezone.now()).total_seconds() <= launching.HOLD_SECONDS
    assert (batch.rehearsal, batch.group) == (True, campaign.group)
    assert campaign.stage == Stage.HELD
    assert AuditEntry.objects.filter(action="campaign.launched", user=owner).count() == 1


def test_launch_and_copy_ask_the_database_for_nothing_twice_over(
    owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    draft = letters.draft(owner, letters.readers("Ana", "Ben"))
    with django_assert_max_num_queries(14):
        copy = launching.duplicate(draft, by=owner)
    assert list(copy.lists.all()) == list(draft.lists.all())
    with django_assert_max_num_queries(62):
        launching.launch(copy, by=owner)


def test_many_people_get_a_longer_hold() -> None:
    assert launching.hold_seconds(5_000) == 10
    assert launching.hold_seconds(5_001) == 60


def test_second_click_answers_the_first_launch(owner: User) -> None:
    campaign = letters.draft(owner, letters.readers("Ana"))
    first = launching.launch(campaign, by=owner)
    assert launching.launch(campaign, by=owner) == first
    assert Batch.objects.count() == Edition.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_launch_once(owner: User) -> None:
    campaign = letters.draft(owner, letters.readers("Ana"))
    batches = []

    def click() -> None:
        batches.append(launching.launch(campaign, by=owner).pk)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert batches[0] == batches[1]
    assert Batch.objects.count() == 1


def test_draft_without_people_is_not_ready(owner: User) -> None:
    campaign = letters.draft(owner)
    with pytest.raises(launching.NotReady) as refused:
        launching.launch(campaign, by=owner)
    assert {finding.card for finding in refused.value.findings} == {"to"}
    assert not Batch.objects.exists()
    assert not Edition.objects.exists()


def test_time_gone_by_is_refused(owner: User) -> None:
    campaign = letters.draft(owner, letters.readers("Ana"))
    with pytest.raises(launching.InThePast):
        launching.launch(campaign, by=owner, at=timezone.now() - timedelta(minutes=1))


def test_scheduled_campaign_waits_and_can_come_back(owner: User) -> None:
    campaign = letters.draft(owner, letters.readers("Ana"))
    at = timezone.now() + timedelta(days=1)
    launching.launch(campaign, by=owner, at=at)
    campaign.refresh_from_db()
    assert campaign.stage == Stage.SCHEDULED
    assert list(Campaign.objects.scheduled()) == [campaign]
    launching.undo(campaign, by=owner)
    draft = Campaign.objects.get()
    assert (draft.stage, draft.scheduled_at) == (Stage.DRAFT, at)


def test_undone_campaign_is_a_draft_and_can_go_again(owner: User) -> None:
    campaign = launched(owner)
    first = campaign.batch
    assert first
    launching.undo(campaign, by=owner)
    campaign.refresh_from_db()
    assert campaign.is_draft
    first.refresh_from_db()
    assert first.state == Batch.State.CANCELLED
    assert not Message.objects.filter(batch=first).exists()
    assert launching.launch(campaign, by=owner) != first


def test_campaign_under_way_is_not_undone(owner: User) -> None:
    campaign = launched(owner)
    Batch.objects.update(state=Batch.State.SENDING)
    with pytest.raises(ledger.NotPossible), transaction.atomic():
        launching.undo(campaign, by=owner)
    campaign.refresh_from_db()
    assert not campaign.is_draft


def test_pause_says_who_and_resume_goes_on(owner: User) -> None:
    campaign = launched(owner)
    now = timezone.now()
    Batch.objects.update(state=Batch.State.SENDING, built_at=now, started_at=now, hold_until=now)
    campaign.refresh_from_db()
    launching.pause(campaign, by=owner)
    campaign.refresh_from_db()
    assert campaign.batch
    assert (campaign.stage, campaign.batch.state_reason) == (Stage.PAUSED, "Paused by Olga Owner")
    launching.resume(campaign, by=owner)
    campaign.refresh_from_db()
    assert campaign.stage == Stage.SENDING


def test_duplicate_is_a_draft_of_its_own(owner: User, marketer: User) -> None:
    campaign = launched(owner)
    copy = launching.duplicate(campaign, by=marketer)
    assert copy.pk != campaign.pk
    assert (copy.name, copy.subject, copy.blocks) == ("Harbour news (copy)", campaign.subject, campaign.blocks)
    assert list(copy.lists.all()) == list(campaign.lists.all())
    assert (copy.batch, copy.created_by, copy.version) == (None, marketer, 1)
    campaign.refresh_from_db()
    assert campaign.batch


def test_only_drafts_are_deleted(owner: User) -> None:
    campaign = launched(owner)
    with pytest.raises(launching.NotADraft):
        launching.delete_draft(campaign, by=owner)
    launching.delete_draft(launching.duplicate(campaign, by=owner), by=owner)
    assert list(Campaign.objects.all()) == [campaign]


def test_bad_day_is_only_ever_rehearsed(owner: User) -> None:
    campaign = letters.draft(owner, letters.readers("Ana"))
    campaign.provider = Provider.objects.create(name="Relay", host="relay.example")
    campaign.save()
    with pytest.raises(launching.Changed):
        launching.launch(campaign, by=owner, bad_day=True)
    assert not Batch.objects.exists()
    campaign.provider = None
    campaign.save()
    assert launching.launch(campaign, by=owner, bad_day=True).bad_day
