"""A mail or a request that came back, as it came: looked at by people, never rendered, never run."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from delivery.feedback import masking
from delivery.feedback.intake import MAIL
from delivery.models import FeedbackEvent, Returned

_EVENTS_SHOWN = 50


@require_safe
@requires(Permission.LOOK)
def raw(request: StaffRequest, returned_id: int) -> HttpResponse:
    returned = get_object_or_404(Returned, id=returned_id)
    text, is_cut = masking.shown(bytes(returned.raw))
    events = FeedbackEvent.objects.filter(returned=returned).order_by("id")[:_EVENTS_SHOWN]
    context = {
        "returned": returned,
        "is_mail": returned.form == MAIL,
        "text": text,
        "is_cut": is_cut,
        "size_bytes": len(returned.raw),
        "message_ids": list(dict.fromkeys(event.message_id for event in events)),
    }
    return render(request, "delivery/returned_raw.html", context)


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def download(request: StaffRequest, returned_id: int) -> HttpResponse:
    """To the byte, with all that the page hides."""
    returned = get_object_or_404(Returned, id=returned_id)
    audit.record(request, "returned.download", str(returned_id), form=returned.form)
    name = f"returned-{returned_id}.{'eml' if returned.form == MAIL else 'txt'}"
    kind = "message/rfc822" if returned.form == MAIL else "application/octet-stream"
    response = HttpResponse(bytes(returned.raw), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
