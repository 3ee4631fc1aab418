"""The hours of the week in which people click."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.views.across.pages import Link, Table, percent, shown, with_query
from tracking.models import EventKind
from tracking.reports import best_hours
from tracking.reports.best_hours import BestHours

_KINDS = {"clicks": ("Clicks", EventKind.CLICK), "opens": ("Opens, an estimate", EventKind.OPEN)}


_COLUMNS = (
    (
        "share",
        "Share %",
        "Of a campaign’s acts, how many fell into the hour: the mean over campaigns.",
    ),
    ("people", "People", "When each did it first in a campaign. Machines and rehearsals are left out."),
    ("begun", "Campaigns begun", "How many began to be sent in that hour: most people act soon after a mail comes."),
)


@require_safe
@requires(Permission.LOOK)
def hours(request: StaffRequest) -> HttpResponse:
    days = whole_number(request.GET.get("days"))
    days = days if days in best_hours.SPANS else best_hours.SPANS[0]
    kind = request.GET.get("of", "")
    kind = kind if kind in _KINDS else "clicks"
    zone = timezone.get_current_timezone()
    found = best_hours.best_hours(_KINDS[kind][1], days, timezone.now(), zone)
    context = {
        "found": found,
        "days": days,
        "zone": str(zone).replace("_", " "),
        "what": "click" if kind == "clicks" else "open",
        "rows": [(f"{hour:02}:00", cells) for hour, cells in enumerate(found.rows)],
        "best": [(best_hours.DAYS[cell.day], cell) for cell in found.best],
        "weekdays": best_hours.DAYS,
        "spans": [
            Link(f"{span} days", with_query(request.GET, days=span), span == days) for span in best_hours.SPANS
        ],
        "kinds": [
            Link(label, with_query(request.GET, of=key), key == kind) for key, (label, _) in _KINDS.items()
        ],
        "least": best_hours.LEAST_OF_ONE,
        "enough_campaigns": best_hours.FEWEST_CAMPAIGNS,
        "enough_people": best_hours.FEWEST_PEOPLE,
    }  # fmt: skip
    header = ("Day", "Hour", "Share %", "People", "Campaigns begun")
    return shown(request, "report-hours", context, Table("best-hours", header, _cells(found), _COLUMNS))


def _cells(found: BestHours) -> Iterator[tuple[object, ...]]:
    for day, name in enumerate(best_hours.DAYS):
        for hour, row in enumerate(found.rows):
            cell = row[day]
            yield name, f"{hour:02}:00", percent(cell.share), cell.people, cell.begun
