"""Imports: upload, columns, what will happen, progress, report. One address from the file to the report."""

from typing import Any

from django.contrib import messages
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.http.uploads import takes_uploads
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from accounts.wording import isolated, listed
from contacts.exporting import csv_response, stored_response
from contacts.importing.columns.guessing import system
from contacts.importing.columns.open_points import clashes, open_points
from contacts.importing.columns.questions import DISREGARD
from contacts.importing.form import ImportForm, ShapeForm, answers, choices, chosen, meanings, with_columns
from contacts.importing.plan import Plan, Status, Target
from contacts.importing.reading import pasting
from contacts.importing.reading.detecting import NotReadable
from contacts.importing.reading.uploading import LARGEST_BYTES, SizeGuard
from contacts.importing.rows.quoting import quoted_names
from contacts.importing.running import bases, jobs, mending, progress
from contacts.importing.running.beginning import Beginning
from contacts.importing.undoing import keeping, wishes
from contacts.models import ImportJob, ImportUndo, MailingList
from contacts.paging import latest_first
from contacts.their_data.collecting import moment

State = ImportJob.State
_AT_WORK = (State.READING, State.CHECKING, State.RUNNING)


class NothingGiven(NotReadable):
    """Neither a file nor pasted people."""


@require_GET
@requires(Permission.PEOPLE)
def imports(request: StaffRequest) -> HttpResponseBase:
    """`?as=csv`: all of them as a file."""
    if request.GET.get("as") == "csv":
        header = ("File", "State", "New", "Updated", "Refused", "When", "By")
        return csv_response("imports", header, map(_as_line, ImportJob.objects.select_related("created_by").iterator()))
    page = latest_first(ImportJob.objects.select_related("created_by"), request)
    return render(request, "contacts/imports.html", {"page": page})


def _as_line(job: ImportJob) -> tuple[object, ...]:
    done, expected = job.counts.get("done", {}), job.counts.get("expected", {})
    by = str(job.created_by or "")
    figures = (done.get("new", 0), done.get("updated", 0), expected.get("invalid", 0))
    return (job.file_name, job.get_state_display(), *figures, moment(job.created_at), by)


@takes_uploads(LARGEST_BYTES)
@csrf_exempt  # checked in _upload: the guard has to stand before anything reads the form
@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def upload(request: StaffRequest) -> HttpResponseBase:
    guard = SizeGuard(request)
    request.upload_handlers.insert(0, guard)
    return _upload(request, guard)


@csrf_protect
def _upload(request: StaffRequest, guard: SizeGuard) -> HttpResponse:
    if request.method == "GET":
        return render(request, "contacts/import_new.html", {"as_suppressed": request.GET.get("as") == "suppressed"})
    as_suppressed = request.POST.get("as") == "suppressed"
    try:
        file: File[bytes] | None = request.FILES.get("file")
        if guard.is_too_large:
            raise NotReadable("The file is larger than 200 MB. Split it and import the parts one after the other.")
        pasted = request.POST.get("pasted", "").strip()
        if file is None and pasted:
            file = ContentFile(pasting.as_table(pasted).encode(), "Pasted text")
        if file is None:
            raise NothingGiven("Choose a file, or paste people below. An empty file cannot be imported.")
        job = jobs.upload(file, file.name or "file", by=request.user, as_suppressed=as_suppressed)
    except NotReadable as problem:
        context = {"problem": problem, "as_suppressed": as_suppressed, "pasted": request.POST.get("pasted", "")}
        context["is_missing"] = isinstance(problem, NothingGiven)
        return render(request, "contacts/import_new.html", context, status=422)
    audit.record(request, "import.upload", job.file_name)
    return redirect(job)


