"""How mail arrives, and what to do next."""

import json
from collections.abc import Iterator
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import wording
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from contacts.exporting import csv_response
from delivery.deliverability.figures import SPANS, Deliverability, Point
from delivery.policy import advice
from delivery.policy.advice import Figures

_COLUMNS = (
    ("-accepted", "Accepted", "The receiving server took them."),
    ("-later", "Put off", "Answers that asked to come again later, out of all answers. Such mails are tried again."),
    ("-refused", "Refused", "Turned away at once, out of those tried."),
    ("-hard", "Bounced for good", "Accepted, then returned for good, out of the accepted: the address does not exist."),
    ("-soft", "Bounced for now", "Accepted, then returned for a reason that may pass, out of the accepted."),
    (
        "-spam",
        "Spam",
        "Marked as spam, out of the accepted, as far as mailbox providers tell. From 0.1 % on look at it, from 0.3 % on"
        " stop.",
    ),
)


_HEADER = ("By", "Name", *(label for _, label, _ in _COLUMNS))


@require_safe
@requires(Permission.LOOK)
def deliverability(request: StaffRequest) -> HttpResponse:
    wanted = whole_number(request.GET.get("days"))
    days = wanted if wanted in SPANS else 30
    found = Deliverability(days)
    if request.GET.get("as") == "csv":
        return cast(
            "HttpResponse", csv_response(f"deliverability-{timezone.localdate():%Y-%m-%d}", _HEADER, _rows(found))
        )
    points = found.points
    context = {
        "found": found,
        "days": days,
        "chips": [(f"{span} days", f"?days={span}", span == days) for span in SPANS],
        "tables": found.tables,
        "columns": _COLUMNS,
        "points": points,
        "by_week": found.is_by_week,
        "chart": _chart(points) if len(points) > 2 else "",
    }
    return render(request, "delivery/deliverability.html", context)


def _rows(found: Deliverability) -> Iterator[tuple[object, ...]]:
    """All tables of the page one under the other, counts in place of shares."""
    for table in found.tables:
        for row in table.rows:
            yield table.about.capitalize(), row.label, *_counts(row.figures)
    for point in found.points:
        yield "Week from" if found.is_by_week else "Day", point.on, *_counts(point.figures)


def _counts(figures: Figures) -> tuple[int, ...]:
    answered = (figures.accepted, figures.put_off, figures.refused)
    return (*answered, figures.hard, figures.soft, figures.complained)


def _chart(points: list[Point]) -> str:
    """What the chart's behaviour reads: complaints and the two lines they should stay below, in per cent."""
    return json.dumps(
        {
            "unit": " %",
            "labels": [f"{point.on.day} {point.on:%b}" for point in points],
            "lines": [
                {"name": "Marked as spam", "values": [round((point.complained or 0.0) * 100, 3) for point in points]},
                {"name": f"Look at {wording.rate(advice.LOOK_AT)}", "values": [advice.LOOK_AT * 100] * len(points)},
                {"name": f"Stop at {wording.rate(advice.STOP_AT)}", "values": [advice.STOP_AT * 100] * len(points)},
            ],
        }
    )
