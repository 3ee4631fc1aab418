"""Hourly sums as the points of a chart: by the hour for a day, by the day from then on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from tracking.models import EventKind

_BY_THE_HOUR = timedelta(hours=24)
_HOUR = timedelta(hours=1)
_SHOWN = timedelta(days=60)


@dataclass(slots=True)
class Point:
    label: str
    clicked: int = 0
    opened: int = 0
    unsubscribed: int = 0


_FIELDS = {EventKind.CLICK: "clicked", EventKind.OPEN: "opened", EventKind.UNSUBSCRIBE: "unsubscribed"}


def points(sums: Iterable[tuple[datetime, int, int]], start: datetime, zone: tzinfo) -> list[Point]:
    """`sums` are (hour, kind, people). Every hour and day between the first and the last is there, also empty ones.

    Hours of the first day stand alone; what came later is gathered by the calendar day of `zone`, and what came after
    two months in one last point.
    """
    first = start.replace(minute=0, second=0, microsecond=0)
    known = [(hour, _FIELDS[EventKind(kind)], people) for hour, kind, people in sums if kind in _FIELDS and people]
    if not known:
        return []
    last = max(first, *(hour for hour, _, _ in known))
    by_label = {label: Point(label) for label in _labels(first, last, zone)}
    for hour, name, people in known:
        point = by_label[_label(max(hour, first), first, zone)]
        setattr(point, name, getattr(point, name) + people)
    return list(by_label.values())


def _labels(first: datetime, last: datetime, zone: tzinfo) -> list[str]:
    end = min(last, first + _SHOWN)
    hours = [first + _HOUR * number for number in range(int((end - first) / _HOUR) + 1)]
    return list(dict.fromkeys(_label(hour, first, zone) for hour in [*hours, last]))


def _label(hour: datetime, first: datetime, zone: tzinfo) -> str:
    if hour - first > _SHOWN:
        return "later"
    local = hour.astimezone(zone)
    if hour - first < _BY_THE_HOUR:
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b}"
