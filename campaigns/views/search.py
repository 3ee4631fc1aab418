"""Ctrl+K: people, pages and whatever has a name, from anywhere, and whether somebody got a mail."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Case, CharField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, StaffRequest, allows, requires
from accounts.shell import menu
from campaigns import starters
from campaigns.models import Campaign, CampaignQuerySet, Template
from contacts.models import MailingList, Segment, SignupForm
from contacts.table import searching
from tracking.message_log import answer

_SHOWN = 5


class Row(NamedTuple):
    name: str
    url: str
    state: str = ""


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
        "kinds": [(title, rows) for title, rows in _kinds(request, words) if rows],
        **_pages(request, words),
    }


def _kinds(request: StaffRequest, words: str) -> Iterator[tuple[str, list[Row]]]:
    """Each kind with those found of it that the person may open."""
    campaigns = _by_name(Campaign.objects.whole().matching(words), words).select_related("batch")[:_SHOWN]
    yield "Campaigns", [Row(one.name, one.get_absolute_url(), one.stage_words) for one in campaigns]
    lists = _named(MailingList.objects.all(), words)
    yield "Lists", [Row(one.name, one.get_absolute_url(), _archived(one)) for one in lists]
    yield "Segments", [Row(one.name, one.get_absolute_url()) for one in _named(Segment.objects.all(), words)]
    forms = _named(SignupForm.objects.all(), words)
    yield "Forms", [Row(one.name, one.get_absolute_url(), _archived(one) or _paused(one)) for one in forms]
    if allows(request.user, Permission.WRITE):
        own = _named(Template.objects.select_related("campaign"), words, "campaign__name")
        templates = [Row(str(one), reverse("template", args=[one.pk]), _put_away(one)) for one in own]
        templates += _starters(words)
        yield "Templates", sorted(templates, key=lambda one: (len(one.name), one.name))[:_SHOWN]


def _named(rows: QuerySet[Any], words: str, name: str = "name") -> QuerySet[Any]:
    """The shortest names first: one that is typed whole is never pushed out by longer ones that contain it."""
    return rows.filter(**{f"{name}__icontains": words}).order_by(Length(name), name)[:_SHOWN]


def _by_name(found: CampaignQuerySet, words: str) -> CampaignQuerySet:
    """As `_named` does, and behind them those of which the subject alone says it, the latest first."""
    is_named = Q(name__icontains=words)
    length = Case(When(is_named, then=Length("name")), default=Value(None), output_field=IntegerField())
    name = Case(When(is_named, then="name"), default=Value(""), output_field=CharField())
    return found.order_by(length.asc(nulls_last=True), name, "-pk")


def _starters(words: str) -> Iterator[Row]:
    for key, name in starters.names().items():
        if words.casefold() in name.casefold():
            yield Row(name, reverse("starter", args=[key]), "Ours")


def _archived(one: MailingList | SignupForm) -> str:
    return "Archived" if one.archived_at else ""


def _paused(form: SignupForm) -> str:
    return "Paused" if form.paused_at else ""


def _put_away(template: Template) -> str:
    return "Put away" if template.archived_at else ""


def _pages(request: StaffRequest, words: str) -> dict[str, Any]:
    entries = [entry for group in menu.groups(request.user, "") for entry in group.entries]
    return {"pages": [entry for entry in entries if words.lower() in entry.label.lower()]}
