"""An audience becomes messages: each person once, whatever interrupts it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts.audience import Audience
from contacts.consent import delete_list
from contacts.models import Contact, MailingList, Subscription, Suppression
from delivery import ledger
from delivery.dispatch import tick
from delivery.ledger import building, ids
from delivery.models import Batch, Chunk, Message, Provider
from delivery.throttling import warmup_plans
from tests.delivery.ledger.conftest import built, launched

pytestmark = pytest.mark.django_db
People = Callable[[int], MailingList]


def test_everyone_on_the_list_gets_one_message(provider: Provider, people: People) -> None:
    readers = people(1203)
    batch = built(provider, readers)
    contacts = Message.objects.filter(batch=batch).order_by("contact_id").values_list("contact_id", flat=True)
    assert list(contacts) == list(readers.subscriptions.order_by("contact").values_list("contact_id", flat=True))
    assert batch.total == 1203
    assert batch.state == Batch.State.HELD
    assert ledger.tally(batch).words == "1,203 = 0 + 1,203 + 0 + 0 + 0"


def test_chunks_hold_every_message_once_and_one_lane_each(provider: Provider, people: People) -> None:
    batch = built(provider, people(2600))
    members: list[int] = []
    for chunk in Chunk.objects.filter(batch=batch):
        rows = Message.objects.filter(id__range=(chunk.first_id, chunk.last_id))
        assert len({row.email.rpartition("@")[2] for row in rows}) == 1
        assert chunk.size == chunk.pending == len(rows) <= 500
        members += [row.id for row in rows]
    assert sorted(members) == list(range(batch.first_id or 0, (batch.last_id or 0) + 1))
    assert {chunk.lane for chunk in batch.chunks.all()} == {"gmail", "microsoft", "yahoo", "apple", "other"}


def test_the_sum_of_who_was_left_out_is_kept(provider: Provider, people: People) -> None:
    readers = people(10)
    first, second = readers.subscriptions.order_by("id")[:2]
    Subscription.objects.filter(pk=first.pk).update(state="unsubscribed")
    Suppression.objects.create(email=second.contact.email, reason="hard_bounce")
    batch = built(provider, readers)
    assert batch.total == 8
    left = batch.left_out
    assert left["matched"] - left["unsubscribed"] - left["suppressed"] - left["duplicates"] == 8


def test_building_twice_doubles_nobody(provider: Provider, people: People) -> None:
    batch = built(provider, people(30))
    assert not building.build(batch.pk)
    assert Message.objects.filter(batch=batch).count() == 30


def test_a_building_that_crashed_half_way_begins_anew(provider: Provider, people: People) -> None:
    batch = launched(provider, people(30))
    first = ids.reserve(30)
    Batch.objects.filter(pk=batch.pk).update(first_id=first, last_id=first + 29)
    for n in range(12):
        Message.objects.create(id=first + n, batch=batch, contact_id=n + 1, email=f"old{n}@nordlicht.example")
    assert building.build(batch.pk)
    assert Message.objects.filter(batch=batch).count() == 30
    assert not Message.objects.filter(email__startswith="old").exists()


def test_what_was_undone_while_it_was_built_leaves_no_row(provider: Provider, people: People) -> None:
    batch = built(provider, people(30), hold_seconds=60)
    ledger.undo(batch)
    building.drop(batch.pk)
    batch.refresh_from_db()
    assert not Message.objects.filter(batch=batch).exists()
    assert not batch.chunks.exists()
    assert batch.state == Batch.State.CANCELLED
    assert batch.finished_at
    assert ledger.tally(batch).is_complete
    assert not building.build(batch.pk)


def test_nobody_to_send_to_is_done_at_once(provider: Provider, people: People) -> None:
    batch = built(provider, people(0))
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.DONE
    assert ledger.tally(batch).is_complete


def test_a_scheduled_audience_is_drawn_shortly_before_its_time(provider: Provider, people: People) -> None:
    batch = launched(provider, people(5), not_before=timezone.now() + timedelta(hours=3))
    tick.tick()
    batch.refresh_from_db()
    assert batch.is_scheduled
    assert batch.job_queued_at is None
    Batch.objects.filter(pk=batch.pk).update(not_before=timezone.now() + timedelta(seconds=30))
    tick.tick()
    batch.refresh_from_db()
    assert batch.job_queued_at


@pytest.mark.parametrize("role", ["chosen", "excluded"])
def test_a_list_deleted_since_the_planning_changes_nobodys_mail(provider: Provider, people: People, role: str) -> None:
    readers, others = people(5), people(3)
    audience = Audience((readers.pk, others.pk)) if role == "chosen" else Audience((readers.pk,), (others.pk,))
    batch = launched(provider, readers, audience=audience, not_before=timezone.now() + timedelta(seconds=30))
    delete_list(others)
    assert not building.build(batch.pk)
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    assert "list" in batch.state_reason
    assert not Message.objects.filter(batch=batch).exists()
    ledger.undo(batch)
    assert batch.state == Batch.State.CANCELLED


def test_a_list_archived_since_the_planning_gets_no_mail_until_it_is_used_again(
    provider: Provider, people: People
) -> None:
    readers = people(5)
    batch = launched(provider, readers, not_before=timezone.now() + timedelta(seconds=30))
    MailingList.objects.filter(pk=readers.pk).update(archived_at=timezone.now())
    assert not building.build(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, "archived" in batch.state_reason) == (Batch.State.PAUSED, True)
    assert not Message.objects.filter(batch=batch).exists()
    MailingList.objects.filter(pk=readers.pk).update(archived_at=None)
    ledger.resume(batch)
    assert building.build(batch.pk)
    assert Message.objects.filter(batch=batch).count() == 5


def test_a_scheduled_time_missed_by_hours_asks_before_it_sends(provider: Provider, people: People) -> None:
    batch = launched(provider, people(5), not_before=timezone.now() + timedelta(hours=3))
    past = timezone.now() - timedelta(hours=2)
    Batch.objects.filter(pk=batch.pk).update(not_before=past, hold_until=past)
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    assert "Tallypost was not running" in batch.state_reason
    ledger.resume(batch)
    assert batch.state == Batch.State.BUILDING
    assert building.build(batch.pk)
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.SENDING


def test_a_start_missed_by_hours_asks_before_it_sends(provider: Provider, people: People) -> None:
    batch = built(provider, people(5))
    Batch.objects.filter(pk=batch.pk).update(hold_until=timezone.now() - timedelta(hours=2))
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    ledger.resume(batch)
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.SENDING


@pytest.mark.parametrize(
    ("next_id", "n", "first"),
    [(1, 10, 1), (9_999_990, 10, 9_999_990), (9_999_991, 10, 10_000_000), (5, 10_000_000, 10_000_000), (7, 0, 7)],
)
def test_a_block_never_crosses_a_partition(next_id: int, n: int, first: int) -> None:
    assert ids.place(next_id, n) == first


def test_a_block_brings_its_partitions(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_idblock SET next_id = 59999995")
    assert ids.reserve(10) == 60_000_000
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('delivery_message_6'), to_regclass('delivery_message_7')")
        assert None not in cursor.fetchone()


def test_whoever_was_active_last_comes_first_while_a_plan_warms_up(provider: Provider, people: People) -> None:
    readers = people(20)
    emails = list(Contact.objects.filter(subscriptions__list=readers).order_by("id").values_list("email", flat=True))
    clicked, opened = emails[15], emails[10]
    Contact.objects.filter(email=clicked).update(last_clicked_at=timezone.now())
    Contact.objects.filter(email=opened).update(last_opened_at=timezone.now() - timedelta(days=3))
    assert clicked.endswith("gmail.com")
    assert opened.endswith("gmail.com")
    warmup_plans.start(provider=provider, caps=[50])
    batch = built(provider, readers)
    gmail = Message.objects.filter(batch=batch, email__endswith="gmail.com").order_by("id")
    assert list(gmail.values_list("email", flat=True))[:2] == [clicked, opened]
    assert {chunk.lane for chunk in batch.chunks.all()} == {"gmail", "microsoft", "yahoo", "apple", "other"}
