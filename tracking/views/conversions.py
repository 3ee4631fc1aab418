"""Goals: listed, set up, explained to whoever builds the site."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.models import Organisation
from accounts.permissions import Permission, StaffRequest, requires
from contacts.exporting import csv_response
from delivery import titles
from tracking.conversions import secret
from tracking.conversions.form import GoalForm
from tracking.conversions.models import Goal

_LATELY = timedelta(days=30)
_SHOWN = 20
# key, label, definition
_COLUMNS = (("lately", "Last 30 days", "How often your site told of it, also orders that were taken back later."),)
_COLUMNS_OF_ONE = (("worth", "Worth", "What your site said it was worth, before anything was refunded."),)


@require_safe
@requires(Permission.LOOK)
def goals(request: StaffRequest) -> HttpResponse:
    lately = Q(conversions__at__gte=timezone.now() - _LATELY)
    found = Goal.objects.annotate(lately=Count("conversions", filter=lately), last_at=Max("conversions__at"))
    if request.GET.get("as") == "csv":
        rows = ((each.name, " ".join(each.sites), each.lately, each.last_at) for each in found)
        return _file("goals", ("Goal", "Sites", "Last 30 days", "Last one"), rows)
    return render(request, "tracking/conversions/goals.html", {"goals": found, "columns": _COLUMNS})


@never_cache
@require_safe
@requires(Permission.LOOK)
def goal(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Goal, pk=pk)
    if request.GET.get("as") == "csv":
        return _file(f"goal-{found.pk}", _REACHED, _reached(found))
    return _page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ORGANISATION)
def add(request: StaffRequest) -> HttpResponse:
    return _edit(request, Goal(created_by=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ORGANISATION)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Goal, pk=pk))


@never_cache
@require_POST
@requires(Permission.ORGANISATION)
@lately_confirmed
def renew(request: StaffRequest, pk: int) -> HttpResponse:
    """Shown on the page that answers, and never again."""
    found = get_object_or_404(Goal, pk=pk)
    made = secret.renew(found)
    audit.record(request, "goal.secret", found.name)
    return _page(request, found, made)


@require_POST
@requires(Permission.ORGANISATION)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Goal, pk=pk)
    audit.record(request, "goal.delete", found.name, conversions=found.conversions.count())
    found.delete()
    messages.success(request, f"The goal {found.name} is deleted, with all that was counted for it.")
    return redirect("goals")


def _edit(request: StaffRequest, found: Goal) -> HttpResponse:
    form = GoalForm(request.POST or None, instance=found)
    if not form.is_valid():
        shown = {"form": form, "goal": Goal.objects.filter(pk=found.pk).first()}
        return render(request, "tracking/conversions/edit.html", shown, status=422 if form.is_bound else 200)
    is_new = found.pk is None
    form.save()
    audit.record(request, "goal.add" if is_new else "goal.change", found.name, fields=form.changed_data)
    messages.success(request, "Saved. Campaigns launched from now on carry the sign.")
    return redirect(found)


_REACHED = ("Campaign", "Order", "Worth", "Currency", "Told", "When", "Refunded", "Taken back")


def _reached(found: Goal) -> Iterator[Sequence[Any]]:
    """All of them, of nobody by name."""
    kept = found.conversions.order_by("-at")
    named = titles.titles(set(kept.order_by().values_list("batch_id", flat=True).distinct()))
    for row in kept.iterator():
        worth = row.worth if row.currency else None
        about = (named[row.batch_id].text, row.order, worth, row.currency, row.get_via_display(), row.at)
        yield *about, row.refunded if row.currency else None, "yes" if row.is_taken_back else ""


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    return cast("HttpResponse", csv_response(f"{name}-{timezone.localdate():%Y-%m-%d}", header, rows))


def _page(request: StaffRequest, found: Goal, made: str = "") -> HttpResponse:
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    rows = list(found.conversions.order_by("-at")[:_SHOWN])
    named = titles.titles(row.batch_id for row in rows)
    context = {
        "goal": found,
        "address": f"{base}{reverse('goal-reached', args=[found.key])}",
        "secret": made,
        "rows": [(row, named[row.batch_id]) for row in rows],
        "count": found.conversions.count(),
        "columns": _COLUMNS_OF_ONE,
    }
    return render(request, "tracking/conversions/goal.html", context)
