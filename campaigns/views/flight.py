"""Launching, and what may still be done after."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.numbers import digits, whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.models import Campaign
from campaigns.sending import launching
from campaigns.views.pages import Readiness, get_campaign
from delivery import ledger
from delivery.ledger import NotPossible
from delivery.sandbox import bad_day


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEND)
def launch(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once more, with the numbers; then go."""
    found = get_campaign(pk)
    if not found.is_draft or found.revision_of or found.translation_of:
        return redirect(found)
    ready = Readiness(found)
    if request.method != "POST" or ready.people is None:
        return _confirm(request, ready)
    if ready.needs_typing and digits(request.POST.get("typed", "")) != str(ready.will_receive):
        return _confirm(request, ready, problem="The number does not match. Nothing was sent.")
    agreed, is_bad_day = _agreed(request), "bad_day" in request.POST
    try:
        launching.launch(found, by=request.user, at=found.scheduled_at, agreed=agreed, bad_day=is_bad_day)
    except launching.Changed:
        problem = "Something has changed since this was shown. Look again. Nothing was sent."
        return _confirm(request, Readiness(get_campaign(pk)), problem=problem)
    except launching.NotReady as not_ready:
        return _confirm(request, ready, blocking=not_ready.findings)
    except launching.InThePast:
        return _confirm(request, ready, problem="The planned time has gone by. Choose a later one under Schedule.")
    return redirect(found)


@require_POST
@requires(Permission.SEND)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, launching.undo, "Undone. Nothing was sent, and the campaign is a draft again.")


@require_POST
@requires(Permission.SEND)
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, launching.pause, "Paused.")


@require_POST
@requires(Permission.SEND)
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, pk, launching.resume, "Going on where it stopped.")


@require_POST
@requires(Permission.SEND)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    if found.batch:
        tally = ledger.tally(found.batch)
        needs_typing = launching.cancel_needs_typing(found.batch, tally)
        if needs_typing and digits(request.POST.get("typed", "")) != str(tally.total):
            messages.warning(request, f"Not cancelled: the number to type is {tally.total:,}. It goes on as it was.")
            return redirect(found)
    return _act(request, pk, launching.cancel, "Cancelled. Those not reached yet are counted as skipped.")


def _confirm(request: StaffRequest, ready: Readiness, **context: Any) -> HttpResponse:
    htmx = bool(request.htmx)
    template = "campaigns/_launch_dialog.html" if htmx else "campaigns/launch.html"
    status = 422 if context else 200
    context.setdefault("blocking", ready.blocking)
    context["bad_day_in_words"] = bad_day.IN_WORDS
    return render(request, template, {"campaign": ready.campaign, "ready": ready, **context}, status=status)


def _act(request: StaffRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
    found: Campaign = get_campaign(pk)
    try:
        act(found, by=request.user)
    except NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, done)
    return redirect(found)


def _agreed(request: StaffRequest) -> launching.Agreed:
    """What the page named beside its button; a request that names nothing agrees to nothing."""
    provider, version = (whole_number(request.POST.get(name)) or 0 for name in ("provider", "version"))
    is_rehearsal = {"rehearsal": True, "real": False}.get(request.POST.get("way", ""))
    return launching.Agreed(provider, version, is_rehearsal)
