"""Downloads: contacts as they are filtered, and suppressed addresses."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from contacts.downloads import columns, jobs
from contacts.downloads.models import ExportJob
from contacts.exporting import csv_response, stored_response
from contacts.filtering import Filter
from contacts.models import ContactQuerySet
from contacts.segments import measuring
from contacts.suppression import listing as suppressed
from contacts.table import counting
from contacts.table.columns import Place, chosen, keep

AT_ONCE = 5_000  # people: so many are streamed while the browser waits
_SLICE = 2000
_LATELY = 10


@require_http_methods(["GET", "POST"])
@requires(Permission.EXPORT)
def contacts(request: StaffRequest) -> HttpResponseBase:
    """Choose the columns; then the file at once, or as a job where it is long."""
    if request.method == "POST":
        return _export(request)
    filters = Filter.of(request.GET)
    keys = chosen(request.user, Place.EXPORT, columns.usual())
    context = {
        "filter": filters,
        "counted": counting.in_words(filters),
        "columns": [(one, one.key in keys) for one in columns.every()],
        "jobs": [_shown(job) for job in ExportJob.objects.filter(created_by=request.user)[:_LATELY]],
    }
    return render(request, "contacts/exports/new.html", context)


@lately_confirmed
def _export(request: StaffRequest) -> HttpResponseBase:
    filters = Filter.of(request.GET)
    is_chosen_now = "column" in request.POST
    wanted = request.POST.getlist("column") if is_chosen_now else chosen(request.user, Place.EXPORT, columns.usual())
    picked = columns.named(wanted)
    keys = [column.key for column in picked]
    if is_chosen_now:
        keep(request.user, Place.EXPORT, keys)
    found = filters.apply()
    if _is_long(found):
        return redirect(jobs.begin(request, filters, keys))
    audit.record(request, "contacts.export", filters.url(), columns=keys)
    rows = chain.from_iterable(columns.slices(found, picked))
    return csv_response(f"contacts-{timezone.localdate()}", [column.label for column in picked], rows)


def _is_long(found: ContactQuerySet) -> bool:
    """In people, or in the time that it takes to find them."""
    try:
        with measuring.within(measuring.PAGE_MS):
            return found.order_by().values("pk")[: AT_ONCE + 1].count() > AT_ONCE
    except measuring.TooSlow:
        return True


@require_GET
@requires(Permission.EXPORT)
def contacts_job(request: StaffRequest, pk: int) -> HttpResponse:
    job = _own(request, pk)
    if request.htmx and job.state != ExportJob.State.RUNNING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = "contacts/exports/_progress.html" if request.htmx else "contacts/exports/job.html"
    return render(request, template, _shown(job))


@require_POST
@requires(Permission.EXPORT)
def contacts_job_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    job = _own(request, pk)
    jobs.cancel(job)
    return redirect(job)


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def contacts_job_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Only for whoever asked for it."""
    job = _own(request, pk)
    if job.state != ExportJob.State.DONE or not default_storage.exists(job.storage_name):
        raise Http404
    audit.record(request, "contacts.export-download", f"?{job.query}", id=job.pk, people=job.done)
    return stored_response(job.storage_name, f"contacts-{timezone.localdate(job.finished_at)}")


@require_POST
@requires(Permission.EXPORT)
@lately_confirmed
def suppressions(request: StaffRequest) -> HttpResponseBase:
    found = suppressed.Filter.of(request.GET)
    audit.record(request, "suppressions.export", found.query())
    rows = _of_lists(found) if found.scope else _of_all(found)
    header = ["Email", "Reason", "Detail", "Source", "Since", *(["List"] if found.scope else [])]
    return csv_response(f"suppressed-{timezone.localdate()}", header, rows)


def _of_all(found: suppressed.Filter) -> Iterator[Sequence[object]]:
    for row in found.apply().order_by("id").iterator(_SLICE):
        yield row.email, row.get_reason_display(), row.detail, row.source, _second(row.created_at)


def _of_lists(found: suppressed.Filter) -> Iterator[Sequence[object]]:
    for row in found.of_lists().order_by("id").iterator(_SLICE):
        yield row.email, "Suppressed for one list", row.detail, "hand", _second(row.created_at), row.list.name


def _second(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"


def _own(request: StaffRequest, pk: int) -> ExportJob:
    return get_object_or_404(ExportJob, pk=pk, created_by=request.user)


def _shown(job: ExportJob) -> dict[str, object]:
    return {"job": job, "sentence": Filter.of(QueryDict(job.query)).sentence, "until": jobs.kept_until(job)}
