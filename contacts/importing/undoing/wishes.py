"""The wish to undo an import: asked for, shown as numbers, and then told to go ahead."""

from functools import partial

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import User
from contacts import tasks
from contacts.importing.undoing import keeping
from contacts.models import ImportJob, ImportUndo

State = ImportUndo.State
ENDED = (ImportJob.State.DONE, ImportJob.State.CANCELLED, ImportJob.State.FAILED)


class NotPossible(Exception):
    """The message says why."""


def ask(job: ImportJob, *, by: User | None) -> ImportUndo:
    """Count, in the background, what undoing the import would do. Nothing changes by it."""
    if job.state not in ENDED:
        raise NotPossible("This import has not ended yet. Stop it first.")
    if not keeping.undoable(job):
        raise NotPossible(f"This import can no longer be undone: that is possible for {keeping.DAYS} days, and once.")
    now = timezone.now()
    beginning = {
        "state": State.COUNTING,
        "counts": {},
        "rows_done": 0,
        "rows_total": job.slices.aggregate(total=Sum(F("added__len") + F("found__len")))["total"],
        "last_slice_id": 0,
        "created_by": by,
        "started_at": now,
        "alive_at": now,
        "finished_at": None,
    }
    with transaction.atomic():
        undo = ImportUndo.objects.select_for_update().filter(job=job).first()
        if undo and undo.state in (State.COUNTING, State.RUNNING):
            return undo
        undo, _ = ImportUndo.objects.update_or_create(job=job, defaults=beginning)
        _enqueue(undo)
    return undo


def start(undo: ImportUndo) -> None:
    """Carry it through, now that somebody has seen what it does."""
    now = timezone.now()
    with transaction.atomic():
        moved = ImportUndo.objects.filter(pk=undo.pk, state=State.READY).update(
            state=State.RUNNING, rows_done=0, started_at=now, alive_at=now
        )
        if not moved:
            raise NotPossible("It has been started already, or has to be counted first.")
        _enqueue(undo)
    undo.refresh_from_db()


def _enqueue(undo: ImportUndo) -> None:
    # Robust: if the broker is away, the sweep finds it.
    transaction.on_commit(partial(tasks.undo_import.delay, undo_id=undo.pk), robust=True)
