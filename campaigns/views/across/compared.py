"""Up to five campaigns side by side."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.across.choosing import real
from campaigns.across.comparing import MOST, Comparison
from campaigns.views.across.pages import Table, percent, shown

_OFFERED = 50


@require_safe
@requires(Permission.LOOK)
def compared(request: StaffRequest) -> HttpResponse:
    asked = [number for text in request.GET.getlist("campaign")[:50] if (number := whole_number(text))]
    found = Comparison(asked)
    chosen = {column.campaign.pk for column in found.columns}
    latest = list(real()[:_OFFERED])
    older = [column.campaign for column in found.columns if column.campaign not in latest]
    offered = [(each, each.pk in chosen) for each in (*latest, *older)]
    context = {
        "found": found,
        "most": MOST,
        "offered": offered,
        "one_alone": len(found.columns) == 1,
    }
    return shown(request, "report-compare", context, Table("comparison", _header(found), _rows(found), found.explained))


def _header(found: Comparison) -> list[str]:
    return ["Figure", *(column.campaign.name for column in found.columns), "In words"]


def _rows(found: Comparison) -> Iterator[list[object]]:
    yield ["Delivered", *(column.sums.delivered for column in found.columns), ""]
    for line in found.lines:
        yield [line.label, *(cell.people for cell in line.cells), line.words]
        yield [f"{line.label} %", *(percent(cell.share) for cell in line.cells), ""]
        yield [f"{line.label}: best and worst", *(cell.rank.value for cell in line.cells), ""]
    for one in found.conversions:
        yield [f"{one.goal}: reached", *(row.times if row else 0 for _, row in one.cells), ""]
        if one.currency:
            yield [f"{one.goal}: worth in {one.currency}", *(row.worth if row else 0 for _, row in one.cells), ""]
    for mark in found.marks:
        yield [f"Clicked within {mark.label} %", *(percent(share) for _, share in mark.cells), ""]
