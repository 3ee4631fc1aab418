"""What may become of a batch once it is launched: undo, pause, resume, cancel."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Greatest, Now

from delivery.ledger import evidence
from delivery.ledger.tallying import tally
from delivery.models import Batch, Chunk
from delivery.queueing import enqueue

State = Batch.State

# A start missed by more than this is not caught up in silence.
LATE_AFTER = timedelta(hours=1)


class NotPossible(Exception):
    """The batch is in a state in which this cannot be done; its words are for the user."""


def undo(batch: Batch) -> None:
    """Take a launch back while nothing has left: its messages and chunks are dropped, its total is 0 again."""
    with transaction.atomic():
        _change(
            batch,
            Q(state__in=[State.BUILDING, State.HELD]) | Q(state=State.PAUSED, started_at=None),
            "It has already started, so it cannot be undone. You can pause or cancel it.",
            state=State.CANCELLED,
            state_reason="Undone before it started.",
            total=0,
            pending=0,
        )
        Chunk.objects.filter(batch=batch).delete()
        enqueue("delivery.drop", queue="jobs", batch_id=batch.pk)


def pause(batch: Batch, reason: str = "", *, rule: str = "") -> None:
    """Nothing more is granted from the commit on; workers learn it at their next checkpoint, within a second.

    `rule` names the stop rule when nobody asked for it.
    """
    with transaction.atomic():
        _change(
            batch,
            Q(state__in=[State.SENDING, State.HELD]),
            "Only a campaign that is being sent can be paused.",
            state=State.PAUSED,
            state_reason=reason,
            stop_rule=rule,
            accepted_when_paused=tally(batch).accepted,
        )
        withdraw([batch.pk])


def resume(batch: Batch, *, hold_seconds: float = 0) -> None:
    """Go on exactly where it stopped; what was set aside after repeated crashes is tried again.

    `hold_seconds`: for so long at least it can still be undone, if nothing of it has started.
    """
    hold = timedelta(seconds=hold_seconds)
    with transaction.atomic():
        _lock(batch)
        _change(
            batch,
            Q(state=State.PAUSED),
            "It is not paused.",
            state=_state_to_resume(batch),
            state_reason="",
            stop_rule="",
            people_unapproved=None,
            resumed_at_figures=evidence.seen(batch),
            job_queued_at=None,
            hold_until=Greatest("hold_until", Now() + hold) if batch.started_at is None else batch.hold_until,
            not_before=Greatest("not_before", Now()) if batch.built_at is None else batch.not_before,
        )
        Chunk.objects.filter(batch=batch, is_done=False, quarantined=True).update(quarantined=False, takeovers=0)
        enqueue("delivery.tick", queue="control", expires=5)


def limit_unapproved(batch: Batch, most: int | None) -> bool:
    """To how many people it may go as it stands; None: to as many as there are by then. False: it is made already."""
    is_ahead = Batch.objects.filter(pk=batch.pk, state__in=[State.BUILDING, State.PAUSED], built_at=None)
    is_limited = bool(is_ahead.update(most_unapproved=most))
    batch.refresh_from_db()
    return is_limited


def cancel(batch: Batch) -> None:
    """Send nothing more: what has not left becomes skipped, what is on the wire settles as it ends."""
    if batch.started_at is None:
        undo(batch)
        return
    with transaction.atomic():
        _change(
            batch,
            Q(state__in=[State.SENDING, State.PAUSED]),
            "It is over already.",
            state=State.CANCELLED,
            state_reason="Cancelled.",
        )
        withdraw([batch.pk])
        enqueue("delivery.settle", queue="jobs", batch_id=batch.pk)


def withdraw(batch_ids: list[int]) -> None:
    """Take back offers nobody has taken up. One that is being claimed right now sees the batch's state itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery_chunk SET offered_at = NULL, offered_until = NULL WHERE id IN (
                SELECT id FROM delivery_chunk
                WHERE batch_id = ANY(%s) AND NOT is_done AND owner IS NULL AND offered_until IS NOT NULL
                FOR UPDATE SKIP LOCKED)
            """,
            [batch_ids],
        )


def _state_to_resume(batch: Batch) -> State:
    if batch.built_at is None:
        return State.BUILDING
    return State.HELD if batch.started_at is None else State.SENDING


def _lock(batch: Batch) -> None:
    batch.refresh_from_db(from_queryset=Batch.objects.select_for_update(no_key=True))


def _change(batch: Batch, allowed: Q, otherwise: str, **changes: object) -> None:
    """Claim the change by a conditional update: of two people who click at once, one is told."""
    if not Batch.objects.filter(allowed, pk=batch.pk).update(**changes):
        raise NotPossible(otherwise)
    batch.refresh_from_db()
