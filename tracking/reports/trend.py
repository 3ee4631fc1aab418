"""What all campaigns together brought, by the day or the week: read from sums by the hour, never from events.

Rehearsals, test mails and machines are left out. Who opened three campaigns counts three times: as three mails.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts import wording
from accounts.calendar.weeks import monday_of
from delivery.feedback.by_hour import COUNTS
from tracking.models import EventKind

SPANS = (30, 90, 365)
_BY_THE_DAY = 30  # longer spans go by the week
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """What the chart may draw. Those of `few` have a scale of their own: beside openings nobody would see them."""

    key: str
    label: str
    definition: str
    few: bool = False
    by_person: bool = False  # told of those mails alone that count by person


LINES = (
    Line("opened", "Opened", "Mails whose pictures were loaded, an estimate. Machines are left out.", by_person=True),
    Line(
        "clicked",
        "Clicked",
        "Mails in which somebody followed at least one link. Machines are left out.",
        by_person=True,
    ),
    Line("unsubscribed", "Unsubscribed", "Left by a mail’s link or by the button of their mail program.", few=True),
    Line("bounced", "Bounced", "Accepted at first, and came back: for now or for good.", few=True),
    Line("complained", "Marked as spam", "As far as mailbox providers tell; Gmail names nobody.", few=True),
)
KEYS = ("accepted", *(line.key for line in LINES))
COUNTED = "counted"
_KINDS = {EventKind.OPEN: "opened", EventKind.CLICK: "clicked", EventKind.UNSUBSCRIBE: "unsubscribed"}


@dataclass(frozen=True, slots=True)
class Point:
    """A day, or a week that begins with that Monday."""

    on: date
    label: str
    accepted: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    complained: int = 0
    counted: int = 0  # of the accepted, by campaigns that count opens and clicks by person


@dataclass(frozen=True)
class Trend:
    """The last `days`, in the time zone that is active. `shown`: keys of the lines that the chart draws."""

    days: int
    shown: frozenset[str] = field(default_factory=lambda: frozenset(line.key for line in LINES))

    @property
    def is_by_week(self) -> bool:
        return self.days > _BY_THE_DAY

    @cached_property
    def points(self) -> list[Point]:
        today = timezone.localdate()
        first = today - timedelta(days=self.days - 1)
        step = "week" if self.is_by_week else "day"
        begin = monday_of(first) if self.is_by_week else first
        found = _read(_start_of(begin), None, step)
        length = timedelta(days=7 if self.is_by_week else 1)
        points, on = [], begin
        while on <= today:
            points.append(Point(on, wording.day(on, today), **found.get(on, {})))
            on += length
        return points

    @cached_property
    def totals(self) -> Counts:
        return {key: sum(getattr(point, key) for point in self.points) for key in KEYS}

    @cached_property
    def counted(self) -> int:
        return sum(point.counted for point in self.points)

    @property
    def is_empty(self) -> bool:
        return not any(self.totals.values())

    @property
    def lines(self) -> list[dict[str, Any]]:
        """For the choice above the chart: each with its sum and its share of the accepted."""
        counts = self.totals | {COUNTED: self.counted}
        return [
            {
                "line": line,
                "is_shown": line.key in self.shown,
                "total": self.totals[line.key],
                "share": share(line, counts),
            }
            for line in LINES
        ]

    @property
    def chart(self) -> str:
        """What the chart's behaviour reads."""
        lines = [
            {
                "key": line.key,
                "name": line.label,
                "few": line.few,
                "values": [getattr(point, line.key) for point in self.points],
            }
            for line in LINES
            if line.key in self.shown
        ]
        return json.dumps({"labels": [point.label for point in self.points], "lines": lines})


def share(line: Line, counts: Counts) -> float | None:
    """Of the accepted, or of those that count by person."""
    whole = counts[COUNTED if line.by_person else "accepted"]
    return counts[line.key] / whole if whole else None


def between(since: date, until: date) -> Counts:
    """Sums from the beginning of `since` to the end of `until`."""
    counts = dict.fromkeys((*KEYS, COUNTED), 0)
    for found in _read(_start_of(since), _start_of(until + timedelta(days=1)), "day").values():
        for key, count in found.items():
            counts[key] += count
    return counts


def _start_of(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))


def _read(since: datetime, until: datetime | None, step: str) -> dict[date, Counts]:
    """By the day or the Monday; three statements over sums."""
    with connection.cursor() as cursor:
        given = {"since": since, "until": until, "step": step, "zone": str(timezone.get_current_timezone())}
        cursor.execute(_DONE, {**given, "kinds": list(_KINDS)})
        rows = [(on, _KINDS[EventKind(kind)], people) for on, kind, people in cursor.fetchall()]
        cursor.execute(_RETURNED, given)
        for on, bounced, complained in cursor.fetchall():
            rows += [(on, "bounced", bounced), (on, "complained", complained)]
        cursor.execute(_ACCEPTED, given)
        for on, accepted, counted in cursor.fetchall():
            rows += [(on, "accepted", accepted), (on, COUNTED, counted)]
    return _by_day(rows)


def _by_day(rows: Iterable[tuple[date, str, int]]) -> dict[date, Counts]:
    found: dict[date, Counts] = defaultdict(dict)
    for on, key, count in rows:
        found[on][key] = int(count)
    return found


def _on(at: str) -> str:
    return f"date_trunc(%(step)s, {at} AT TIME ZONE %(zone)s)::date"


def _within(at: str) -> str:
    return f"{at} >= %(since)s AND (%(until)s::timestamptz IS NULL OR {at} < %(until)s)"


_DONE = f"""
SELECT {_on("hour")}, kind, sum(people) FROM tracking_hourly
WHERE NOT is_machine AND kind = ANY(%(kinds)s) AND {_within("hour")} GROUP BY 1, 2
"""  # noqa: S608
_RETURNED = f"""
SELECT {_on("hour")}, sum(hard + soft), sum(complained) FROM delivery_feedbackhour
WHERE {_within("hour")} GROUP BY 1
"""  # noqa: S608
# By the time a campaign began; what is on its way now is counted in its chunks.
_ACCEPTED = f"""
SELECT {_on("b.started_at")}, sum(b.accepted + coalesce(c.accepted, 0)),
    coalesce(sum(b.accepted + coalesce(c.accepted, 0)) FILTER (WHERE b.tracking = 'individual'), 0)
FROM delivery_batch b LEFT JOIN LATERAL (
    SELECT sum(accepted) AS accepted FROM delivery_chunk
    WHERE batch_id = b.id AND NOT is_done AND b.finished_at IS NULL) c ON true
WHERE {COUNTS} AND {_within("b.started_at")} GROUP BY 1
"""  # noqa: S608
