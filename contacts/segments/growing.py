"""How many people a segment held day by day, as a chart draws it and as a table says it."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from accounts import wording
from contacts.models import Segment, SegmentDay

_DAYS = 90


@dataclass(frozen=True, slots=True)
class OverTime:
    """`days` are those that were counted, the latest first; each with what changed since the one before, in words."""

    chart: str
    days: list[tuple[SegmentDay, str]]

    @property
    def is_drawn(self) -> bool:
        """A line needs more than a point or two."""
        return len(self.days) > 2


def over_time(segment: Segment, *, until: date) -> OverTime:
    """Of the last ninety days. A day on which it was not counted, as nothing ran, is a gap."""
    found = list(segment.days.filter(day__gt=until - timedelta(days=_DAYS), day__lte=until).order_by("day"))
    if not found:
        return OverTime("", [])
    people = {one.day: one.people for one in found}
    span = [found[0].day + timedelta(days=n) for n in range((found[-1].day - found[0].day).days + 1)]
    chart = {
        "labels": [wording.day(on, until) for on in span],
        "lines": [{"name": "People", "values": [people.get(on) for on in span]}],
        "gaps": True,
    }
    changes = ["–", *(wording.signed(after.people - before.people) for before, after in pairwise(found))]
    return OverTime(json.dumps(chart), list(zip(found, changes, strict=True))[::-1])
