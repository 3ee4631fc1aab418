"""How lists grew: by day, week or month, with the total after each. Read from days alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.db.models.functions import TruncMonth, TruncWeek

from accounts.calendar.weeks import monday_of
from contacts.growth.models import ListDay

STEPS = {"day": "Day", "week": "Week", "month": "Month"}


@dataclass(frozen=True, slots=True)
class Change:
    joined: int = 0
    back: int = 0
    unsubscribed: int = 0
    deleted: int = 0
    lost: int = 0

    @property
    def net(self) -> int:
        return self.joined + self.back - self.unsubscribed - self.deleted - self.lost

    def __add__(self, other: "Change") -> "Change":
        return Change(*(getattr(self, name) + getattr(other, name) for name in FIELDS))


FIELDS = tuple(field.name for field in fields(Change))


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week that begins on that Monday, or a month; `total` are those who can be reached at its end."""

    on: date
    change: Change
    total: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Of one list, or of several added up: whoever is on two of them counts twice."""

    before: int
    periods: list[Period]

    @property
    def change(self) -> Change:
        return sum((period.change for period in self.periods), Change())

    @property
    def total(self) -> int:
        return self.periods[-1].total if self.periods else self.before


def growth(list_ids: Collection[int], *, since: date, until: date, step: str = "day") -> Growth:
    """From the beginning of the period that `since` is in; periods in which nothing happened are there, too."""
    first = _beginning(since, step)
    days = ListDay.objects.filter(list_id__in=list_ids)
    before = _added(days.filter(on__lt=first)).net
    known = _by_period(days.filter(on__gte=first, on__lte=until), step)
    periods, total = [], before
    for on in _beginnings(first, until, step):
        change = known.get(on, Change())
        total += change.net
        periods.append(Period(on, change, total))
    return Growth(before, periods)


def by_list(*, since: date, until: date) -> dict[int, tuple[Change, int]]:
    """For every list that ever changed: what happened since, and who can be reached now."""
    days = ListDay.objects.filter(on__lte=until).values("list_id")
    totals = {row["list_id"]: _change(row).net for row in days.annotate(**_SUMS)}
    lately = {row["list_id"]: _change(row) for row in days.filter(on__gte=since).annotate(**_SUMS)}
    return {list_id: (lately.get(list_id, Change()), total) for list_id, total in totals.items()}


_SUMS = {f"{name}_sum": Sum(name) for name in FIELDS}


def _added(days: Any) -> Change:
    return _change(days.aggregate(**_SUMS))


def _change(row: Mapping[str, Any]) -> Change:
    return Change(*(row[f"{name}_sum"] or 0 for name in FIELDS))


def _by_period(days: Any, step: str) -> dict[date, Change]:
    if step == "day":
        rows: Iterable[dict[str, Any]] = days.values("on").annotate(**_SUMS)
        return {row["on"]: _change(row) for row in rows}
    truncated = TruncWeek("on") if step == "week" else TruncMonth("on")
    found: dict[date, Change] = defaultdict(Change)
    for row in days.annotate(period=truncated).values("period").annotate(**_SUMS):
        found[row["period"]] = _change(row)
    return found


def _beginning(on: date, step: str) -> date:
    if step == "week":
        return monday_of(on)
    return on.replace(day=1) if step == "month" else on


def _beginnings(first: date, until: date, step: str) -> Iterable[date]:
    on = first
    while on <= until:
        yield on
        on = _beginning(on + timedelta(days=32), "month") if step == "month" else on + _LENGTHS[step]


_LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7)}
