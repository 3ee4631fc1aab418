from datetime import datetime
from typing import Any

from celery import shared_task
from django.db import connection
from django.utils import timezone

from delivery.queueing import enqueue
from tracking import keeping, tagging
from tracking.cohorts import folding as cohorts
from tracking.intake import crowds, flagged, folding, learning

_MONTHS_AHEAD = 3


@shared_task(name="tracking.fold", queue="jobs")
def fold() -> None:
    folding.fold()
    learning.catch_up()
    with connection.cursor() as cursor:
        crowds.forget(cursor, timezone.now() - crowds.KEPT)


@shared_task(name="tracking.fold_cohorts", queue="jobs", ignore_result=True)
def fold_cohorts() -> None:
    cohorts.fold()


@shared_task(name="tracking.partitions", queue="control")
def partitions() -> None:
    """Make the events' partitions of this month and the next ones. Safe to run twice."""
    today = timezone.now().date()
    with connection.cursor() as cursor:
        for ahead in range(_MONTHS_AHEAD + 1):
            cursor.execute("SELECT tracking_event_partition(%s)", [keeping.months_after(today, ahead)])


@shared_task(name="tracking.take_off_events", queue="jobs", ignore_result=True)
def take_off_events() -> None:
    keeping.take_off()


@shared_task(name="tracking.tag_people", queue="jobs", acks_late=True, ignore_result=True)
def tag_people(*, tagging_id: int) -> None:
    tagging.work(tagging_id)


@shared_task(name="tracking.sweep_taggings", queue="jobs", ignore_result=True)
def sweep_taggings() -> None:
    """Takes up what a killed worker left half done."""
    for tagging_id in tagging.abandoned():
        tag_people.delay(tagging_id=tagging_id)


@shared_task(name="tracking.flagged", queue="jobs")
def turn_flagged(*, message_id: int, kind: str, at: str) -> None:
    """`at` in ISO 8601. Safe to run twice."""
    flagged.turn(message_id, kind, datetime.fromisoformat(at))


def when_automated(sender: object, *, message_id: int, kind: str, at: datetime | None, **_: Any) -> None:
    """Receives delivery.feedback.acting.automated."""
    if at is not None:
        enqueue("tracking.flagged", queue="jobs", message_id=message_id, kind=kind, at=at.isoformat())
