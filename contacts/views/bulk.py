"""One change to many people: asked, followed, stopped, undone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import NumberTyped
from accounts.permissions import Permission, StaffRequest, requires
from accounts.wording import count, count_people
from contacts import tags
from contacts.bulk import changes as bulk_changes
from contacts.bulk.actions import EVERY
from contacts.bulk.models import BulkChange
from contacts.bulk.selection import Selection
from contacts.bulk.working import UNDONE_FOR
from contacts.filtering import Filter
from contacts.models import Contact
from contacts.paging import latest_first
from contacts.segments import measuring

_DONE = "bulk_change_done"  # in the session: what the table of people tells next
_NAMED = 6


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def begin(request: StaffRequest) -> HttpResponse:
    """Ask what exactly, with the number; then begin."""
    given = request.POST if request.method == "POST" else request.GET
    action = EVERY.get(given.get("action", ""))
    if action is None:
        raise Http404
    selection, filters = Selection.of(given), Filter.of(given)
    back = reverse("contacts") + filters.url()
    try:
        number, named = _meant(selection)
    except measuring.TooSlow:
        messages.error(request, "It takes too long to say who they are. Nobody was changed.", extra_tags="refused")
        return redirect(back)
    if not number:
        first = (
            "Nobody of those you ticked is here any more." if selection.ids else "Tick the people first that it is for."
        )
        messages.warning(request, first)
        return redirect(back)
    form = action.form(request.POST if request.method == "POST" else None, prefix="do")
    typing = None
    if number > bulk_changes.TYPED_ABOVE:
        said = request.POST if request.method == "POST" else None
        typing = NumberTyped(said, number=number, spared="Nobody was changed.")
    if form.is_valid() and (typing is None or typing.is_valid()):
        made = bulk_changes.begin(action, action.options(form), selection, expected=number, by=request.user)
        return to_outcome(request, made, back)
    context = {
        "action": action,
        "form": form,
        "number": number,
        "typing": typing,
        "pairs": [("action", action.name), *filters.pairs(), *selection.pairs()],
        "named": named,
        "ticked": len(selection.ids),
        "gone": len(selection.ids) - number if selection.query is None else 0,
        "all_of": filters.sentence if selection.query is not None else "",
        "known_tags": tags.known()[:100] if "tag" in form.fields else (),
        "undone_for": UNDONE_FOR.days,
        "back": back,
    }
    return render(request, "contacts/bulk/begin.html", context, status=422 if form.is_bound else 200)


def _meant(selection: Selection) -> tuple[int, list[Contact]]:
    """How many, and who, where they are few. Raises TooSlow."""
    people = selection.people
    with measuring.within(measuring.PATIENT_MS):
        number = people.count()
        return number, list(people.order_by("-pk")) if number <= _NAMED else []


def to_outcome(request: StaffRequest, made: BulkChange, back: str) -> HttpResponse:
    """To the page of a change that goes on or failed; else back to the table, which tells of it."""
    if made.is_under_way or made.state == BulkChange.State.FAILED:
        return redirect(made)
    request.session[_DONE] = made.pk
    return redirect(back)


@require_GET
@requires(Permission.PEOPLE)
def changes(request: StaffRequest) -> HttpResponse:
    page = latest_first(BulkChange.objects.select_related("created_by"), request)
    rows = [{"change": one, "words": bulk_changes.words(one)} for one in page.rows]
    return render(request, "contacts/bulk/changes.html", {"page": page, "rows": rows})


@require_GET
@requires(Permission.PEOPLE)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(BulkChange.objects.select_related("created_by"), pk=pk)
    if request.htmx and not found.is_under_way:
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = "contacts/bulk/_progress.html" if request.htmx else "contacts/bulk/change.html"
    return render(request, template, _shown(found) | {"refusal": bulk_changes.why_not_undone(found, request.user)})


@require_POST
@requires(Permission.PEOPLE)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(BulkChange, pk=pk)
    try:
        bulk_changes.cancel(found, by=request.user)
    except bulk_changes.NotPossible as problem:
        messages.error(request, str(problem))
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(BulkChange, pk=pk)
    try:
        bulk_changes.undo(found, by=request.user)
    except bulk_changes.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(found)
    found.refresh_from_db()
    if "back" not in request.POST or found.state != BulkChange.State.UNDONE:
        return redirect(found)
    messages.success(request, _undone(found))
    return redirect(reverse("contacts") + Filter.of(QueryDict(request.POST["back"].removeprefix("?"))).url())


def just_done(request: StaffRequest) -> dict[str, Any] | None:
    """What the person who looks at the table has just done to some of it, told once, with its Undo."""
    found = BulkChange.objects.filter(pk=request.session.pop(_DONE, None)).first()
    return None if found is None else _shown(found) | {"refusal": bulk_changes.why_not_undone(found, request.user)}


def _shown(found: BulkChange) -> dict[str, Any]:
    action = EVERY[found.action]
    query = found.chosen.get("query")
    return {
        "change": found,
        "action": action,
        "words": bulk_changes.words(found),
        "outcome": _outcome(found),
        "undone": _undone(found),
        "all_of": Filter.of(QueryDict(query)).sentence if query is not None else "",
        "last_day": found.finished_at and found.finished_at + UNDONE_FOR,
        "done": found.restored + found.kept if found.state == BulkChange.State.UNDOING else found.seen,
        "whole": found.changed if found.state == BulkChange.State.UNDOING else found.total,
    }


def _outcome(found: BulkChange) -> str:
    people = count_people(found.changed)
    rest = f"; {EVERY[found.action].rest}" if found.changed < found.seen else ""
    return f"Done for {people} of {count(found.seen)}{rest}." if rest else f"Done for {people}."


def _undone(found: BulkChange) -> str:
    kept = f" {count(found.kept)} changed since and stay as they are." if found.kept else ""
    return f"Undone for {count_people(found.restored)}.{kept}"
