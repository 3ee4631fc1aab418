"""Merge tags of other systems put into ours by one click, and taken back by another."""

import re
import secrets
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, StaffRequest, requires
from accounts.wording import storable
from campaigns.drafts import saving
from campaigns.models import Campaign
from campaigns.preflight import foreign_tags
from campaigns.sending.launching import NotADraft
from campaigns.views.drafts import conflicting, frozen, version_of
from campaigns.views.pages import get_campaign

_WORDS = ("subject", "preheader", "text", "html", "blocks")
_KEPT_SECONDS = 24 * 3600
_LONGEST = 2_000
_KEY = re.compile(r"[\w-]{12}", re.ASCII)


@require_POST
@requires(Permission.WRITE)
def translate_tags(request: StaffRequest, pk: int) -> HttpResponse:
    key, instead = secrets.token_urlsafe(9), _instead(request.POST)
    done: dict[str, Any] = {}

    def translate(campaign: Campaign) -> None:
        done["before"] = {name: getattr(campaign, name) for name in _WORDS}
        done["count"] = foreign_tags.translate(campaign, instead)

    try:
        saved = saving.save(get_campaign(pk).pk, translate, by=request.user, version=version_of(request))
    except saving.Conflict as conflict:
        return conflicting(request, conflict.campaign)
    except NotADraft:
        return frozen(request, pk)
    if done["count"]:
        cache.set(_name(pk, key), {"words": done["before"], "version": saved.version}, _KEPT_SECONDS)
    _say(request, done["count"], replaces=bool(instead))
    page = reverse("campaign-imported", args=[pk]) if "imported" in request.POST else saved.get_absolute_url()
    return redirect(f"{page}?translated={key}" if done["count"] else page)


@require_POST
@requires(Permission.WRITE)
def undo_translation(request: StaffRequest, pk: int) -> HttpResponse:
    """Only as long as nobody has changed the draft since: Undo must not cost anybody's later words."""
    kept = cache.get(_name(get_campaign(pk).pk, request.POST.get("key", "")))
    if kept is None:
        messages.warning(request, "That is too long ago to be taken back.")
        return redirect("campaign", pk)

    def restore(campaign: Campaign) -> None:
        for name in _WORDS:
            setattr(campaign, name, kept["words"][name])

    try:
        saved = saving.save(pk, restore, by=request.user, version=kept["version"])
    except saving.Conflict as conflict:
        return conflicting(request, conflict.campaign)
    except NotADraft:
        return frozen(request, pk)
    messages.success(request, "The merge tags stand as they came.")
    return redirect(saved)


def _instead(data: QueryDict) -> dict[str, str]:
    """Of each tag that we have nothing like and that somebody decided about, what shall stand there."""
    found = {}
    for name, tag in data.items():
        number = name.removeprefix("tag-")
        words = storable(data.get(f"instead-{number}", ""), _LONGEST)
        if name != number and (words or f"out-{number}" in data):
            found[str(tag)] = words
    return found


def _say(request: StaffRequest, count: int, *, replaces: bool) -> None:
    if not count:
        messages.warning(
            request, "Nothing has changed: write what stands instead of a tag, or tick that it is taken out."
        )
        return
    tags = f"{count} merge tag{'' if count == 1 else 's'}"
    messages.success(request, f"{tags} replaced." if replaces else f"{tags} put into our words.")


def _name(pk: int, key: str) -> str:
    return f"translated:{pk}:{key if _KEY.fullmatch(key) else ''}"
