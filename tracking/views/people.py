"""Exactly the people behind a number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from contacts.exporting import csv_response
from contacts.segments import beginning
from delivery import ledger, titles
from delivery.deliverability.figures import LANES
from delivery.ledger import evidence
from delivery.models import Batch
from tracking import segmenting
from tracking.message_log import wording
from tracking.message_log.doubts import doubts
from tracking.models import Link
from tracking.reports import machines, numbers, returned
from tracking.reports import people as lists
from tracking.reports.narrowing import Narrow
from tracking.views.days import day_of, midnight
from tracking.views.paging import Place

_PAGE = 50
_OF_LINKS = ("clicked", "clicked-by-machines")
_HEADER = ("Address", "State", "Why", "Time (UTC)", "Attempts", "Reply of the server")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address of the page asks for. Days are the organisation's, both of them belong to the span."""

    batch: Batch
    term: str
    link: Link | None
    text: str
    reason: str
    lane: str = ""
    first_day: date | None = None
    last_day: date | None = None

    @classmethod
    def read(cls, request: StaffRequest, batch_id: int) -> "Chosen":
        batch = get_object_or_404(Batch, id=batch_id)
        term = request.GET.get("term", "all")
        link_id = whole_number(request.GET.get("link"))
        link = Link.objects.filter(batch=batch, id=link_id).first() if link_id else None
        text = request.GET.get("q", "").replace("\0", "").strip()[:320]
        reason = request.GET.get("reason", "") if term in returned.BOUNCED else ""
        known = reason if wording.of_bounce(reason) else ""
        lane = request.GET.get("lane", "")
        return cls(
            batch,
            term if term in lists.LABELS else "all",
            link if term in _OF_LINKS else None,
            text,
            known,
            lane if lane in LANES else "",
            day_of(request.GET.get("from", "")),
            day_of(request.GET.get("to", "")),
        )

    @property
    def filters(self) -> dict[str, str | int]:
        link = self.link.id if self.link else ""
        days = {"from": str(self.first_day or ""), "to": str(self.last_day or "")}
        return {"term": self.term, "link": link, "reason": self.reason, "q": self.text, "lane": self.lane, **days}

    @property
    def is_narrowed(self) -> bool:
        return any(value for name, value in self.filters.items() if name != "term")

    @property
    def query(self) -> str:
        """The same filters as an address has them."""
        return urlencode({name: value for name, value in self.filters.items() if value})

    @property
    def narrowing(self) -> Narrow:
        """What tracking.reports.people is told."""
        narrow = Narrow(link_id=self.link.id if self.link else 0, reason=self.reason, search=self.text, lane=self.lane)
        narrow["since"] = midnight(self.first_day)
        narrow["until"] = midnight(self.last_day + timedelta(days=1)) if self.last_day else None
        return narrow

    @property
    def links(self) -> list[Link]:
        """To choose from, where a list is of those who followed one."""
        return list(Link.objects.filter(batch=self.batch).order_by("position")) if self.term in _OF_LINKS else []

    @property
    def reason_in_words(self) -> str:
        return wording.of_bounce(self.reason)


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    count: int
    url: str
    is_current: bool


@require_safe
@requires(Permission.LOOK)
def batch_people(request: StaffRequest, batch_id: int) -> HttpResponse:
    chosen, place = Chosen.read(request, batch_id), Place.read(request.GET)
    found = lists.people(chosen.batch, chosen.term, after=place.after, limit=_PAGE + 1, **chosen.narrowing)
    rows = found[:_PAGE]
    rules = segmenting.rules(chosen.batch, chosen.term, chosen.narrowing)
    context = {
        "chosen": chosen,
        "title": titles.titles([chosen.batch.id])[chosen.batch.id],
        "label": lists.LABELS[chosen.term],
        "rows": rows,
        "doubts": doubts(rows) if chosen.term == "uncertain" else [],
        "count": ledger.tally(chosen.batch).uncertain if chosen.term == "uncertain" else 0,
        "is_act": chosen.term in lists.ACTS or chosen.term == machines.ALONE,
        "is_returned": chosen.term in returned.TERMS or chosen.term in lists.REASONS,
        "with_reply": chosen.term in returned.BOUNCED or chosen.term in lists.REASONS,
        "chips": list(_chips(chosen)),
        "lanes": LANES,
        "next_url": place.next_url(rows[-1].message_id, **chosen.filters) if len(found) > _PAGE else "",
        "previous_url": place.previous_url(**chosen.filters),
        "export_url": f"{reverse('batch-people-export', args=[chosen.batch.id])}?{chosen.query}",
        "tag_url": f"{reverse('batch-people-tag', args=[chosen.batch.id])}?{chosen.query}",
        "segment_url": beginning.address(rules) if rules else "",
        "why_no_segment": "" if rules else segmenting.why_not(chosen.term, chosen.narrowing),
    }
    return render(request, "tracking/people.html", context)


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def batch_people_export(request: StaffRequest, batch_id: int) -> HttpResponse:
    chosen = Chosen.read(request, batch_id)
    filters = {"filters": chosen.query} if chosen.is_narrowed else {}
    audit.record(request, "people.export", f"batch {chosen.batch.id}", term=chosen.term, **filters)
    rows = lists.everyone(chosen.batch, chosen.term, **chosen.narrowing)
    download = csv_response(f"{chosen.term}-{timezone.localdate():%Y-%m-%d}", _HEADER, map(_cells, rows))
    return cast("HttpResponse", download)


def _cells(person: lists.Person) -> tuple[object, ...]:
    at = person.at.strftime("%Y-%m-%d %H:%M:%S") if person.at else ""
    return (person.email, person.words.text, person.words.why, at, person.attempts, person.reply)


def _chips(chosen: Chosen) -> Iterator[Chip]:
    """Every list with its number; what counts nobody is left out unless it is the one that is open."""
    tally = ledger.tally(chosen.batch)
    report = numbers.report([chosen.batch.id])
    counts = {"all": tally.total} | {term: getattr(tally, term) for term in lists.TERMS if term != "all"}
    figures = evidence.of([chosen.batch.id])
    counts |= {term: getattr(figures, term) for term in lists.REASONS}
    counts |= {figure.key: figure.people for figure in report.figures}
    counts[machines.ALONE] = machines.count_alone(chosen.batch.id) if report.opened.machines else 0
    counts |= {"opened-by-machines": report.opened.machines, "clicked-by-machines": report.clicked.machines}
    line = report.second_line
    counts |= dict.fromkeys(returned.LABELS, 0) | {part.key: part.people for part in report.returned if line.heard}
    for term, label in lists.LABELS.items():
        is_current = term == chosen.term
        if counts[term] or is_current or term in ("all", "accepted"):
            yield Chip(label, counts[term], f"?{urlencode({'term': term})}", is_current)
