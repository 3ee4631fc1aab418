"""Cohorts equal a recount of messages and first clicks, also when a click turns out to be a machine's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from delivery.models import Batch, Chunk, Message
from tests.tracking.conftest import Reader, Sent
from tracking import tasks
from tracking.cohorts import folding, reading
from tracking.models import ClickChange, Cohort, Engagement, EventKind, MailedMonth

Send = Callable[..., Sent]


def fold() -> None:
    tasks.fold()
    tasks.fold_cohorts()


def accepted(sent: Sent, at: datetime, *, joined: datetime | None = None) -> Sent:
    """All of its messages, then, in a finished chunk; its people came in at `joined`."""
    ids = [message.id for message in sent.messages]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_message SET accepted_at = %s WHERE id = ANY(%s)", [at, ids])
    Chunk.objects.create(
        batch=sent.batch, first_id=ids[0], last_id=ids[-1], size=len(ids), accepted=len(ids), is_done=True
    )
    if joined:
        Contact.objects.filter(id__in=[message.contact_id for message in sent.messages]).update(created_at=joined)
    return sent


def click(sent: Sent, index: int, *, is_machine: bool = False) -> None:
    Engagement.objects.create(
        message_id=sent.messages[index].id,
        batch=sent.batch,
        kind=EventKind.CLICK,
        is_machine=is_machine,
        first_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


def sums() -> list[tuple[str, str, int, int]]:
    rows = Cohort.objects.order_by("joined", "month").values_list("joined", "month", "mailed", "clicked")
    return [(f"{joined:%Y-%m}", f"{month:%Y-%m}", mailed, clicked) for joined, month, mailed, clicked in rows]


def again(sent: Sent, send: Send) -> Sent:
    """Another batch to the same people."""
    other = send()
    for mine, theirs in zip(other.messages, sent.messages, strict=True):
        Message.objects.filter(id=mine.id).update(contact_id=theirs.contact_id)
        mine.contact_id = theirs.contact_id
    return other


JANUARY, MARCH = datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)


def test_a_person_counts_once_a_month_whatever_they_get_and_click(send: Send) -> None:
    first = accepted(send(), MARCH, joined=JANUARY)
    accepted(again(first, send), MARCH)
    click(first, 0)
    click(first, 1)
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 2)]
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 2)]


def test_a_late_click_belongs_to_the_month_of_its_mail(send: Send, reader: Reader, take_in: Callable[[], int]) -> None:
    sent = accepted(send(), MARCH, joined=JANUARY)
    fold()
    reader("GET", sent.click(1))
    take_in()
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 1)]


def test_a_click_that_was_a_machine_is_taken_back_unless_another_is_left(send: Send) -> None:
    first = accepted(send(), MARCH, joined=JANUARY)
    second = accepted(again(first, send), MARCH)
    for sent in (first, second):
        click(sent, 0)
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 1)]
    Engagement.objects.filter(batch=first.batch).update(is_machine=True)
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 1)]
    Engagement.objects.filter(batch=second.batch).delete()
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 0)]


def test_the_intake_takes_a_scanner_back_that_it_took_for_a_person(
    send: Send, reader: Reader, take_in: Callable[[], int]
) -> None:
    sent = accepted(send(links=3), datetime.now(UTC) - timedelta(seconds=5), joined=JANUARY)
    reader("GET", sent.click(0, 0))
    take_in()
    fold()
    assert [clicked for *_, clicked in sums()] == [1]
    for link in (1, 2):
        reader("GET", sent.click(0, link))
    take_in()
    fold()
    assert [clicked for *_, clicked in sums()] == [0]


def test_machines_rehearsals_and_campaigns_that_count_nobody_are_nobody(send: Send) -> None:
    sent = accepted(send(), MARCH, joined=JANUARY)
    click(sent, 0, is_machine=True)
    rehearsed = accepted(send(rehearsal=True), MARCH, joined=JANUARY)
    click(rehearsed, 0)
    quiet = accepted(send(), MARCH, joined=JANUARY)
    Batch.objects.filter(pk=quiet.batch.pk).update(tracking="off")
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 0)]


def test_a_click_quicker_than_the_word_that_its_mail_was_accepted_waits_for_it(send: Send) -> None:
    sent = send()
    Message.objects.filter(batch=sent.batch).update(accepted_at=None)
    click(sent, 0)
    fold()
    assert not Cohort.objects.exists()
    assert ClickChange.objects.count() == 1
    accepted(sent, MARCH, joined=JANUARY)
    fold()
    assert sums() == [("2026-01", "2026-03", 3, 1)]
    assert not ClickChange.objects.exists()


def test_sums_are_what_the_messages_and_first_clicks_say(send: Send) -> None:
    people = accepted(send(people=8), datetime(2026, 1, 25, tzinfo=UTC), joined=JANUARY)
    later = [accepted(send(people=4), datetime(2026, month, 3, tzinfo=UTC), joined=MARCH) for month in (3, 4, 4)]
    for index in (0, 3, 5):
        click(people, index)
    for index, sent in enumerate(later):
        click(sent, index)
        fold()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT to_char(c.created_at, 'YYYY-MM'), to_char(m.accepted_at, 'YYYY-MM'), count(DISTINCT m.contact_id),
                count(DISTINCT m.contact_id) FILTER (WHERE e.id IS NOT NULL)
            FROM delivery_message m JOIN contacts_contact c ON c.id = m.contact_id
            LEFT JOIN tracking_engagement e
                ON e.message_id = m.id AND e.kind = 2 AND e.link_id = 0 AND NOT e.is_machine
            GROUP BY 1, 2 ORDER BY 1, 2
            """
        )
        assert sums() == cursor.fetchall()


def test_counting_anew_forgets_who_is_no_more(send: Send) -> None:
    sent = accepted(send(), MARCH, joined=JANUARY)
    click(sent, 0)
    fold()
    gone = sent.messages[0].contact_id
    with connection.cursor() as cursor:  # as a whole set of people is removed, past Django's cascade
        cursor.execute("DELETE FROM contacts_subscription WHERE contact_id = %s", [gone])
        cursor.execute("DELETE FROM contacts_contact WHERE id = %s", [gone])
    folding.recount()
    assert sums() == [("2026-01", "2026-03", 2, 0)]
    assert MailedMonth.objects.count() == 2


def test_the_table_has_a_row_a_month_of_joining_and_no_cell_where_the_month_is_to_come(db: None) -> None:
    Cohort.objects.create(joined=date(2026, 1, 1), month=date(2026, 1, 1), mailed=100, clicked=12)
    Cohort.objects.create(joined=date(2026, 1, 1), month=date(2026, 3, 1), mailed=10, clicked=5)
    Cohort.objects.create(joined=date(2026, 3, 1), month=date(2026, 3, 1), mailed=40, clicked=0)
    march, january = reading.cohorts(date(2026, 3, 15))
    assert (march.joined, january.joined) == (date(2026, 3, 1), date(2026, 1, 1))
    assert [cell and cell.share for cell in january.cells] == [pytest.approx(0.12), None, 0.5]
    assert [cell and cell.has_few for cell in january.cells] == [False, False, True]
    assert [cell and cell.share for cell in march.cells] == [0, None, None]
    assert march.cells[1:] == [None, None]
    assert reading.cohorts(date(2030, 1, 1)) == []


def test_reading_asks_one_table(db: None) -> None:
    Cohort.objects.create(joined=date(2026, 1, 1), month=date(2026, 1, 1), mailed=100, clicked=12)
    with CaptureQueriesContext(connection) as captured:
        reading.cohorts(date(2026, 3, 15))
    assert len(captured) == 1
