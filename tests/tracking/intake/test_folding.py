from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from contacts.models import Contact, TrackingConsent
from delivery.models import Chunk
from tests.tracking.conftest import Reader, Sent
from tracking import tasks
from tracking.models import Unfolded
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


def test_partitions_are_made_months_ahead(db: None) -> None:
    tasks.partitions()
    tasks.partitions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'tracking_event'::regclass")
        (count,) = cursor.fetchone() or (0,)
    assert count >= 4
