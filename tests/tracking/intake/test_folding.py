from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from contacts.models import Contact, TrackingConsent
from delivery.models import Chunk, Message
from tests.tracking.conftest import Reader, Sent
from tracking import removing, tasks
from tracking.models import Event, Unfolded
from tracking.reports import numbers


def chunk(sent: Sent) -> None:
    first, last = sent.messages[0].id, sent.messages[-1].id
    Chunk.objects.create(batch=sent.batch, first_id=first, last_id=last - 1, size=2, accepted=2, is_done=True)
    Chunk.objects.create(batch=sent.batch, ids=[last], size=1, accepted=1, is_done=True)


def test_contacts_learn_when_they_last_got_opened_and_clicked(
    sent: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    chunk(sent)
    reader("GET", sent.open(0))
    reader("GET", sent.click(0))
    reader("GET", sent.open(1), agent="Mozilla/5.0")
    take_in()
    tasks.fold()
    first, second, third = (sent.contact(index) for index in range(3))
    assert first.last_opened_at
    assert first.last_clicked_at
    assert (second.last_opened_at, third.last_opened_at) == (None, None)
    assert {person.last_sent_at for person in (first, second, third)} == {sent.messages[0].accepted_at}
    assert not Unfolded.objects.exists()


def test_folding_twice_and_late_events_never_turn_time_back(
    sent: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    reader("GET", sent.open(0))
    take_in()
    tasks.fold()
    known = sent.contact().last_opened_at
    Unfolded.objects.create(contact_id=sent.contact().id, opened_at=timezone.now() - timedelta(days=3))
    tasks.fold()
    tasks.fold()
    assert sent.contact().last_opened_at == known


def test_a_rehearsal_leaves_contacts_as_they_are(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    sent = send(rehearsal=True)
    chunk(sent)
    reader("GET", sent.open(0))
    reader("GET", sent.click(0))
    take_in()
    tasks.fold()
    person = sent.contact()
    assert (person.last_sent_at, person.last_opened_at, person.last_clicked_at) == (None, None, None)


def test_who_refused_tracking_is_reported_as_not_measured(sent: Sent) -> None:
    chunk(sent)
    Contact.objects.filter(email=sent.messages[0].email).update(
        open_consent=TrackingConsent.REFUSED, click_consent=TrackingConsent.REFUSED
    )
    tasks.fold()
    tasks.fold()
    assert numbers.report([sent.batch.id]).unmeasured == 1


def test_the_last_campaigns_of_a_person_are_known_bit_by_bit(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    """Three campaigns to one person, a rehearsal in between; told late, twice, in doubt, and one is removed."""
    sends = [send(people=1), send(people=1, rehearsal=True), send(people=1), send(people=1)]
    ana = sends[0].contact()
    for number, sent in enumerate(sends):
        at = timezone.now() - timedelta(days=9 - number)
        Message.objects.filter(id=sent.messages[0].id).update(contact_id=ana.pk, accepted_at=at)
    first, rehearsed, second, third = sends
    ids = [sent.messages[0].id for sent in sends]

    def done(sent: Sent) -> None:
        (message,) = sent.messages
        # Tried again before anybody looked: it is in two chunks.
        Chunk.objects.create(batch=sent.batch, first_id=message.id, last_id=message.id, size=1, is_done=True)
        Chunk.objects.create(batch=sent.batch, ids=[message.id], size=1, accepted=1, is_done=True)

    def known() -> tuple[int, str, str]:
        tasks.fold()
        tasks.fold()
        ana.refresh_from_db()
        return ana.recent_mails, f"{ana.recent_opened:b}", f"{ana.recent_clicked:b}"

    reader("GET", first.open())  # before its chunk is done
    reader("GET", rehearsed.open())
    take_in()
    Unfolded.objects.all().delete()
    for sent in (first, rehearsed):
        done(sent)
    assert known() == (1, "1", "0")
    for sent in (second, third):
        done(sent)
    reader("GET", second.click())
    take_in()
    assert known() == (3, "100", "10")
    reader("GET", second.open())
    reader("GET", third.click())
    take_in()
    reader("GET", third.click())
    take_in()
    assert known() == (3, "110", "11")
    # What took back all of a mail's clicks, such as a provider that knows a program.
    click = Event.objects.filter(message_id=ids[3]).earliest("at")
    tasks.turn_flagged(message_id=ids[3], kind="clicked", at=click.at.isoformat())
    assert known() == (3, "110", "10")
    with connection.cursor() as cursor:  # it was uncertain when its chunk was folded
        cursor.execute("UPDATE tracking_lastmailed SET batch_ids = ARRAY[%s, %s]", [third.batch.pk, first.batch.pk])
    Contact.objects.filter(pk=ana.pk).update(recent_mails=2, recent_opened=0b10, recent_clicked=0)
    reader("GET", second.open())
    take_in()
    assert known() == (3, "110", "10")
    with transaction.atomic():
        removing.remove([second.batch])
        Message.objects.filter(batch=second.batch).delete()
    assert known() == (2, "10", "0")


def test_partitions_are_made_months_ahead(db: None) -> None:
    tasks.partitions()
    tasks.partitions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'tracking_event'::regclass")
        (count,) = cursor.fetchone() or (0,)
    assert count >= 4
