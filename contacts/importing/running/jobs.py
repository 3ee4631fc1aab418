"""The life of an import as people see it: uploaded, decided, checked, started, cancelled."""

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from contacts import tasks
from contacts.importing.columns.questions import Question
from contacts.importing.plan import DECIDED, Plan
from contacts.importing.reading import storing
from contacts.importing.reading.detecting import NotReadable, Shape, detect
from contacts.importing.reading.formats.kinds import kind_of
from contacts.importing.reading.uploading import LARGEST_BYTES
from contacts.importing.running import receiving, staging
from contacts.importing.running.beginning import Beginning
from contacts.models import ImportJob

State = ImportJob.State


class NotPossible(Exception):
    """The message says why."""


class Open(NotPossible):
    """What the page of columns names beside the column it is about."""


class NotDecided(Open):
    """Questions about consent are open."""

    def __init__(self, asked: Sequence[Question]) -> None:
        super().__init__("Answer the questions first: " + " ".join(question.words for question in asked))
        self.questions = asked


def upload(
    file: "File[bytes]", name: str, *, by: User | None, as_suppressed: bool = False, enqueue: bool = True
) -> ImportJob:
    """Keep the file and guess what is in it. Raises NotReadable; then nothing is kept.

    A workbook, vCards or an archive are read in the background first; without `enqueue` the caller does it.

    `as_suppressed`: it is a list of people who get no mail, and nobody in it becomes a contact.
    """
    if file.size > LARGEST_BYTES:
        raise NotReadable("The file is larger than 200 MB. Split it and import the parts one after the other.")
    content: BinaryIO = file.file  # type: ignore[assignment]  # Django types it as any IO
    if kind := kind_of(content):
        return _receive(file, name, {"kind": kind, "as_suppressed": as_suppressed}, by=by, enqueue=enqueue)
    shape = detect(content)
    plan, header = receiving.planned(content, shape, name)
    if as_suppressed:
        plan = receiving.suppressing(plan)
    file.seek(0)
    stored = default_storage.save(f"imports/{uuid.uuid4().hex}.csv", file)
    return ImportJob.objects.create(
        file_name=name[-200:],
        storage_name=stored,
        size_bytes=file.size,
        options=plan.to_json() | {"header": header, "guessed": plan.to_json()["columns"]},
        created_by=by,
    )


def _receive(
    file: "File[bytes]", name: str, options: dict[str, object], *, by: User | None, enqueue: bool
) -> ImportJob:
    file.seek(0)
    now = timezone.now()
    job = ImportJob.objects.create(
        file_name=name[-200:],
        storage_name=default_storage.save(f"imports/{uuid.uuid4().hex}.bin", file),
        size_bytes=file.size,
        state=State.READING,
        options=options,
        created_by=by,
        started_at=now,
        alive_at=now,
    )
    if enqueue:
        transaction.on_commit(partial(tasks.work_on_import.delay, job_id=job.pk), robust=True)
    return job


def reread(job: ImportJob, shape: Shape) -> None:
    """Take another encoding, delimiter or header for the right one and guess anew. Raises NotReadable."""
    if "kind" in job.options:
        raise NotReadable("This file was no table of text: there is nothing to choose about how it is read.")
    with storing.opened(job) as file:
        found, header = receiving.planned(file, shape, job.file_name)
    old = Plan.from_json(job.options)
    plan = found.change(**{name: getattr(old, name) for name in DECIDED})
    if old.only_suppress:
        plan = receiving.suppressing(plan)
    job.options = plan.to_json() | {"header": header, "guessed": plan.to_json()["columns"]}
    job.save(update_fields=["options"])


def check(
    job: ImportJob, plan: Plan, decide: Callable[[Plan], Plan] = lambda plan: plan, *, enqueue: bool = True
) -> None:
    """Let the file be checked in the background. `decide` adds what else was chosen, once the columns are good.

    Without `enqueue` the caller does the work itself.
    """
    if plan.email_column is None:
        raise Open("Say which column holds the e-mail addresses.")
    if plan.clashes:
        raise Open("Two columns go to the same place. Choose one of them.")
    with transaction.atomic():
        plan = decide(plan)
        if asked := Beginning(job).questions(plan):
            raise NotDecided(asked)
        if not plan.consent_source and not plan.only_suppress:
            raise NotPossible("Say how these people agreed to get mail.")
        changes = {"options": job.options | plan.to_json(), "rows_done": 0, "rows_total": 0, "counts": {}}
        _advance(job, (State.UPLOADED,), State.CHECKING, enqueue=enqueue, **changes)


def start(job: ImportJob, *, enqueue: bool = True) -> None:
    if job.state in (State.UPLOADED, State.CHECKING, State.FAILED):
        raise NotPossible("This import cannot start yet: its file has to be checked first.")
    staged = job.counts.get("staged", 0)
    _advance(job, (State.READY,), State.RUNNING, enqueue=enqueue, rows_done=0, rows_total=staged)


def change(job: ImportJob) -> None:
    """Back to the columns, before it was started."""
    if not job.options.get("header"):
        raise NotPossible("The file could not be read. Upload another one.")
    _forget_refused(job)
    if not _move(job, (State.READY, State.FAILED), State.UPLOADED, problem="", counts={}, refused_storage_name=""):
        raise NotPossible("The import has been started already.")


def cancel(job: ImportJob) -> None:
    """Stop; who is imported stays. A running one stops within the slice at hand."""
    waiting = (State.READING, State.UPLOADED, State.READY, State.CHECKING, State.RUNNING)
    was_idle = job.state in (State.UPLOADED, State.READY)
    if not _move(job, waiting, State.CANCELLED, finished_at=timezone.now()):
        raise NotPossible("The import has ended already.")
    storing.forget(job)
    if was_idle:
        staging.drop(job.pk)


def _advance(job: ImportJob, before: Sequence[str], after: str, *, enqueue: bool, **changes: object) -> None:
    now = timezone.now()
    with transaction.atomic():
        if not _move(job, before, after, started_at=now, alive_at=now, **changes):
            raise NotPossible("Somebody else has gone on with this import meanwhile.")
        if enqueue:
            # Robust: if the broker is away, the sweep finds it.
            transaction.on_commit(partial(tasks.work_on_import.delay, job_id=job.pk), robust=True)


def _move(job: ImportJob, before: Sequence[str], after: str, **changes: object) -> bool:
    moved = ImportJob.objects.filter(id=job.pk, state__in=before).update(state=after, **changes)
    job.refresh_from_db()
    return bool(moved)


def _forget_refused(job: ImportJob) -> None:
    if job.refused_storage_name:
        default_storage.delete(job.refused_storage_name)
