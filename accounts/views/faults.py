"""What went wrong here lately, for admins; and the page of whoever meets it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views.decorators.http import require_safe
from redis import RedisError

from accounts.faults import kept
from accounts.faults.noticing import request_id
from accounts.permissions import Permission, StaffRequest, requires


@require_safe
@requires(Permission.ORGANISATION)
def faults(request: StaffRequest) -> HttpResponse:
    try:
        found, is_away = kept.latest(), False
    except RedisError:
        found, is_away = [], True
    return render(request, "accounts/faults.html", {"faults": found, "is_away": is_away})


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the context that pages have: it may be what failed."""
    page = loader.get_template("500.html").render({"request_id": request_id(request)})
    return HttpResponse(page, status=500)
