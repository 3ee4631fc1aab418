"""How quickly people clicked: the share that had by so many hours after the start, of several batches side by side."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from delivery.models import Batch
from tracking.models import EventKind, Rollup

MARKS = (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 120, 168)  # hours
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Curve:
    """People who had clicked by each of MARKS; None: that hour is still to come."""

    people: list[int | None]

    def shares(self, delivered: int) -> list[float | None]:
        return [None if known is None or not delivered else known / delivered for known in self.people]


def curves(batches: Collection[Batch], now: datetime) -> dict[int, Curve]:
    rows = (
        Rollup.objects.filter(
            batch_id__in=[batch.pk for batch in batches], kind=EventKind.CLICK, link_id=0, is_machine=False
        )
        .values_list("batch_id", "hour")
        .annotate(sum=Sum("people"))
    )
    by_batch: dict[int, list[tuple[datetime, int]]] = {batch.pk: [] for batch in batches}
    for batch_id, hour, people in rows:
        by_batch[batch_id].append((hour, people))
    return {batch.pk: curve(by_batch[batch.pk], batch.started_at, now) for batch in batches if batch.started_at}


def curve(sums: Collection[tuple[datetime, int]], start: datetime, now: datetime) -> Curve:
    """`sums` are (full hour, people). Hours are counted from the full hour in which it started. Pure."""
    first = start.replace(minute=0, second=0, microsecond=0)
    known: list[int | None] = []
    for mark in MARKS:
        until = first + mark * _HOUR
        is_to_come = until - _HOUR > now
        known.append(None if is_to_come else sum(people for hour, people in sums if hour < until))
    return Curve(known)
