"""Engagement by month of sign-up."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, StaffRequest, requires
from campaigns.views.across.pages import Table, percent, shown
from tracking.cohorts import reading
from tracking.cohorts.reading import Row

_WIDTH = 13  # columns on the page: the month of joining and a year; the file has all


_COLUMNS = (
    (
        "mailed",
        "Mailed",
        "Of those who joined in that month, how many got mail in the other. No rehearsals.",
    ),
    ("clicked", "Clicked", "Of these, how many clicked at least one mail of that month. Machines are left out."),
)


@require_safe
@requires(Permission.LOOK)
def cohorts(request: StaffRequest) -> HttpResponse:
    rows = reading.cohorts(timezone.localdate())
    width = min(_WIDTH, max((len(row.cells) for row in rows), default=0))
    context = {
        "rows": [(row.joined, list(enumerate(row.cells[:_WIDTH]))) for row in rows],
        "months": range(width),
        "is_cut": any(len(row.cells) > _WIDTH for row in rows),
        "fewest": reading.FEWEST,
    }
    header = ("Joined in", "Months since", "Month", "Mailed", "Clicked", "Clicked %")
    return shown(request, "report-cohorts", context, Table("sign-ups", header, _cells(rows), _COLUMNS))


def _cells(rows: list[Row]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        for since, cell in enumerate(row.cells):
            if cell and cell.mailed:
                months = (f"{row.joined:%Y-%m}", since, f"{cell.month:%Y-%m}")
                yield *months, cell.mailed, cell.clicked, percent(cell.share)
