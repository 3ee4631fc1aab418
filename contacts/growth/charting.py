"""A list's growth as a chart draws it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from accounts import wording
from contacts.growth import reading
from contacts.growth.reading import Growth, Period

_DAYS = 90


@dataclass(frozen=True, slots=True)
class OverTime:
    """`periods` are weeks, the latest first; each with the day it begins on."""

    chart: str
    periods: list[tuple[str, Period]]
    growth: Growth

    @property
    def is_drawn(self) -> bool:
        """A line needs more than a point or two."""
        return sum(period.change != reading.Change() or period.total > 0 for _, period in self.periods) > 2


def over_time(list_ids: Collection[int], *, until: date) -> OverTime:
    """The last thirteen weeks: who could be reached at the end of each, who joined and who left."""
    grown = reading.growth(list_ids, since=until - timedelta(days=_DAYS), until=until, step="week")
    labels = [wording.day(period.on, until) for period in grown.periods]
    changes = [period.change for period in grown.periods]
    lines = [
        {"name": "Can be reached", "values": [period.total for period in grown.periods]},
        {"name": "Joined", "values": [change.joined + change.back for change in changes]},
        {"name": "Gone", "values": [change.unsubscribed + change.deleted + change.lost for change in changes]},
    ]
    rows = list(zip(labels, grown.periods, strict=True))
    return OverTime(json.dumps({"labels": labels, "lines": lines}), rows[::-1], grown)
