"""The long part of an import, in the background: check the file, then run it. Killed, it goes on where it was."""

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.database import deadlocks, locks
from contacts.importing.columns import questions
from contacts.importing.plan import Column, Plan, Repeated, Target, guessed_columns
from contacts.importing.reading import storing
from contacts.importing.reading.detecting import NotReadable
from contacts.importing.reading.records import MOST_COLUMNS, Broken, records
from contacts.importing.rows.plain import PlainRows
from contacts.importing.rows.preparing import Preparer, Refused
from contacts.importing.rows.refused import RefusedRows
from contacts.importing.running import bases, destinations, merging, receiving, staging
from contacts.importing.running.destinations import Destinations
from contacts.models import Field, ImportJob

SLICE = 20_000
SILENT_AFTER = timedelta(seconds=60)
FORGOTTEN_AFTER = timedelta(days=1)
_SHOWN_EVERY_SECONDS = 1.0

logger = logging.getLogger(__name__)
State = ImportJob.State


class Stopped(Exception):
    """Somebody cancelled it meanwhile."""


class Unusable(Exception):
    """The file cannot be imported; the message says why."""


def work(job_id: int) -> None:
    """Do what the state of the import asks for. Returns at once if somebody else is at it."""
    with locks.alone(locks.Kind.IMPORT, job_id) as is_mine:
        job = ImportJob.objects.filter(id=job_id).first()
        if not is_mine or job is None:
            return
        try:
            if job.state == State.READING:
                receive(job)
            elif job.state == State.CHECKING:
                check(job)
            elif job.state == State.RUNNING:
                run(job)
        except Stopped:
            staging.drop(job.pk)
        except (OperationalError, InterfaceError):
            logger.warning("import %s: lost the database, the sweep will go on with it", job_id, exc_info=True)
            raise
        except (Unusable, NotReadable) as problem:
            _fail(job, str(problem))
        except FileNotFoundError:
            _fail(job, "The uploaded file is gone from the storage. Upload it again.")
        except Exception:
            logger.exception("import %s failed", job_id)
            _fail(job, "Something went wrong on our side. The log of the server says more.")


def abandoned() -> list[int]:
    """Imports that should be worked on but gave no sign of life for a while."""
    silent = ImportJob.objects.filter(
        state__in=(State.READING, State.CHECKING, State.RUNNING), alive_at__lt=timezone.now() - SILENT_AFTER
    )
    return list(silent.values_list("id", flat=True))


def unattended() -> list[ImportJob]:
    """Imports that wait for somebody since more than a day."""
    since = timezone.now() - FORGOTTEN_AFTER
    waiting = ImportJob.objects.filter(
        state__in=(State.UPLOADED, State.READY, State.FAILED), created_at__lt=since
    ).exclude(storage_name="")
    return list(waiting.exclude(alive_at__gte=since))


def abandon(job: ImportJob) -> None:
    """Give up an import that nobody went on with: its file, its refused rows and what was staged are gone."""
    changes = {"state": State.CANCELLED, "finished_at": timezone.now(), "storage_name": "", "refused_storage_name": ""}
    if ImportJob.objects.filter(id=job.pk, state=job.state).update(**changes):
        staging.drop(job.pk)
        storing.forget(job)
        if job.refused_storage_name:
            default_storage.delete(job.refused_storage_name)


def receive(job: ImportJob) -> None:
    """A workbook, vCards or an archive become the table that the rest goes by. Raises NotReadable."""
    before = job.storage_name
    changes = receiving.read(job)
    try:
        _move(job, State.UPLOADED, **changes)
    except Stopped:
        default_storage.delete(str(changes["storage_name"]))
        raise
    default_storage.delete(before)


