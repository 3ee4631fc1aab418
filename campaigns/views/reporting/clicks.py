"""The sent mail with what each link brought, for a frame."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http.security import linking_mail_policy
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.reporting import click_map
from campaigns.views.pages import get_campaign, sent_edition
from campaigns.views.showing import Showing
from delivery.color_scheme import shown_in
from tracking.reports import link_rows, numbers


@require_safe
@requires(Permission.LOOK)
@linking_mail_policy
def clicks(request: StaffRequest, pk: int) -> HttpResponse:
    """As one of its people gets it; the badges are those of now."""
    found = get_campaign(pk)
    version = whole_number(request.GET.get("version")) or 1
    edition = sent_edition(found.batch_id, version, request.GET.get("language", ""))
    contact = Showing.read(request, found).contact
    report = numbers.report([found.batch_id or 0])
    rows = link_rows.rows(report.batch_ids, report.delivered)
    return HttpResponse(shown_in(click_map.drawn(edition, contact, rows, found.get_absolute_url()), dark=False))
