"""A table of the report for a spreadsheet."""

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, StaffRequest, requires
from campaigns.views.pages import get_campaign
from contacts.exporting import csv_response
from tracking.reports import numbers
from tracking.reports.tables import TABLES


@require_safe
@requires(Permission.LOOK)
def table(request: StaffRequest, pk: int, table: str) -> StreamingHttpResponse:
    """Numbers without names: whoever may look at the report may take them along."""
    found = get_campaign(pk)
    if table not in TABLES or found.batch_id is None:
        raise Http404("There is no such table.")
    header, rows = TABLES[table]
    report = numbers.report([found.batch_id], with_machines=True)
    return csv_response(f"campaign-{found.pk}-{table}-{timezone.localdate():%Y-%m-%d}", header, rows(report))
