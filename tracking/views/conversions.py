"""Goals: listed, set up, explained to whoever builds the site."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.confirming import lately_confirmed
from accounts.models import Organisation
from accounts.permissions import Permission, StaffRequest, requires
from tracking import titles
from tracking.conversions import secret
from tracking.conversions.form import GoalForm
from tracking.conversions.models import Goal

_LATELY = timedelta(days=30)
_SHOWN = 20


@require_safe
@requires(Permission.LOOK)
def goals(request: StaffRequest) -> HttpResponse:
    lately = Q(conversions__at__gte=timezone.now() - _LATELY)
    found = Goal.objects.annotate(lately=Count("conversions", filter=lately), last_at=Max("conversions__at"))
    return render(request, "tracking/conversions/goals.html", {"goals": found})


@never_cache
@require_safe
@requires(Permission.LOOK)
def goal(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Goal, pk=pk))


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
    }
    return render(request, "tracking/conversions/goal.html", context)