@require_GET
@requires(Permission.PEOPLE)
def import_job(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    is_at_work = job.state in _AT_WORK
    if request.htmx and not is_at_work:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _page(request, job)


def _page(request: StaffRequest, job: ImportJob, status: int = 200) -> HttpResponse:
    if job.state in _AT_WORK:
        template = "contacts/_import_progress.html" if request.htmx else "contacts/import_working.html"
        return render(request, template, {"job": job, "progress": progress.of(job)}, status=status)
    if job.state == State.UPLOADED:
        plan = Plan.from_json(job.options)
        return _columns_page(request, job, plan, ImportForm.of(plan), status=status)
    return render(request, "contacts/import_report.html", _report(job), status=status)


@require_POST
@requires(Permission.PEOPLE)
def preview(request: StaffRequest, pk: int) -> HttpResponse:
    """The columns and the first rows as they would be with what is chosen on the page. Saves nothing."""
    job = _uploaded(pk)
    return render(request, "contacts/_import_preview.html", _columns(job, _as_chosen(request, job)))


@require_POST
@requires(Permission.PEOPLE)
def reread(request: StaffRequest, pk: int) -> HttpResponse:
    job = _uploaded(pk)
    form = ShapeForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        jobs.reread(job, form.shape())
    except NotReadable as problem:
        messages.error(request, str(problem))
    return redirect(job)


@require_POST
@requires(Permission.PEOPLE)
def check(request: StaffRequest, pk: int) -> HttpResponse:
    job = _uploaded(pk)
    form = ImportForm(request.POST)
    form.fields["consent_source"].required = not job.options.get("only_suppress")
    plan = _as_chosen(request, job)
    if form.is_valid():
        try:
            jobs.check(job, plan, form.decide)
            return redirect(job)
        except jobs.Open:
            pass  # the page names all that is open, each beside its column
        except jobs.NotPossible as problem:
            form.add_error(None, str(problem))
    return _columns_page(request, job, plan, form, status=422)


@require_POST
@requires(Permission.PEOPLE)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    try:
        jobs.start(job)
    except jobs.NotPossible as problem:
        messages.error(request, str(problem))
        return _page(request, job, status=400)
    audit.record(request, "import.start", job.file_name, id=job.pk)
    return redirect(job)


@require_POST
@requires(Permission.PEOPLE)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    return _act(request, get_object_or_404(ImportJob, pk=pk), jobs.change)


@require_POST
@requires(Permission.PEOPLE)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=pk)
    audit.record(request, "import.cancel", job.file_name, id=job.pk)
    return _act(request, job, jobs.cancel)


@require_GET
@requires(Permission.PEOPLE)
def refused(request: StaffRequest, pk: int) -> HttpResponseBase:
    job = get_object_or_404(ImportJob, pk=pk)
    if not job.refused_storage_name or not default_storage.exists(job.refused_storage_name):
        raise Http404
    return stored_response(job.refused_storage_name, f"refused-{job.file_name.rsplit('.', 1)[0]}")


@require_POST
@requires(Permission.PEOPLE)
def mend(request: StaffRequest, pk: int) -> HttpResponse:
    """The refused rows with better addresses, as an import of their own."""
    job = get_object_or_404(ImportJob, pk=pk, state__in=(State.READY, State.DONE))
    given = {
        row.number: address for row in mending.refused_rows(job) if (address := request.POST.get(f"row-{row.number}"))
    }
    try:
        mended = mending.mend(job, given, by=request.user)
    except jobs.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(job)
    if mended is None:
        messages.error(request, "Mend the address in at least one of the rows.")
        return redirect(job)
    audit.record(request, "import.upload", mended.file_name)
    return redirect(mended)


def _act(request: StaffRequest, job: ImportJob, act: Any) -> HttpResponse:
    try:
        act(job)
    except jobs.NotPossible as problem:
        messages.error(request, str(problem))
    return redirect(job)


def _as_chosen(request: StaffRequest, job: ImportJob) -> Plan:
    """The plan with what is chosen on the page for the columns, and for the file as far as they are read by it."""
    plan = with_columns(Plan.from_json(job.options), job.options["header"], request.POST)
    everyone = whole_number(request.POST.get("everyone"))
    return plan.change(
        everyone=plan.everyone if everyone not in list(Status) else everyone,
        day_first=request.POST.get("day_first") == "yes",
    )


