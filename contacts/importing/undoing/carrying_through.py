"""The undoing of an import, in the background: first only counted, then carried through slice by slice. Killed, it
goes on where it was; each slice is undone in one transaction, and once."""

import logging
from functools import partial

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.database import deadlocks, locks
from contacts.importing.plan import Plan
from contacts.importing.running import bases
from contacts.importing.running.working import SILENT_AFTER
from contacts.importing.undoing import deciding
from contacts.importing.undoing.restoring import restore
from contacts.models import ImportSlice, ImportUndo

logger = logging.getLogger(__name__)
State = ImportUndo.State


def work(undo_id: int) -> None:
    """Do what its state asks for. Returns at once if somebody else is at it."""
    undo = ImportUndo.objects.select_related("job").filter(pk=undo_id).first()
    if undo is None:
        return
    with locks.alone(locks.Kind.IMPORT, undo.job_id) as is_mine:
        if not is_mine:
            return
        undo.refresh_from_db()
        try:
            if undo.state == State.COUNTING:
                _count(undo)
            elif undo.state == State.RUNNING:
                _run(undo)
        except (OperationalError, InterfaceError):
            logger.warning("undo of import %s: lost the database, the sweep goes on with it", undo.job_id)
            raise
        except Exception:
            logger.exception("undo of import %s failed", undo.job_id)
            ImportUndo.objects.filter(pk=undo.pk).update(state=State.FAILED, finished_at=timezone.now())


def abandoned() -> list[int]:
    silent = ImportUndo.objects.filter(
        state__in=(State.COUNTING, State.RUNNING), alive_at__lt=timezone.now() - SILENT_AFTER
    )
    return list(silent.values_list("id", flat=True))


def _count(undo: ImportUndo) -> None:
    plan = Plan.from_json(undo.job.options)
    while found := _next(undo, after=undo.last_slice_id):
        with transaction.atomic():
            counts = deciding.decide(found, plan)
            _note(undo, found, "expected", counts, last_slice_id=found.pk)
    ImportUndo.objects.filter(pk=undo.pk).update(state=State.READY, rows_done=undo.rows_total)


def _run(undo: ImportUndo) -> None:
    plan = Plan.from_json(undo.job.options)
    while found := _next(undo):
        deadlocks.retried(partial(_undo_slice, undo, found.pk, plan))
    bases.take_back(undo.job)
    ImportUndo.objects.filter(pk=undo.pk).update(state=State.DONE, finished_at=timezone.now())


@transaction.atomic
def _undo_slice(undo: ImportUndo, slice_id: int, plan: Plan) -> None:
    undo.refresh_from_db(fields=["counts", "rows_done"])  # an attempt that failed has added to them
    locked = ImportSlice.objects.select_for_update().get(pk=slice_id, undone_at=None)
    counts = restore(locked, undo.job, plan, by=undo.created_by_id)
    _note(undo, locked, "done", counts)


def _next(undo: ImportUndo, after: int = 0) -> ImportSlice | None:
    return ImportSlice.objects.filter(job=undo.job_id, undone_at=None, pk__gt=after).order_by("pk").first()


def _note(undo: ImportUndo, found: ImportSlice, which: str, added: dict[str, int], **changes: object) -> None:
    sums = undo.counts.get(which, {})
    undo.counts[which] = {name: sums.get(name, 0) + number for name, number in added.items()}
    undo.rows_done += len(found.added) + len(found.found)
    undo.last_slice_id = found.pk
    ImportUndo.objects.filter(pk=undo.pk).update(
        counts=undo.counts, rows_done=undo.rows_done, alive_at=timezone.now(), **changes
    )
