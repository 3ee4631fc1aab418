"""Events of mails for calendars: public, by addresses that are signed."""

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.content import calendar_files


@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """GET /e/<token>.ics: what a mail of ours said, and nothing else."""
    try:
        event = calendar_files.read(token)
    except BadSignature:
        raise Http404 from None
    response = HttpResponse(calendar_files.file(event, timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="event.ics"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
