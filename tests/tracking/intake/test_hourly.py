"""What trends read equals the sum over the batches that count in trends, whatever was corrected since."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from delivery.models import Batch, Message
from tests.tracking.conftest import Reader, Sent
from tracking import tasks
from tracking.intake import hourly
from tracking.models import EventKind, Hourly, Rollup

Key = tuple[datetime, int, bool]


def of_batches() -> dict[Key, tuple[int, int]]:
    rows = Rollup.objects.filter(link_id=0, batch__rehearsal=False, batch__stream=Batch.Stream.MARKETING)
    summed = rows.values_list("hour", "kind", "is_machine").annotate(Sum("total"), Sum("people"))
    return {(hour, kind, machine): (total, people) for hour, kind, machine, total, people in summed if total or people}


def of_trends() -> dict[Key, tuple[int, int]]:
    summed = Hourly.objects.values_list("hour", "kind", "is_machine").annotate(Sum("total"), Sum("people"))
    return {(hour, kind, machine): (total, people) for hour, kind, machine, total, people in summed if total or people}


def read(reader: Reader, sent: Sent) -> None:
    reader("GET", sent.open(0))
    reader("GET", sent.open(0))
    reader("GET", sent.click(1, 0))
    reader("GET", sent.click(2, 1), agent="BarracudaCentral-LinkCheck/1.0")
    reader("POST", sent.unsubscribe(1), b"List-Unsubscribe=One-Click")


def test_trends_sum_up_real_batches_and_no_rehearsal(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    first, second, rehearsal, single = send(), send(), send(rehearsal=True), send()
    Batch.objects.filter(pk=single.batch.pk).update(stream=Batch.Stream.TRANSACTIONAL)
    for sent in (first, second, rehearsal, single):
        read(reader, sent)
        take_in()
    assert of_trends() == of_batches()
    people = Counter({(kind, machine): counts[1] for (_, kind, machine), counts in of_trends().items()})
    assert people[EventKind.OPEN, False] == people[EventKind.UNSUBSCRIBE, False] == 2
    assert people[EventKind.CLICK, True] == 2


def test_clicks_found_to_be_a_machines_leave_the_trend(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    sent = send(links=6)
    Message.objects.filter(batch=sent.batch).update(accepted_at=timezone.now() - timedelta(seconds=5))
    reader("GET", sent.click(0, 0))
    take_in()
    assert of_trends() == of_batches() != {}
    for link in range(1, 6):
        reader("GET", sent.click(0, link))
    take_in()
    assert of_trends() == of_batches()
    assert {machine for _, _, machine in of_trends()} == {True}


def test_folding_leaves_one_row_an_hour_and_the_same_sums(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    sent = send()
    for _ in range(3):
        read(reader, sent)
        take_in()
        tasks.fold()
        tasks.fold()
    assert of_trends() == of_batches()
    assert Hourly.objects.count() == len(of_trends())


def test_a_deleted_batch_leaves_the_trend_with_it(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    kept, gone = send(), send()
    for sent in (kept, gone):
        read(reader, sent)
    take_in()
    tasks.fold()
    hourly.forget([gone.batch.pk])
    Batch.objects.filter(pk=gone.batch.pk).delete()
    assert of_trends() == of_batches() != {}
    tasks.fold()
    assert of_trends() == of_batches()


def test_installation_that_is_updated_finds_its_past_in_the_trend(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    for sent in (send(), send(rehearsal=True)):
        read(reader, sent)
    take_in()
    Rollup.objects.update(hour=Rollup.objects.all()[0].hour - timedelta(days=40))
    expected = of_batches()
    Hourly.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("tracking.migrations.0003_sums_by_hour").FROM_ROLLUPS)
    assert of_trends() == expected
    hourly.recount()
    assert of_trends() == expected
