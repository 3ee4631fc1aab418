"""The numbers of one or more batches. Read from sums alone, so that a report costs the same at any size.

Sums of several batches add their people up: a person of two batches counts twice, as two messages do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from accounts.organisation.measuring import Tracking
from accounts.wording import count_people, nobody_of, rate
from delivery.feedback import second_line
from delivery.feedback.second_line import SecondLine
from delivery.models import Batch
from delivery.policy import advice
from tracking.conversions import reading as conversions
from tracking.models import Breakdown, EventKind, Rollup
from tracking.reports import (
    by_language,
    clients,
    columns,
    counting,
    link_rows,
    machines,
    mailboxes,
    over_time,
    returned,
)
from tracking.reports.by_language import LanguageRow
from tracking.reports.columns import Column
from tracking.reports.counting import Counting
from tracking.reports.definitions import DEFINITIONS
from tracking.reports.figures import Figure, doubt_of, share
from tracking.reports.link_rows import LinkRow
from tracking.reports.mailboxes import LaneRow
from tracking.reports.over_time import Point
from tracking.reports.returned import Part, Reasons

_FRESH = timedelta(hours=1)

_ABOVE_THE_LINE = {
    "warn": f"{rate(advice.LOOK_AT)} or more: such mail begins to land in the spam folder.",
    "bad": f"{rate(advice.STOP_AT)} or more: mailbox providers refuse such mail.",
}
_CHANNELS = {
    "page": "by the page behind the link in the mail",
    "one-click": "by the button of their mail program",
}


@dataclass(frozen=True, slots=True)
class Way:
    label: str
    people: int


class Report:
    """Reads each part when it is first asked for."""

    def __init__(self, batch_ids: Sequence[int], *, names_people: bool = True, with_machines: bool = False) -> None:
        """Without `names_people` no number leads to anybody: for readers who may see numbers alone. `with_machines`:
        their numbers stand beside the people's everywhere."""
        self.batch_ids = list(batch_ids)
        self.names_people = names_people
        self.with_machines = with_machines
        self.definitions = DEFINITIONS

    @cached_property
    def batches(self) -> list[Batch]:
        return list(Batch.objects.filter(id__in=self.batch_ids).order_by("id"))

    @property
    def is_rehearsal(self) -> bool:
        return any(batch.rehearsal for batch in self.batches)

    @property
    def is_fresh(self) -> bool:
        """Numbers are still moving: worth asking again every other second."""
        since = timezone.now() - _FRESH
        over = (Batch.State.DONE, Batch.State.CANCELLED)
        return any(batch.state not in over or (batch.finished_at or batch.created_at) > since for batch in self.batches)

    @cached_property
    def second_line(self) -> SecondLine:
        return second_line.of(self.batches)

    @property
    def accepted(self) -> int:
        return self.second_line.accepted

    @property
    def bounced(self) -> int:
        return self.second_line.hard + self.second_line.soft

    @cached_property
    def returned(self) -> list[Part]:
        """The terms of the second line."""
        return returned.parts(self.second_line, self._people_page)

    @cached_property
    def reasons(self) -> Reasons:
        return returned.reasons(self.batch_ids, self._people_page) if self.bounced else Reasons([], is_cut=False)

    @property
    def delivered(self) -> int:
        return max(0, self.accepted - self.bounced)

    @cached_property
    def counting(self) -> Counting:
        return counting.of(self.batches)

    @property
    def unmeasured(self) -> int:
        return self.counting.unmeasured

    @cached_property
    def clicked(self) -> Figure:
        return self._figure("clicked", "Clicked", EventKind.CLICK)

    @cached_property
    def opened(self) -> Figure:
        return self._figure("opened", "Opened, an estimate", EventKind.OPEN)

    @cached_property
    def unsubscribed(self) -> Figure:
        return self._figure("unsubscribed", "Unsubscribed", EventKind.UNSUBSCRIBE)

    @cached_property
    def complained(self) -> Figure:
        """`doubt` says that mailbox providers will not bear so many; of one alone nothing is said."""
        figure = self._of_delivered("complained", "Marked as spam", self.second_line.complained)
        kind = advice.complaint_kind(figure.share if figure.people > 1 else None)
        return replace(figure, doubt=_ABOVE_THE_LINE.get(kind, ""))

    @cached_property
    def click_to_open(self) -> Figure:
        """Of the people who opened; `doubt` says when that means little."""
        return Figure(
            key="click-to-open",
            label="Clicked of those who opened",
            people=self.clicked.people,
            total=self.clicked.people,
            machines=0,
            share=share(self.clicked.people, self.opened.people),
            definition=DEFINITIONS["click-to-open"],
            url=self.clicked.url,
            whole=self.opened.people,
            of="who opened",
            doubt=doubt_of(self.opened),
            note=self.counting.note,
        )

    @cached_property
    def reached(self) -> Figure:
        """The delivered, of the accepted."""
        people, whole = self.delivered, self.accepted
        about = DEFINITIONS["delivered"]
        url = self._people_url("accepted")
        return Figure("delivered", "Delivered", people, people, 0, share(people, whole), about, url, whole, "accepted")

    @property
    def figures(self) -> list[Figure]:
        """In the order of their weight: opens are weak, and of complaints few are told."""
        return [self.clicked, self.unsubscribed, self.opened, self.complained]

    @property
    def further_figures(self) -> list[Figure]:
        """What is worked out of the others."""
        return [self.reached, self.click_to_open]

    @property
    def sentence(self) -> str:
        """The report in one line."""
        if not self.delivered:
            return "Nothing has been delivered yet."
        if not self.counting.by_person:
            times = f"{self.clicked.total:,} click{'' if self.clicked.total == 1 else 's'} counted, not by person"
            said = times if self.counting.tracking == Tracking.ANONYMOUS else "Clicks were not counted"
        elif not self.clicked.people:
            said = f"{nobody_of(self.delivered)} has clicked yet"
        else:
            said = f"{self.clicked.people:,} of {count_people(self.delivered)} clicked ({rate(self.clicked.share)})"
        left = self.unsubscribed.people
        return f"{said}, {left:,} unsubscribed." if left else f"{said}, nobody unsubscribed."

    @cached_property
    def ways(self) -> list[Way]:
        """How people left."""
        rows = self._breakdown(Breakdown.By.CHANNEL).filter(kind=EventKind.UNSUBSCRIBE)
        summed = rows.values_list("value").annotate(sum=Sum("people")).order_by("value")
        return [Way(_CHANNELS.get(str(value), str(value)), people) for value, people in summed if people]

    @cached_property
    def links(self) -> list[LinkRow]:
        """In the order of the mail, because that is how people know them."""
        return link_rows.rows(self.batch_ids, self.delivered, names_people=self.names_people)

    @cached_property
    def lanes(self) -> list[LaneRow]:
        """By mailbox provider: where a trouble is, if it is in one place."""
        return mailboxes.rows(self.batch_ids, self._people_page)

    @cached_property
    def languages(self) -> list[LanguageRow]:
        """Of a mail that was sent in several; empty for any other."""
        return by_language.rows(self.batches)

    @cached_property
    def machines(self) -> list[machines.MachineRow]:
        return machines.rows(self.batch_ids)

    @property
    def machines_alone_url(self) -> str:
        return self._people_url(machines.ALONE) if self.opened.machines else ""

    @cached_property
    def clients(self) -> list[clients.Table]:
        """Programs, devices and countries."""
        return clients.tables(self.batch_ids)

    @cached_property
    def conversions(self) -> list[conversions.Row]:
        """What came of the clicks on the organisation's own sites."""
        return conversions.rows(self.batch_ids, clicked=self.clicked.people, delivered=self.delivered)

    @cached_property
    def series(self) -> list[Point]:
        """What people did, by the hour of the first day, then by the day; machines beside them."""
        rows = (
            Rollup.objects.filter(batch_id__in=self.batch_ids, link_id=0)
            .values_list("hour", "kind", "is_machine")
            .annotate(sum=Sum("people" if self.counting.by_person else "total"))
            .order_by("hour")
        )
        start = min((batch.started_at or batch.created_at for batch in self.batches), default=None)
        return over_time.points(list(rows), start, timezone.get_current_timezone()) if start else []

    @cached_property
    def columns(self) -> dict[str, list[Column]]:
        """Of each table those that are shown now, with their definitions."""
        hidden = [] if self.with_machines else ["machine-clicked", "machine-opened"]
        hidden += [] if self.bounced else ["bounced"]
        hidden += [] if any(lane.refused for lane in self.lanes) else ["refused"]
        hidden += [] if any(lane.put_off for lane in self.lanes) else ["put-off"]
        hidden += [] if self.complained.people else ["complained"]
        return columns.of_tables(without=hidden)

    @property
    def chart(self) -> str:
        """What the chart's behaviour reads."""
        return over_time.chart(self.series, with_machines=self.with_machines)

    @property
    def zone(self) -> str:
        return timezone.get_current_timezone_name()

    def _figure(self, key: str, label: str, kind: EventKind) -> Figure:
        machines = self._sum(kind, "people" if self.counting.by_person else "total", is_machine=True)
        people, total = (self._sum(kind, of, is_machine=False) for of in ("people", "total"))
        figure = self._of_delivered(key, label, people, total=total, machines=machines)
        is_noted = self.counting.note and kind in (EventKind.OPEN, EventKind.CLICK)
        return replace(figure, note=self.counting.note, machine_url="") if is_noted else figure

    def _of_delivered(self, key: str, label: str, people: int, *, total: int = 0, machines: int = 0) -> Figure:
        return Figure(
            key=key,
            label=label,
            people=people,
            total=total or people,
            machines=machines,
            share=share(people, self.delivered),
            definition=DEFINITIONS[key],
            url=self._people_url(key),
            whole=self.delivered,
            machine_url=self._people_url(f"{key}-by-machines"),
        )

    def _people_url(self, term: str) -> str:
        return f"{self._people_page}?term={term}" if self._people_page else ""

    @property
    def _people_page(self) -> str:
        return reverse("batch-people", args=[self.batch_ids[0]]) if self.batch_ids and self.names_people else ""

    @cached_property
    def _sums(self) -> dict[tuple[int, bool], tuple[int, int]]:
        rows = Rollup.objects.filter(batch_id__in=self.batch_ids, link_id=0)
        summed = rows.values_list("kind", "is_machine").annotate(people=Sum("people"), total=Sum("total"))
        return {(kind, is_machine): (people, total) for kind, is_machine, people, total in summed}

    def _sum(self, kind: EventKind, of: str, *, is_machine: bool) -> int:
        people, total = self._sums.get((kind, is_machine), (0, 0))
        return people if of == "people" else total

    def _breakdown(self, by: Breakdown.By) -> QuerySet[Breakdown]:
        return Breakdown.objects.filter(batch_id__in=self.batch_ids, by=by)


def report(batch_ids: Sequence[int], *, names_people: bool = True, with_machines: bool = False) -> Report:
    """Everything `tracking/_report.html` shows about these batches."""
    return Report(batch_ids, names_people=names_people, with_machines=with_machines)


def headline(batch_ids: Sequence[int]) -> str:
    """The report in one sentence, for lists."""
    return Report(batch_ids).sentence
