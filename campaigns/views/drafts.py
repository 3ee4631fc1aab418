"""Autosave: one card at a time, answered in JSON because the page keeps what was typed."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.drafts import deciding, saving
from campaigns.drafts.deciding import When
from campaigns.drafts.forms import CARDS, OF_WORDS
from campaigns.models import Campaign
from campaigns.sending.launching import NotADraft
from campaigns.views.pages import get_campaign

_FROZEN = "This campaign has been launched meanwhile, so it can no longer be changed."


@require_POST
@requires(Permission.WRITE)
def save_card(request: StaffRequest, pk: int, card: str) -> HttpResponse:
    found = get_campaign(pk)
    if card not in CARDS or (found.translation_of and card not in OF_WORDS):
        raise Http404
    form = CARDS[card](request.POST, instance=found)
    if not form.is_valid():
        return _refused(request, pk, form.errors.get_json_data())
    try:
        saved = saving.save(pk, form.apply, by=request.user, version=version_of(request))
    except saving.Conflict as conflict:
        return conflicting(request, conflict.campaign)
    except NotADraft:
        return frozen(request, pk)
    return stored(request, saved)


@require_POST
@requires(Permission.WRITE)
def decide_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Who gets it, as of this moment."""
    try:
        saved = saving.save(pk, partial(deciding.decide, when=When.NOW, again=True), by=request.user, version=None)
    except NotADraft:
        return frozen(request, pk)
    return stored(request, saved)


def version_of(request: HttpRequest) -> int | None:
    """The version this page last saw; None to override the others (`force`) or when it was not said."""
    return None if "force" in request.POST else whole_number(request.POST.get("version"))


def stored(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    if not wants_json(request):
        return redirect(request.POST.get("next") or campaign) if _is_ours(request) else redirect(campaign)
    return JsonResponse({"version": campaign.version, "saved": f"Saved {timezone.localtime():%H:%M}"})


def conflicting(request: StaffRequest, campaign: Campaign) -> HttpResponse:
    words = who_changed(campaign.updated_by, campaign.updated_at, request.user)
    if not wants_json(request):
        messages.warning(request, f"{words} Your change was not saved.")
        return redirect(campaign)
    return JsonResponse({"conflict": words, "version": campaign.version}, status=409)


def frozen(request: HttpRequest, pk: int) -> HttpResponse:
    if not wants_json(request):
        messages.warning(request, _FROZEN)
        return redirect("campaign", pk)
    return JsonResponse({"frozen": _FROZEN}, status=410)


def who_changed(by: User | None, at: datetime, reader: User) -> str:
    span = timesince(at, depth=1)
    ago = "just now" if span.startswith("0") else f"{span} ago"
    if by == reader:
        return f"You changed this in another window {ago}."
    return f"{by or 'Somebody'} changed this {ago}."


def wants_json(request: HttpRequest) -> bool:
    """Asked by a script, which shows the problem itself."""
    return "application/json" in request.headers.get("Accept", "") or bool(request.htmx)  # type: ignore[attr-defined]


def _refused(request: HttpRequest, pk: int, errors: dict[str, Any]) -> HttpResponse:
    words = {field: " ".join(error["message"] for error in found) for field, found in errors.items()}
    if not wants_json(request):
        messages.error(request, "Not saved. " + " ".join(words.values()))
        return redirect("campaign", pk)
    return JsonResponse({"errors": words}, status=422)


def _is_ours(request: HttpRequest) -> bool:
    return request.POST.get("next", "").startswith("/campaigns/")
