"""Tagging the people of a list, and taking it back."""

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import NumberTyped
from accounts.permissions import Permission, StaffRequest, requires
from contacts import tags
from contacts.bulk.actions.tags import TagForm
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
    said = request.POST if request.method == "POST" else None
    form, typing = TagForm(said, label_suffix=""), None
    form.fields["tag"].widget.attrs["placeholder"] = "clicked autumn letter"
    if counted.people > taggings.MANY:
        typing = NumberTyped(said, number=counted.people, spared="Nobody was tagged.")
    if form.is_valid() and (typing is None or typing.is_valid()):
        try:
            return _begin(request, chosen, form.cleaned_data["tag"])
        except taggings.NotPossible as reason:
            form.add_error(None, str(reason))
    context = {
        "chosen": chosen,
        "title": titles.titles([batch_id])[batch_id],
        "label": lists.LABELS[chosen.term],
        "counted": counted,
        "form": form,
        "typing": typing,
        "known": tags.known()[:100],
        "back_url": f"{reverse('batch-people', args=[batch_id])}?{chosen.query}",
    }
    return render(request, "tracking/tag_people.html", context, status=422 if form.is_bound else 200)


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


def _begin(request: StaffRequest, chosen: Chosen, tag: str) -> HttpResponse:
    made = taggings.begin(
        chosen.batch,
        chosen.term,
        chosen.narrowing,
        query=chosen.query,
        tag=tag,
        by=request.user,
    )
    transaction.on_commit(partial(tag_people.delay, tagging_id=made.pk), robust=True)
    return redirect("tagging", made.pk)
