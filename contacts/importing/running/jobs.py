"""The life of an import as people see it: uploaded, decided, checked, started, cancelled."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from contacts import tasks
from contacts.importing.columns import guessing, questions
from contacts.importing.columns.questions import Question
from contacts.importing.plan import CONSENT, DECIDED, Plan, Target, guessed_columns
from contacts.importing.reading import storing
from contacts.importing.reading.detecting import NotReadable, Shape, detect
from contacts.importing.reading.formats.kinds import kind_of
from contacts.importing.reading.records import Broken, records
from contacts.importing.reading.uploading import LARGEST_BYTES
from contacts.importing.rows.preparing import Person, Preparer, Refused
from contacts.importing.running import receiving, staging
from contacts.models import Field, ImportJob

PREVIEW_ROWS = 20
_LOOKED_THROUGH, _OF_EACH = 1_000, 2  # rows for people of other states than the first ones have, and so many of each
State = ImportJob.State


class NotPossible(Exception):
    """The message says why."""


class NotDecided(NotPossible):
    """Questions about consent are open."""

    def __init__(self, asked: Sequence[Question]) -> None:
        super().__init__("Answer the questions first: " + " ".join(question.words for question in asked))
        self.questions = asked


@dataclass(frozen=True)
class PreviewRow:
    line: int
    person: Person | None
    cells: Sequence[str]
    problem: Refused | None

    @property
    def further(self) -> list[str]:
        """The values of its fields."""
        values = json.loads(self.person.attributes).values() if self.person else ()
        return [", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in values]

    @property
    def in_short(self) -> list[str]:
        return shortened(self.cells)


def shortened(cells: Iterable[str], chars: int = 80) -> list[str]:
    """The first of what the cells say, so many characters of them together; an ellipsis ends what goes on."""
    found: list[str] = []
    for cell in filter(None, cells):
        left = chars - sum(map(len, found))
        if len(cell) > left:
            return [*found, f"{cell[:left]}…"]
        found.append(cell)
    return found


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


def preview(job: ImportJob, plan: Plan) -> list[PreviewRow]:
    """The first rows as they would be imported, and below them some of whom the file says something else."""
    if plan.email_column is None:
        return []
    own = list(Field.objects.all())
    kinds, options = {field.key: field.kind for field in own}, {field.key: field.options for field in own}
    preparer = Preparer(plan, kinds, job.options["header"], options=options)
    rows: list[PreviewRow] = []
    with storing.opened(job) as file:
        found = records(file, plan.encoding, plan.delimiter, plan.title_lines)
        if plan.has_header:
            next(found, None)
        seen = Counter[int | None]()
        for number, (line, cells) in enumerate(found):
            row = _preview_row(preparer, line, cells)
            state = row.person.status if row.person else None
            if number < PREVIEW_ROWS or seen[state] < _OF_EACH:
                rows.append(row)
                seen[state] += 1
            if number == _LOOKED_THROUGH:
                break
        found.close()  # type: ignore[attr-defined]  # it is a generator
    return rows


def shape_of(plan: Plan) -> Shape:
    return Shape(plan.encoding, plan.delimiter, plan.has_header, plan.title_lines)


def open_questions(job: ImportJob, plan: Plan) -> list[Question]:
    """What has to be said before the import can run, as far as its first rows and the last check tell."""
    header = job.options["header"]
    with storing.opened(job) as file:
        _, rows = receiving.head(file, shape_of(plan), plan.has_header)
    found = questions.survey(
        plan, header, rows, dict(Field.objects.values_list("key", "kind")), guessed_columns(job.options)
    )
    asked = {question.index for question in found}
    return found + [one for one in _asked_by_check(job, plan) if one.index not in asked]


def _asked_by_check(job: ImportJob, plan: Plan) -> list[Question]:
    """What the check met further down in the file and is not answered yet."""
    found = []
    for one in job.options.get("questions", ()):
        question = Question(**one | {"values": tuple(map(tuple, one["values"]))})
        column = plan.columns[question.index] if question.index is not None else None
        if question.confirms and column and column.target not in CONSENT and not column.is_disregarded:
            found.append(question)
        if column is None or column.target not in CONSENT or column.otherwise is not None:
            continue
        values = tuple(pair for pair in question.values if pair[0] not in dict(column.meanings))
        if column.target == Target.ASK or (column.target == Target.STATUS and values):
            found.append(replace(question, values=values))
    return found


def why_left_out(job: ImportJob) -> list[str]:
    """For each column that is left out unless somebody chooses otherwise why, in sentences; "" for the others."""
    plan = Plan.from_json(job.options)
    with storing.opened(job) as file:
        header, rows = receiving.head(file, shape_of(plan), plan.has_header, rows=200)
    fields = dict(Field.objects.values_list("key", "label"))
    return guessing.why_left_out(header, rows, fields, guessed_columns(job.options))


def samples(job: ImportJob, count: int = 3) -> list[list[str]]:
    """For each column the first values that say something."""
    plan = Plan.from_json(job.options)
    with storing.opened(job) as file:
        header, rows = receiving.head(file, shape_of(plan), plan.has_header, rows=200)
    return [
        list(dict.fromkeys(row[i].strip()[:60] for row in rows if i < len(row) and row[i].strip()))[:count]
        for i in range(len(header))
    ]


def check(
    job: ImportJob, plan: Plan, decide: Callable[[Plan], Plan] = lambda plan: plan, *, enqueue: bool = True
) -> None:
    """Let the file be checked in the background. `decide` adds what else was chosen, once the columns are good.

    Without `enqueue` the caller does the work itself.
    """
    if plan.email_column is None:
        raise NotPossible("Say which column holds the e-mail addresses.")
    taken = [column.target for column in plan.columns if column.target not in _REPEATABLE]
    taken += [column.key for column in plan.columns if column.key]
    if len(set(taken)) != len(taken):
        raise NotPossible("Two columns go to the same place. Choose one of them.")
    with transaction.atomic():
        plan = decide(plan)
        if asked := open_questions(job, plan):
            raise NotDecided(asked)
        if not plan.consent_source and not plan.only_suppress:
            raise NotPossible("Say how these people agreed to get mail.")
        changes = {"options": job.options | plan.to_json(), "rows_done": 0, "rows_total": 0, "counts": {}}
        _advance(job, (State.UPLOADED,), State.CHECKING, enqueue=enqueue, **changes)


_REPEATABLE = (Target.IGNORE, Target.FIELD, Target.NEW, *CONSENT)


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


def _preview_row(preparer: Preparer, line: int, cells: "list[str] | Broken") -> PreviewRow:
    if isinstance(cells, Broken):
        return PreviewRow(line, None, [cells.text], Refused(cells.reason))
    try:
        return PreviewRow(line, preparer.prepare(cells), cells, None)
    except Refused as problem:
        return PreviewRow(line, None, cells, problem)


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
