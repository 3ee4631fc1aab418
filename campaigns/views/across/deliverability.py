"""How mail arrives, and what to do next."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts import wording
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.views.across.pages import Link, Table, shown, with_query
from delivery.deliverability.figures import SPANS, Deliverability, Point
from delivery.policy import advice
from delivery.policy.advice import Advice, Figures, Told

_COLUMNS = (
    ("accepted", "Accepted", "The receiving server took them."),
    ("later", "Put off", "Answers that asked to come again later, out of all answers. Such mails are tried again."),
    ("refused", "Refused", "Turned away at once, out of those tried."),
    ("hard", "Bounced for good", "Accepted, then returned for good, out of the accepted: the address does not exist."),
    ("soft", "Bounced for now", "Accepted, then returned for a reason that may pass, out of the accepted."),
    (
        "spam",
        "Spam",
        "Marked as spam, out of the accepted, as far as mailbox providers tell. From 0.1 % on look at it, from 0.3 % on"
        " stop.",
    ),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """`text` says what it shows to who cannot see it, `step` what to do next about it."""

    title: str
    text: str
    step: Advice
    data: str


_Lines = tuple[tuple[str, Callable[[Point], float | None]], ...]
_FEWEST_POINTS = 3
_CHARTS: tuple[tuple[Told, str, str, str, _Lines], ...] = (
    (
        Told.ACCEPTED,
        "Accepted",
        "How many mails were accepted, and how many refused at once.",
        "",
        (("Accepted", lambda point: point.figures.accepted), ("Refused", lambda point: point.figures.refused)),
    ),
    (
        Told.PUT_OFF,
        "Put off",
        "The share of answers that asked to come again later.",
        " %",
        (("Put off", lambda point: point.put_off),),
    ),
    (
        Told.BOUNCED,
        "Bounced",
        "The shares of the accepted that were returned, for good and for now.",
        " %",
        (("Bounced for good", lambda point: point.hard), ("Bounced for now", lambda point: point.soft)),
    ),
    (
        Told.COMPLAINED,
        "Marked as spam",
        "The share of people who marked a mail as spam, with the lines at 0.1 and 0.3 per cent.",
        " %",
        (
            ("Marked as spam", lambda point: point.complained),
            (f"Look at {wording.rate(advice.LOOK_AT)}", lambda point: advice.LOOK_AT),
            (f"Stop at {wording.rate(advice.STOP_AT)}", lambda point: advice.STOP_AT),
        ),
    ),
)
# Over time it is a count, and no share.
_POINT_COLUMNS = tuple(
    (key, label, "Turned away at once." if key == "refused" else text) for key, label, text in _COLUMNS
)
# As a file, all of them are counts.
_FILE_COLUMNS = tuple((key, label, f"{text.partition(', out of')[0].rstrip('.')}.") for key, label, text in _COLUMNS)
_HEADER = ("By", "Name", *(label for _, label, _ in _COLUMNS))


@require_safe
@requires(Permission.LOOK)
def deliverability(request: StaffRequest) -> HttpResponse:
    wanted = whole_number(request.GET.get("days"))
    days = wanted if wanted in SPANS else 30
    found = Deliverability(days)
    points = found.points
    context = {
        "found": found,
        "days": days,
        "spans": [Link(f"{span} days", with_query(request.GET, days=span), span == days) for span in SPANS],
        "tables": found.tables,
        "columns": _COLUMNS,
        "point_columns": _POINT_COLUMNS,
        "points": points,
        "by_week": found.is_by_week,
        "charts": _charts(found, points),
    }
    return shown(request, "deliverability", context, Table("deliverability", _HEADER, _rows(found), _FILE_COLUMNS))


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


def _charts(found: Deliverability, points: list[Point]) -> list[Chart]:
    """One for each figure, from the third day on; the table below them all has the same numbers."""
    if len(points) < _FEWEST_POINTS:
        return []
    advised = advice.by_figure(
        found.whole,
        [(_label(point), point.figures) for point in points],
        span="week" if found.is_by_week else "day",
    )
    return [_chart(title, text, advised[told], points, unit, lines) for told, title, text, unit, lines in _CHARTS]


def _chart(title: str, text: str, step: Advice, points: list[Point], unit: str, lines: _Lines) -> Chart:
    """What the chart's behaviour reads."""
    series = [{"name": name, "values": [_value(read(point), unit) for point in points]} for name, read in lines]
    labels = [_label(point) for point in points]
    return Chart(title, text, step, json.dumps({"unit": unit, "labels": labels, "lines": series}))


def _label(point: Point) -> str:
    return f"{point.on.day} {point.on:%b}"


def _value(found: float | None, unit: str) -> float:
    return round((found or 0.0) * 100, 3) if unit else found or 0
