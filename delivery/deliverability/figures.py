"""How mail arrived, by mailbox provider, sending domain and way out. Read from the sums of chunks and of what came
back, never from messages: two hundred thousand chunks, a hundred million mails, take a tenth of a second.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from accounts.calendar.weeks import monday_of
from accounts.models import Organisation
from delivery.deliverability.days import BEGINS, FIGURES, STANDING
from delivery.models import Provider
from delivery.policy import advice, mailbox_providers
from delivery.policy.advice import About, Advice, Figures

SPANS = (7, 30, 90)
_BY_THE_DAY = 30  # longer spans go by the week
LANES = {"gmail": "Gmail", "microsoft": "Microsoft", "yahoo": "Yahoo", "apple": "Apple", "other": "All others"}


class _Shares:
    """What rows of the table and points of the chart have of their figures; None where there is nothing to share."""

    __slots__ = ()
    figures: Figures

    @property
    def put_off(self) -> float | None:
        return self.figures.put_off_share

    @property
    def hard(self) -> float | None:
        return self.figures.of_accepted(self.figures.hard)

    @property
    def soft(self) -> float | None:
        return self.figures.of_accepted(self.figures.soft)

    @property
    def complained(self) -> float | None:
        return self.figures.of_accepted(self.figures.complained)


@dataclass(frozen=True, slots=True)
class Row(_Shares):
    label: str
    figures: Figures
    advice: Advice

    @property
    def refused(self) -> float | None:
        return self.figures.of_tried(self.figures.refused)

    @property
    def complaint_kind(self) -> str:
        return advice.complaint_kind(self.complained)


@dataclass(frozen=True, slots=True)
class Point(_Shares):
    """A day, or a week that begins with that Monday; of what was begun to be sent then."""

    on: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Table:
    about: About
    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class _Sum:
    """Of one batch at one mailbox provider."""

    started_at: datetime
    sender_domain: str
    provider_id: int | None
    lane: str
    figures: Figures


class Deliverability:
    """Of all that was really sent within `days`: everything, or what one domain sends, or one provider carries."""

    def __init__(self, days: int, *, domain: str = "", provider_id: int | None = None) -> None:
        self.days = days
        self._zone = Organisation.zone()
        self._sums = _read(timezone.now() - timedelta(days=days), self._zone, domain, provider_id)

    @property
    def is_empty(self) -> bool:
        return not any(each.figures.tried for each in self._sums)

    @property
    def is_by_week(self) -> bool:
        return goes_by_week(self.days)

    @property
    def whole(self) -> Figures:
        return _added(each.figures for each in self._sums)

    @property
    def by_domain(self) -> dict[str, Figures]:
        return self._grouped(lambda each: each.sender_domain)

    @property
    def tables(self) -> list[Table]:
        names = {provider.pk: provider.name for provider in Provider.objects.all()}
        return [
            Table(About.MAILBOX, "By mailbox", self._mailboxes()),
            Table(About.DOMAIN, "By sending domain", self._rows(About.DOMAIN, lambda each: each.sender_domain)),
            Table(
                About.PROVIDER,
                "By provider",
                self._rows(About.PROVIDER, lambda each: names.get(each.provider_id or 0, "")),
            ),
        ]

    @property
    def points(self) -> list[Point]:
        """By the day, of ninety days by the week; days on which nothing was begun are left out."""
        zone, by_day = ZoneInfo(self._zone), defaultdict[date, list[Figures]](list)
        for each in self._sums:
            by_day[beginning(each.started_at.astimezone(zone).date(), self.days)].append(each.figures)
        points = [Point(on, _added(found)) for on, found in sorted(by_day.items())]
        return [point for point in points if point.figures.accepted]

    def _mailboxes(self) -> list[Row]:
        found = self._grouped(lambda each: each.lane)
        return [
            Row(LANES[lane], found[lane], advice.advise(found[lane], About.MAILBOX, lane=lane))
            for lane in mailbox_providers.LANES
            if lane in found and found[lane].tried
        ]

    def _rows(self, about: About, name: Callable[[_Sum], str]) -> list[Row]:
        found = sorted(self._grouped(name).items(), key=lambda item: (-item[1].accepted, item[0]))
        return [Row(label or "Not known", sums, advice.advise(sums, about)) for label, sums in found if sums.tried][:50]

    def _grouped(self, key: Callable[[_Sum], str]) -> dict[str, Figures]:
        ordered = sorted(self._sums, key=key)
        return {name: _added(each.figures for each in group) for name, group in groupby(ordered, key=key)}


def beginning(on: date, days: int) -> date:
    """Of the point that a day is part of, where so many days are looked at."""
    return monday_of(on) if goes_by_week(days) else on


def goes_by_week(days: int) -> bool:
    """Where so many days are looked at."""
    return days > _BY_THE_DAY


def _added(figures: Iterable[Figures]) -> Figures:
    found = list(figures)
    return Figures(*(sum(getattr(each, field.name) for each in found) for field in fields(Figures)))


def _read(since: datetime, zone: str, domain: str, provider_id: int | None) -> list[_Sum]:
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"since": since, "zone": zone, "domain": domain, "provider_id": provider_id})
        rows = cursor.fetchall()
    return [found for _, line in groupby(rows, key=lambda row: row[:2]) for found in _parted(list(line), since)]


def _parted(line: list[tuple[Any, ...]], since: datetime) -> Iterator[_Sum]:
    """Of one batch at one mailbox provider: what is more from one note to the next, by the day on which that began."""
    before, begun_at = Figures(), None
    for _, lane, started_at, sender_domain, provider, is_sending, noted_at, is_late, *counts in line:
        stands = Figures(*map(int, counts))
        is_long_over = begun_at is None and is_late and not is_sending and started_at < since
        if not is_long_over and (noted_at is None or noted_at > since):
            more = _more(stands, before)
            if more != Figures():
                yield _Sum(max(begun_at or started_at, since), sender_domain, provider, lane, more)
        before, begun_at = stands, noted_at


def _more(stands: Figures, before: Figures) -> Figures:
    """A bounce that is told to be a complaint by now is one less there, which is no day's doing."""
    return Figures(*(max(0, getattr(stands, each.name) - getattr(before, each.name)) for each in fields(Figures)))


