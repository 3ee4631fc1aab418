"""Figures of several batches equal a recount of the events themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delivery.models import Batch, Chunk, FeedbackCount
from tests.tracking.conftest import Reader, Sent
from tracking.models import EventKind, Rollup
from tracking.reports import batch_sums, best_hours, since_start
from tracking.reports.batch_sums import Sums

Send = Callable[..., Sent]
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_figures_of_batches_are_those_of_their_events(send: Send, reader: Reader, take_in: Callable[[], int]) -> None:
    first, second = send(people=4), send(people=3)
    for sent, readers in ((first, (0, 1, 1, 3)), (second, (2,))):
        for index in readers:
            reader("GET", sent.click(index))
            reader("GET", sent.open(index))
    reader("GET", second.open(0), agent="Mozilla/5.0")  # a machine
    reader("POST", first.unsubscribe(0))
    take_in()
    sums = batch_sums.by_batch([first.batch, second.batch])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT batch_id, kind, count(DISTINCT message_id) FROM tracking_event WHERE NOT is_machine GROUP BY 1, 2"
        )
        recounted = {(batch_id, kind): people for batch_id, kind, people in cursor.fetchall()}
    for sent in (first, second):
        found = sums[sent.batch.id]
        assert found.clicked == recounted[(sent.batch.id, EventKind.CLICK)]
        assert found.opened == recounted[(sent.batch.id, EventKind.OPEN)]
        assert found.unsubscribed == recounted.get((sent.batch.id, EventKind.UNSUBSCRIBE), 0)
    assert (sums[first.batch.id].clicked, sums[second.batch.id].clicked) == (3, 1)
    assert batch_sums.added(sums.values()) == Sums(accepted=7, clicked=4, opened=4, unsubscribed=1)


def test_one_mailbox_provider_has_figures_of_its_own(send: Send, reader: Reader, take_in: Callable[[], int]) -> None:
    sent = send()
    Chunk.objects.create(batch=sent.batch, lane="gmail", size=2, accepted=2, is_done=True)
    Chunk.objects.create(batch=sent.batch, lane="yahoo", size=1, accepted=1, is_done=True)
    FeedbackCount.objects.create(batch=sent.batch, lane="yahoo", hard=1, complained=0)
    reader("GET", sent.click(0))
    take_in()
    assert batch_sums.by_batch([sent.batch], "gmail")[sent.batch.id] == Sums(accepted=2, clicked=1)
    at_yahoo = batch_sums.by_batch([sent.batch], "yahoo")[sent.batch.id]
    assert (at_yahoo.delivered, at_yahoo.bounced, at_yahoo.share("bounced"), at_yahoo.share("clicked")) == (
        0,
        1,
        1,
        None,
    )


def test_many_batches_cost_as_many_queries_as_one(send: Send) -> None:
    sent = [send() for _ in range(5)]

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            batch_sums.by_batch([each.batch for each in sent[:count]])
        assert not [query["sql"] for query in captured if "tracking_event" in query["sql"]]
        return len(captured)

    assert queries(1) == queries(5) <= 4


def rollup(batch: Batch, hour: datetime, people: int, kind: EventKind = EventKind.CLICK, **more: bool) -> None:
    Rollup.objects.create(
        batch=batch, hour=hour, kind=kind, people=people, total=people, **{"is_machine": False} | more
    )


def begun(sent: Sent, at: datetime) -> Batch:
    Batch.objects.filter(pk=sent.batch.pk).update(started_at=at)
    sent.batch.refresh_from_db()
    return sent.batch


def test_a_curve_counts_up_by_hours_since_the_start_and_ends_at_now() -> None:
    start = datetime(2026, 6, 1, 9, 40, tzinfo=UTC)
    nine = start.replace(minute=0)
    sums = [(nine, 3), (nine + timedelta(hours=1), 2), (nine + timedelta(hours=30), 1)]
    found = since_start.curve(sums, start, start + timedelta(hours=31))
    by_mark = dict(zip(since_start.MARKS, found.people, strict=True))
    assert (by_mark[1], by_mark[2], by_mark[24], by_mark[36]) == (3, 5, 5, None)
    done = since_start.curve(sums, start, start + timedelta(days=30))
    assert done.people[-1] == 6
    assert done.shares(60)[0] == pytest.approx(0.05)


def test_every_campaign_weighs_the_same_in_the_hours(send: Send) -> None:
    small, large = begun(send(), NOW - timedelta(days=20)), begun(send(), NOW - timedelta(days=10))
    tuesday_nine = datetime(2026, 6, 16, 7, tzinfo=UTC)  # 09:00 in Berlin
    sunday_ten = datetime(2026, 6, 21, 8, tzinfo=UTC)
    rollup(small, tuesday_nine, 20)
    rollup(large, tuesday_nine, 100)
    rollup(large, sunday_ten, 300)
    rollup(large, sunday_ten, 5000, is_machine=True)
    found = best_hours.best_hours(EventKind.CLICK, 90, NOW, BERLIN)
    assert found.rows[9][1].share == pytest.approx((1 + 0.25) / 2)
    assert found.rows[10][6].share == pytest.approx(0.75 / 2)
    assert sum(cell.share for row in found.rows for cell in row) == pytest.approx(1)
    assert (found.campaigns, found.people, found.has_few) == (2, 420, True)
    assert [(cell.day, cell.hour) for cell in found.best] == [(1, 9), (6, 10)]


def test_hours_follow_the_clock_of_the_organisation_through_summer_and_winter(send: Send) -> None:
    batch = begun(send(), datetime(2026, 3, 27, tzinfo=UTC))
    rollup(batch, datetime(2026, 3, 27, 8, tzinfo=UTC), 10)  # Friday 09:00, winter
    rollup(batch, datetime(2026, 4, 3, 7, tzinfo=UTC), 10)  # Friday 09:00, summer
    found = best_hours.best_hours(EventKind.CLICK, 365, NOW, BERLIN)
    assert found.rows[9][4].people == 20


def test_hours_leave_out_rehearsals_small_campaigns_and_what_is_too_long_ago(send: Send) -> None:
    hour = datetime(2026, 6, 16, 7, tzinfo=UTC)
    rollup(begun(send(rehearsal=True), NOW - timedelta(days=9)), hour, 50)
    rollup(begun(send(), NOW - timedelta(days=9)), hour, best_hours.LEAST_OF_ONE - 1)
    rollup(begun(send(), NOW - timedelta(days=91)), hour, 50)
    assert best_hours.best_hours(EventKind.CLICK, 90, NOW, BERLIN).campaigns == 0
    assert best_hours.best_hours(EventKind.CLICK, 365, NOW, BERLIN).campaigns == 1
    assert best_hours.best_hours(EventKind.OPEN, 365, NOW, BERLIN).campaigns == 0


def test_hours_are_of_first_clicks_as_events_say(send: Send, reader: Reader, take_in: Callable[[], int]) -> None:
    sent = send(people=25)
    begun(sent, datetime.now(UTC) - timedelta(minutes=10))
    for index in range(22):
        reader("GET", sent.click(index))
        reader("GET", sent.click(index))
    take_in()
    found = best_hours.best_hours(EventKind.CLICK, 90, datetime.now(UTC), BERLIN)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(isodow FROM at AT TIME ZONE 'Europe/Berlin')::int - 1,"
            " extract(hour FROM at AT TIME ZONE 'Europe/Berlin')::int, count(*) FROM ("
            " SELECT message_id, min(at) AS at FROM tracking_event WHERE kind = 2 AND NOT is_machine GROUP BY 1) first"
            " GROUP BY 1, 2"
        )
        recounted = {(day, hour): people for day, hour, people in cursor.fetchall()}
    assert {(cell.day, cell.hour): cell.people for row in found.rows for cell in row if cell.people} == recounted