def check(job: ImportJob) -> None:
    """Read the whole file, stage what can be imported, put the rest aside and foretell what a run would do."""
    plan = Plan.from_json(job.options)
    header = job.options.get("header", ())
    with RefusedRows(header, plan.delimiter) as refused:
        read, preparer = _stage(job, plan, refused)
        if asked := questions.open_ones(plan, header, preparer):
            _ask(job, asked)
            return
        redirected = staging.redirect(job.pk)
        repeated = staging.settle(job.pk, last_counts=plan.repeated == Repeated.LAST)
        email_column = plan.email_column or 0
        for line, email, first_line in staging.duplicates(job.pk):
            refused.add_duplicate(line, email, first_line, email_column)
        expected = merging.foretell(job, plan) | {"invalid": refused.count, "duplicates": repeated, "rows": read}
        expected |= {"redirected": redirected} if redirected else {}
        suspects = {"roles": preparer.roles, "disposable": preparer.disposable}
        stored = refused.store(f"imports/{job.pk}-refused.csv") if refused.count or repeated or refused.left_out else ""
        reasons = dict(refused.reasons.most_common())
        left_out = dict(refused.left_out.most_common())
    _move(
        job,
        State.READY,
        counts={
            "expected": expected,
            "reasons": reasons,
            "left_out": left_out,
            "suspects": suspects,
            "staged": read - refused.count,
        },
        rows_done=read,
        rows_total=read,
        refused_storage_name=stored,
        options=job.options,
    )


def run(job: ImportJob) -> None:
    """Put the staged rows into place, slice by slice; a slice and its progress are one transaction."""
    plan = Plan.from_json(job.options)
    staged = job.counts.get("staged", 0)
    if staged and not staging.size(job.pk):  # a crash of the database empties unlogged tables
        with RefusedRows(()) as nobody_reads:
            _stage(job, plan, nobody_reads, shows_progress=False)
        _step_back(job, staged - (staging.size(job.pk) or 0))
        staging.redirect(job.pk)
        staging.settle(job.pk, last_counts=plan.repeated == Repeated.LAST)
    _create_fields(plan, job.options.get("keys_found", {}), job.options.get("options_found", {}))
    lists = destinations.of(job, plan)
    deadlocks.retried(lambda: bases.give(job, plan, sorted(lists.there())), looks_again=True)
    while job.rows_done < staged:
        _merge_slice(job, plan, min(job.rows_done + SLICE, staged), lists)
    _move(job, State.DONE, finished_at=timezone.now())
    staging.drop(job.pk)
    storing.forget(job)
    done = job.counts.get("done", {})
    if max(done.get("new", 0), done.get("joined", 0)) > SLICE:  # what only changed is left to autovacuum
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE contacts_contact, contacts_subscription")


def _stage(job: ImportJob, plan: Plan, refused: RefusedRows, *, shows_progress: bool = True) -> tuple[int, Preparer]:
    """Returns how many rows the file has, the header not counted, and what prepared them."""
    staging.create(job.pk)
    header = job.options.get("header", ())
    own = list(Field.objects.all())
    kinds, options = {field.key: field.kind for field in own}, {field.key: field.options for field in own}
    preparer = Preparer(plan, kinds, header, guessed_columns(job.options), options)
    plain = PlainRows(plan, preparer)
    batch = staging.Batch(tells_proof=plan.tells_proof, tells_belonging=plan.tells_belonging)
    read, shown_at = 0, time.monotonic()
    with storing.opened(job) as file:
        found = records(file, plan.encoding, plan.delimiter, plan.title_lines)
        if plan.has_header:
            next(found, None)
        for line, cells in found:
            read += 1
            if isinstance(cells, Broken):
                refused.add(line, Refused(cells.reason), [cells.text])
                continue
            if (text := plain.text(cells)) is not None:
                batch.add_text(line, text)
            else:
                _look(line, cells, preparer, batch, refused)
            if batch.is_full:
                batch.copy(job.pk)
            if read % 1000 == 0 and (now := time.monotonic()) - shown_at > _SHOWN_EVERY_SECONDS:
                shown_at = now
                _show(job, read if shows_progress else None, file.tell())
    batch.copy(job.pk)
    if not read:
        raise Unusable("The file has no rows, only a header." if plan.has_header else "The file has no rows.")
    job.options["keys_found"] = preparer.keys_found
    job.options["options_found"] = preparer.options_found
    job.options["lists_found"] = list(preparer.lists_found)
    return read, preparer


