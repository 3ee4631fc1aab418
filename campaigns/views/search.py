"""Ctrl+K: campaigns, people and pages from anywhere, and whether somebody got a mail."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, StaffRequest, requires
from accounts.shell import menu
from campaigns.models import Campaign
from contacts.table import searching
from tracking.message_log import answer

_SHOWN = 5


@require_safe
@requires(Permission.LOOK)
def search(request: StaffRequest) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    context: dict[str, Any] = {"words": words, **(_found(request, words) if words else _pages(request, ""))}
    return render(request, "campaigns/_found.html" if request.htmx else "campaigns/search.html", context)


def _found(request: StaffRequest, words: str) -> dict[str, Any]:
    name = answer.subject_of(words)
    people = searching.found_by(name, _SHOWN)
    return {
        "people": [(person, answer.answers(person, limit=2 if len(people) == 1 else 1)) for person in people],
        "campaigns": Campaign.objects.whole().matching(words).select_related("batch")[:_SHOWN],
        **_pages(request, words),
    }


def _pages(request: StaffRequest, words: str) -> dict[str, Any]:
    entries = [entry for group in menu.groups(request.user, "") for entry in group.entries]
    return {"pages": [entry for entry in entries if words.lower() in entry.label.lower()]}
