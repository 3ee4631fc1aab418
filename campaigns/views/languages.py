"""Languages of a draft: one more, one fewer, and which one its own words are in."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, StaffRequest, requires
from campaigns.launching import NotADraft
from campaigns.models import Campaign
from campaigns.multilingual import changing, shares
from campaigns.views.drafts import frozen
from campaigns.views.pages import get_campaign, get_whole
from contacts.guessing import languages


def switch(found: Campaign) -> dict[str, Any]:
    """What `campaigns/_languages.html` shows: the languages to go to, and those that may be added."""
    whole = found.translation_of or found
    return {
        "languages": shares.of(found),
        "languages_offered": [] if whole.revision_of_id else changing.offered(whole),
        "languages_known": languages.of_mails(),
        "whole": whole,
    }


@require_POST
@requires(Permission.WRITE)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    whole, language = get_whole(pk), request.POST.get("language", "")
    return _act(request, whole, lambda: changing.add(whole, language, by=request.user), "campaign-content")


@require_POST
@requires(Permission.WRITE)
def write_in(request: StaffRequest, pk: int) -> HttpResponse:
    whole, language = get_whole(pk), request.POST.get("language", "")
    return _act(request, whole, lambda: changing.write_in(whole, language, by=request.user), "campaign")


@require_POST
@requires(Permission.WRITE)
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    name = languages.name_of(found.language)
    answer = _act(request, found, lambda: changing.remove(found, by=request.user), "campaign")
    if not Campaign.objects.filter(pk=pk).exists():
        messages.success(request, f"{name} is removed. Who reads it gets the default language.")
    return answer


def _act(request: StaffRequest, asked: Campaign, act: Callable[[], Campaign], page: str) -> HttpResponse:
    try:
        return redirect(page, act().pk)
    except NotADraft:
        return frozen(request, asked.pk)
    except changing.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(asked)