def _look(line: int, cells: list[str], preparer: Preparer, batch: staging.Batch, refused: RefusedRows) -> None:
    try:
        person = preparer.prepare(cells)
    except Refused as problem:
        refused.add(line, problem, cells[:MOST_COLUMNS])
        return
    batch.add(line, person)
    if person.remarks:
        refused.add_remarks(line, person.remarks, cells)


def _ask(job: ImportJob, asked: Sequence[questions.Question]) -> None:
    """Back to the columns: somebody has to say what these words mean."""
    staging.drop(job.pk)
    job.options["questions"] = [asdict(question) for question in asked]
    _move(job, State.UPLOADED, options=job.options)


def _show(job: ImportJob, read: int | None, position: int) -> None:
    changes: dict[str, object] = {"alive_at": timezone.now()}
    if read is not None:
        # How many rows there are is not known yet: the share of the bytes says about how many.
        total = max(read, round(read * job.size_bytes / max(position, 1)))
        changes |= {"rows_done": read, "rows_total": total}
    if not ImportJob.objects.filter(id=job.pk, state=job.state).update(**changes):
        raise Stopped


def _step_back(job: ImportJob, gone: int) -> None:
    """Whoever was erased since is in the file no more, and those behind them have lower numbers by now: some rows are
    put into place once more, so that none is left out."""
    if gone > 0 and job.rows_done:
        job.rows_done = max(0, job.rows_done - gone)
        ImportJob.objects.filter(id=job.pk).update(rows_done=job.rows_done)


def _merge_slice(job: ImportJob, plan: Plan, until: int, lists: Destinations) -> None:
    job.counts = deadlocks.retried(lambda: _merged(job, plan, until, lists), looks_again=True)
    job.rows_done = until


@transaction.atomic
def _merged(job: ImportJob, plan: Plan, until: int, lists: Destinations) -> dict[str, Any]:
    """What is done with this slice put into place."""
    with connection.cursor() as cursor:
        locks.share(cursor, locks.Kind.MERGING)  # nobody found here is merged or erased before it is written
    there = lists.there()
    staging.redirect_late(job.pk, job.rows_done, until)
    added = merging.merge(job, plan, job.rows_done, until, [pk if pk in there else None for pk in lists.found])
    counts: dict[str, Any] = ImportJob.objects.select_for_update().get(id=job.pk).counts  # erasing counts there, too
    done = counts.get("done", {})
    counts |= {"done": {name: done.get(name, 0) + number for name, number in added.items()}}
    if gone := lists.names_but(there):
        counts |= {"lists_gone": gone}
    moved = ImportJob.objects.filter(id=job.pk, state=State.RUNNING, rows_done=job.rows_done).update(
        rows_done=until, counts=counts, alive_at=timezone.now()
    )
    if not moved:
        raise Stopped
    return counts


def _create_fields(plan: Plan, keys_found: dict[str, str], options: dict[str, list[str]]) -> None:
    position = Field.objects.count()
    wanted = [column for column in plan.columns if column.target == Target.NEW]
    wanted += [
        Column(Target.NEW, key=key, label=key.replace("_", " ").capitalize(), kind=kind)
        for key, kind in keys_found.items()
    ]
    Field.objects.bulk_create(
        (
            Field(
                key=column.key,
                label=column.label or column.key,
                kind=column.kind or "text",
                position=position + n,
                options=options.get(column.key, []),
            )
            for n, column in enumerate(wanted)
        ),
        ignore_conflicts=True,
    )


def _move(job: ImportJob, state: str, **changes: object) -> None:
    """To `state`, unless somebody cancelled meanwhile."""
    if not ImportJob.objects.filter(id=job.pk, state=job.state).update(state=state, alive_at=timezone.now(), **changes):
        raise Stopped
    job.state = state


def _fail(job: ImportJob, problem: str) -> None:
    staging.drop(job.pk)
    ImportJob.objects.filter(id=job.pk, state__in=(State.READING, State.CHECKING, State.RUNNING)).update(
        state=State.FAILED, problem=problem, finished_at=timezone.now()
    )
