"""Undoing an import: what it would do, as numbers, then progress, then what it did. One address for all of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts.importing.running import bases, progress
from contacts.importing.undoing import keeping, wishes
from contacts.models import ImportJob, ImportUndo

TYPED_ABOVE = 5_000  # people: more than that and their number must be typed
State = ImportUndo.State


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    if request.method == "POST":
        try:
            wishes.ask(job, by=request.user)
        except wishes.NotPossible as problem:
            messages.error(request, str(problem))
            return redirect(job)
        return redirect("import-undo", job.pk)
    found = get_object_or_404(ImportUndo.objects.select_related("created_by"), job=job)
    is_at_work = found.state in (State.COUNTING, State.RUNNING)
    if request.htmx and not is_at_work:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"job": job, "undo": found, "days": keeping.DAYS}
    if is_at_work:
        template = "contacts/imports/_undo_progress.html" if request.htmx else "contacts/imports/undo_working.html"
        return render(request, template, context | {"progress": progress.of(found)})
    numbers = found.counts.get("expected" if found.state == State.READY else "done", {})
    people = _people(numbers)
    context |= {
        "numbers": numbers,
        "people": people,
        "bases": bases.to_take_back(job) if found.state == State.READY else [],
        "must_type": people > TYPED_ABOVE,
        "kept": sum(numbers.get(name, 0) for name in ("mailed", "said", "changed", "later")),
        "can_begin_again": found.state == State.FAILED and keeping.undoable(job),
    }
    return render(request, "contacts/imports/undo.html", context)


@require_POST
@requires(Permission.PEOPLE)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ImportUndo.objects.select_related("job"), job_id=pk)
    numbers = found.counts.get("expected", {})
    people = _people(numbers)
    if people > TYPED_ABOVE and request.POST.get("typed", "").strip().replace(",", "") != str(people):
        messages.error(request, "Type the number of people to undo the import.")
        return redirect("import-undo", pk)
    try:
        wishes.start(found)
    except wishes.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect("import-undo", pk)
    audit.record(request, "import.undo", found.job.file_name, id=pk, **numbers)
    return redirect("import-undo", pk)


def _people(numbers: dict[str, int]) -> int:
    """Those who would not stay as they are."""
    return sum(numbers.get(name, 0) for name in ("removed", "restored", "put_back"))
