"""Suppressions on hold: domains that denied many at once, each decided by a person."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts.suppression import holding


@require_safe
@requires(Permission.LOOK)
def held(request: StaffRequest) -> HttpResponse:
    return render(request, "contacts/held.html", {"held": holding.held()})


@require_POST
@requires(Permission.PEOPLE)
def believe(request: StaffRequest) -> HttpResponse:
    return _decide(request, holding.believe, "suppression.believed", "get no more mail.")


@require_POST
@requires(Permission.PEOPLE)
def keep(request: StaffRequest) -> HttpResponse:
    return _decide(request, holding.keep, "suppression.kept_mailable", "may get mail again.")


def _decide(request: StaffRequest, decide: Callable[[str], int], action: str, effect: str) -> HttpResponse:
    domain = request.POST.get("domain", "").replace("\0", "")[:320]
    count = decide(domain)
    if count:
        audit.record(request, action, domain, count=count)
        messages.success(request, f"{count:,} {'address' if count == 1 else 'addresses'} at {domain} {effect}")
    else:
        messages.warning(request, "Nothing is on hold there any more: somebody was faster.")
    return redirect("suppressions-held" if holding.waiting() else "suppressions")