# SQL: of the batch b. What began earlier and went on counts with what came of it since; as a whole, as if it had begun
# at the edge, where it was not noted how it stood then. But of one that is paused or through, nothing counts that
# came before a first note that came late: it may have stood like that for months.
IN_TIME = """(b.started_at >= %(since)s OR b.started_at IS NOT NULL AND (b.finished_at IS NULL AND b.state = 'sending'
    OR (b.finished_at IS NULL OR b.finished_at >= %(since)s)
        AND EXISTS (SELECT 1 FROM delivery_laneday WHERE batch_id = b.id)))"""
# SQL: how many of the batch b were accepted before that time, or long ago as above.
ACCEPTED_BEFORE = """(CASE WHEN b.started_at >= %(since)s THEN 0 ELSE coalesce((
    SELECT sum(accepted) FROM delivery_laneday WHERE batch_id = b.id AND "on" = (
        SELECT coalesce(max("on") FILTER (WHERE "on" <= (%(since)s AT TIME ZONE %(zone)s)::date),
            CASE WHEN b.state <> 'sending' AND min("on") > (b.started_at AT TIME ZONE %(zone)s)::date + 1
                THEN min("on") END)
        FROM delivery_laneday WHERE batch_id = b.id)), 0) END)"""
_SUMS = f"""
WITH recent AS (
    SELECT id, started_at, sender_domain, provider_id, state = 'sending' AS is_sending FROM delivery_batch b
    WHERE NOT rehearsal AND NOT is_test AND {IN_TIME} AND %(domain)s IN ('', sender_domain)
        AND coalesce(%(provider_id)s = provider_id, %(provider_id)s IS NULL)
), {STANDING}, stood AS (
    SELECT batch_id, lane, NULL::timestamptz AS noted_at, false AS is_late, {FIGURES} FROM standing
    UNION ALL SELECT d.batch_id, d.lane, {BEGINS.format('d."on"')},
        d."on" > (recent.started_at AT TIME ZONE %(zone)s)::date + 1, {FIGURES}
    FROM delivery_laneday d JOIN recent ON recent.id = d.batch_id
)
SELECT batch_id, lane, r.started_at, r.sender_domain, r.provider_id, r.is_sending, noted_at, is_late, {FIGURES}
FROM stood JOIN recent r ON r.id = batch_id ORDER BY batch_id, lane, noted_at NULLS LAST
"""  # noqa: S608
