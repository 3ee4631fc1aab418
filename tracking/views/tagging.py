"""Tagging the people of a list, and taking it back."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.numbers import digits
from accounts.permissions import Permission, StaffRequest, requires
from contacts import tags
from delivery import titles
from tracking import tagging as taggings
from tracking.models import Tagging
from tracking.reports import people as lists
from tracking.tasks import tag_people
from tracking.views.people import Chosen


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PEOPLE)
def tag(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Ask with the number; then begin."""
    chosen = Chosen.read(request, batch_id)
    counted = taggings.count(chosen.batch, chosen.term, chosen.narrowing)
    is_large = counted.people > taggings.MANY
    problem = ""
    if request.method == "POST":
        if is_large and digits(request.POST.get("typed", "")) != str(counted.people):
            problem = "The number does not match. Nobody was tagged."
        else:
            try:
                return _begin(request, chosen)
            except taggings.NotPossible as reason:
                problem = str(reason)
    context = {
        "chosen": chosen,
        "title": titles.titles([batch_id])[batch_id],
        "label": lists.LABELS[chosen.term],
        "counted": counted,
        "is_large": is_large,
        "known": tags.known()[:100],
        "problem": problem,
        "tag": request.POST.get("tag", ""),
        "back_url": f"{reverse('batch-people', args=[batch_id])}?{chosen.query}",
    }
    return render(request, "tracking/tag_people.html", context, status=422 if problem else 200)


@require_safe
@requires(Permission.LOOK)
def tagging(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tagging.objects.select_related("batch", "created_by"), pk=pk)
    context = {
        "tagging": found,
        "title": titles.titles([found.batch_id])[found.batch_id],
        "label": lists.LABELS.get(found.term, found.term),
        "people_url": f"{reverse('batch-people', args=[found.batch_id])}?{found.query}",
        "is_under_way": found.state in (Tagging.State.RUNNING, Tagging.State.UNDOING),
    }
    return render(request, "tracking/_tagging.html" if request.htmx else "tracking/tagging.html", context)


@require_POST
@requires(Permission.PEOPLE)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tagging, pk=pk)
    try:
        taggings.undo(found, by=request.user)
    except taggings.NotPossible as reason:
        messages.warning(request, str(reason))
    else:
        transaction.on_commit(partial(tag_people.delay, tagging_id=found.pk), robust=True)
    return redirect("tagging", pk)


def _begin(request: StaffRequest, chosen: Chosen) -> HttpResponse:
    made = taggings.begin(
        chosen.batch,
        chosen.term,
        chosen.narrowing,
        query=chosen.query,
        tag=request.POST.get("tag", ""),
        by=request.user,
    )
    transaction.on_commit(partial(tag_people.delay, tagging_id=made.pk), robust=True)
    return redirect("tagging", made.pk)
