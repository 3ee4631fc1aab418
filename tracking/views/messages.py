"""The log: found by address, then everything about one mail."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.http.security import mail_policy
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from delivery.color_scheme import shown_in
from delivery.models import Message
from tracking.message_log import messages as mails
from tracking.message_log.messages import NotShowable, Story

_PAGE = 50


@require_safe
@requires(Permission.LOOK)
def messages(request: StaffRequest) -> HttpResponse:
    """Every mail to an address; without one the latest to anybody. A part of a name finds people to choose from."""
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:320]
    before = whole_number(request.GET.get("before")) or 0
    found = mails.listed(text, before=before, limit=_PAGE + 1)
    shown = found[:_PAGE]
    people = mails.similar(text) if text and not found else []
    older = f"?{urlencode({'q': text, 'before': str(shown[-1].message.id)})}" if len(found) > _PAGE else ""
    context = {
        "text": text,
        "rows": shown,
        "people": people,
        "is_first": not before,
        "older_url": older,
        "newest_url": f"{reverse('messages')}?{urlencode({'q': text})}" if before else "",
    }
    template = "tracking/_messages.html" if request.htmx else "tracking/messages.html"
    return render(request, template, context)


@require_safe
@requires(Permission.LOOK)
def message(request: StaffRequest, message_id: int) -> HttpResponse:
    return render(request, "tracking/message.html", {"story": _story(message_id)})


@require_safe
@requires(Permission.LOOK)
@mail_policy
def message_mail(request: StaffRequest, message_id: int) -> HttpResponse:
    """The mail's HTML for a frame of its own: no scripts, no forms, no cookies of ours in reach."""
    try:
        parts = _story(message_id).parts
    except NotShowable as problem:
        raise Http404(str(problem)) from problem
    response = HttpResponse(shown_in(parts.html, dark=request.GET.get("look") == "dark"))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _story(message_id: int) -> Story:
    known = Message.objects.select_related("batch__provider")
    return Story(get_object_or_404(known, id=message_id))