def _uploaded(pk: int) -> ImportJob:
    return get_object_or_404(ImportJob, pk=pk, state=State.UPLOADED)


def _columns_page(
    request: StaffRequest, job: ImportJob, plan: Plan, form: ImportForm, status: int = 200
) -> HttpResponse:
    context = _columns(job, plan) | {
        "form": form,
        "only_suppress": plan.only_suppress,
        "shape": ShapeForm.of(plan),
        "system": system(job.options["header"]),
        "has_lists": MailingList.objects.exists(),
    }
    if status == 422:
        context["open_points"] = open_points(plan, job.options["header"], context["questions"])
    return render(request, "contacts/import_columns.html", context, status=status)


def _columns(job: ImportJob, plan: Plan) -> dict[str, Any]:
    header = job.options["header"]
    beginning = Beginning(job)
    found = zip(header, plan.columns, beginning.samples(), beginning.why_left_out(), strict=True)
    clashing = clashes(plan, header)
    asked = beginning.questions(plan)
    return {
        "job": job,
        "choices": choices(),
        "columns": [
            {"name": name, "chosen": chosen(column), "is_new": column.target == Target.NEW, "label": column.label}
            | {"samples": samples, "is_ignored": column.target == Target.IGNORE, "why_left_out": why_left_out}
            | {"problem": clashing.get(index)}
            for index, (name, column, samples, why_left_out) in enumerate(found)
        ],
        "rows": beginning.preview(plan),
        "questions": [question for question in asked if question.index is not None],
        "decided": _decided(plan),
        "meanings": meanings(),
        "answers": answers(),
        "has_address": plan.email_column is not None,
        "has_dates": any(column.kind == "date" for column in plan.columns),
    }


def _decided(plan: Plan) -> list[dict[str, str]]:
    """Answers given before, so that they come along with the next choice on the page."""
    return [
        {"name": f"meaning-{index}", "value": f"{status}:{word}"}
        for index, column in enumerate(plan.columns)
        for word, status in column.meanings
    ] + [
        {"name": f"answer-{index}", "value": DISREGARD}
        for index, column in enumerate(plan.columns)
        if column.is_disregarded
    ]


def _lists_gone(names: list[str]) -> str:
    if not names:
        return ""
    quoted = listed([f"“{isolated(name)}”" for name in names])
    return (
        f"{quoted} {'are' if len(names) > 1 else 'is'} gone. Whoever came after that was put on the other lists alone."
    )


def _report(job: ImportJob) -> dict[str, Any]:
    plan = Plan.from_json(job.options)
    refused_rows = mending.refused_rows(job)
    expected = job.counts.get("expected", {})
    done = job.counts.get("done", {})
    return {
        "job": job,
        "expected": expected,
        "numbers": expected if job.state == State.READY else expected | done,
        "reasons": job.counts.get("reasons", {}),
        "left_out": job.counts.get("left_out", {}),
        "erased": 0 if job.state == State.READY else job.counts.get("erased", 0),
        "lists_gone": _lists_gone(job.counts.get("lists_gone", [])),
        "suspects": job.counts.get("suspects", {}),
        "plan": plan,
        "refused_rows": refused_rows,
        "is_mendable": any(row.can_be_mended for row in refused_rows),
        "waiting": mending.waiting(job),
        "can_mend": job.state in (State.READY, State.DONE),
        "lists": MailingList.objects.filter(pk__in=plan.lists),
        "proof": plan.proof,
        "quoted": quoted_names(plan, job.options.get("header", ())),
        "grounds": bases.grounds(job, plan),
        "to_import": expected.get("new", 0) + expected.get("updated", 0) + expected.get("unchanged", 0),
        "everyone": plan.everyone,
        "only_suppress": plan.only_suppress,
        "undo": ImportUndo.objects.filter(job=job).first(),
        "can_undo": job.state in wishes.ENDED and keeping.undoable(job),
        "undo_days": keeping.DAYS,
    }
