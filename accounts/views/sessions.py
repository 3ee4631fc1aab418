"""Where somebody is logged in, ended one by one or all but this one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from accounts.sessions import listing


@require_POST
@requires(Permission.LOOK)
def end(request: StaffRequest, number: str) -> HttpResponse:
    if listing.end(request, number):
        audit.record(request, "session.ended", request.user.email)
        messages.success(request, "That browser is logged out.")
    else:
        messages.info(request, "That browser was logged out already.")
    return redirect("account")


@require_POST
@requires(Permission.LOOK)
def end_others(request: StaffRequest) -> HttpResponse:
    listing.end_others(request)
    audit.record(request, "session.others_ended", request.user.email)
    messages.success(request, "Everywhere else you are logged out.")
    return redirect("account")
