"""Hourly sums as the points of a chart: by the hour for a day, by the day from then on. Pure."""

import json
from collections.abc import Iterable, Sequence
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
    clicked_by_machines: int = 0
    opened_by_machines: int = 0


_FIELDS = {
    (EventKind.CLICK, False): "clicked",
    (EventKind.OPEN, False): "opened",
    (EventKind.UNSUBSCRIBE, False): "unsubscribed",
    (EventKind.CLICK, True): "clicked_by_machines",
    (EventKind.OPEN, True): "opened_by_machines",
}
_LINES = (("Clicked", "clicked"), ("Opened", "opened"), ("Unsubscribed", "unsubscribed"))
_MACHINES = (("Clicked by machines", "clicked_by_machines"), ("Opened by machines", "opened_by_machines"))


def points(sums: Iterable[tuple[datetime, int, bool, int]], start: datetime, zone: tzinfo) -> list[Point]:
    """`sums` are (hour, kind, by a machine, people). Every hour and day from the first to the last is there, also empty
    ones.

    Hours of the first day stand alone; what came later is gathered by the calendar day of `zone`, and what came after
    two months in one last point.
    """
    first = start.replace(minute=0, second=0, microsecond=0)
    known = [
        (hour, _FIELDS[EventKind(kind), is_machine], people)
        for hour, kind, is_machine, people in sums
        if (kind, is_machine) in _FIELDS and people
    ]
    if not known:
        return []
    last = max(first, *(hour for hour, _, _ in known))
    by_label = {label: Point(label) for label in _labels(first, last, zone)}
    for hour, name, people in known:
        point = by_label[_label(max(hour, first), first, zone)]
        setattr(point, name, getattr(point, name) + people)
    return list(by_label.values())


def chart(series: Sequence[Point], *, with_machines: bool) -> str:
    """What the chart's behaviour reads: JSON with the labels and a line for each act."""
    lines = _LINES + (_MACHINES if with_machines else ())
    return json.dumps(
        {
            "labels": [point.label for point in series],
            "lines": [{"name": name, "values": [getattr(point, field) for point in series]} for name, field in lines],
        }
    )


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
