"""The life of an export as people see it: begun, stopped, fetched, forgotten."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.permissions import StaffRequest
from contacts import tasks
from contacts.downloads.models import ExportJob
from contacts.downloads.writing import KEPT_FOR
from contacts.filtering import Filter

State = ExportJob.State


def begin(request: StaffRequest, filters: Filter, columns: Sequence[str]) -> ExportJob:
    query = filters.url().removeprefix("?")
    with transaction.atomic():
        job = ExportJob.objects.create(query=query, columns=list(columns), created_by=request.user)
        audit.record(request, "contacts.export", filters.url(), id=job.pk, columns=list(columns))
        # Robust: if the broker is away, the sweep finds it.
        transaction.on_commit(partial(tasks.write_export.delay, job_id=job.pk), robust=True)
    return job


def cancel(job: ExportJob) -> None:
    ExportJob.objects.filter(pk=job.pk, state=State.RUNNING).update(state=State.CANCELLED, finished_at=timezone.now())


def kept_until(job: ExportJob) -> datetime | None:
    return job.finished_at + KEPT_FOR if job.finished_at else None
