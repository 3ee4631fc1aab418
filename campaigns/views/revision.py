"""Other words for the rest of a paused campaign."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.numbers import digits, whole_number
from accounts.permissions import Permission, StaffRequest, requires
from accounts.wording import count_people
from campaigns.sending import launching, revising
from campaigns.views.pages import Readiness, get_campaign
from delivery.ledger import NotPossible


@require_POST
@requires(Permission.WRITE)
def revise(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin writing what the rest will get, or go on writing it."""
    found = get_campaign(pk)
    try:
        return redirect(revising.begin(found, by=request.user))
    except NotPossible as reason:
        messages.warning(request, str(reason))
        return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEND)
def go_on(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once more, with the numbers; then go on with the new version."""
    found = get_campaign(pk)
    if found.revision_of is None:
        return redirect(found)
    ready = Readiness(found)
    if request.method != "POST":
        return _confirm(request, ready)
    if ready.needs_typing and digits(request.POST.get("typed", "")) != str(ready.left):
        return _confirm(request, ready, problem="The number does not match. Nothing was sent.")
    try:
        campaign = revising.go_on(found, by=request.user, version=whole_number(request.POST.get("version")) or 0)
    except launching.Changed:
        return _confirm(request, Readiness(get_campaign(pk)), problem="It has changed meanwhile. Look again.")
    except launching.NotReady as not_ready:
        return _confirm(request, ready, blocking=not_ready.findings)
    except NotPossible as reason:
        return _confirm(request, ready, problem=f"{reason} Nothing was sent.")
    messages.success(request, f"Going on with the new version for {count_people(ready.left)}.")
    return redirect(campaign)


def _confirm(request: StaffRequest, ready: Readiness, **context: Any) -> HttpResponse:
    status = 422 if context else 200
    context.setdefault("blocking", ready.blocking)
    context |= {"campaign": ready.campaign, "original": ready.campaign.revision_of, "ready": ready}
    return render(request, "campaigns/continue.html", context, status=status)
