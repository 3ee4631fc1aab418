"""The tick: every second, what is due is begun, offered, gathered, recovered and ended.

All it needs to know is in the database, so a lost task or an emptied Redis loses nothing but a few seconds. What it
costs depends on the number of unfinished batches, not on that of their recipients.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from accounts.database import locks
from accounts.models import Organisation
from delivery.dispatch import due_retries, offers
from delivery.engine import recovery
from delivery.guards import disk
from delivery.ledger import building, proving, states, watching
from delivery.ledger.progress import measure
from delivery.models import Batch
from delivery.providers import draining
from delivery.queueing import enqueue
from delivery.throttling import warmup_plans
from delivery.workers import turns

log = logging.getLogger(__name__)

State = Batch.State
BUILD_AGAIN = timedelta(seconds=30)
CLEAR_AGAIN = timedelta(seconds=3)
RECOVER_AGAIN_SECONDS = 5
# Between two statements of a round, which asks nothing but the database and the broker. Whoever is frozen there has the
# lock for which all other dispatchers wait, and rows of all campaigns under way.
FROZEN_AFTER = "60s"


def tick() -> bool:
    """One round; False when another process is at it. A second beat is harmless."""
    if _is_idle():
        return True
    _turn_days()
    measured: list[int] = []
    outermost = not connection.in_atomic_block  # within another's transaction it would count to the end of that
    with transaction.atomic(), connection.cursor() as cursor:
        if not locks.try_hold(cursor, locks.Kind.TICK):
            return False
        if outermost:
            cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [FROZEN_AFTER])
        turns.forget_lost()
        cursor.execute("SELECT 1 FROM delivery_batch WHERE finished_at IS NULL LIMIT 1")
        if cursor.fetchone():
            start_builds()
            start_due(cursor)
            stop_expired(cursor)
            due_retries.gather(cursor)
            if disk.has_room():
                offers.offer(cursor)
            recover_lost(cursor)
            end_batches(cursor)
            measured = measure()
        draining.settle(cursor)
    # Not among the locks of the tick: a worker may be judging the same campaign.
    for batch_id in measured:
        watching.judge(batch_id)
    proving.settle_all()
    return True


def _is_idle() -> bool:
    """Most rounds of most installations: one question, and no lock, no transaction and no look into any of these."""
    with connection.cursor() as cursor:
        cursor.execute(_SOMETHING_TO_DO, [list(warmup_plans.AT_WORK)])
        return bool(cursor.fetchone() == (False,))


# Each of them is a table without rows or the first look into an index.
_SOMETHING_TO_DO = """
SELECT EXISTS (SELECT FROM delivery_batch WHERE finished_at IS NULL) OR EXISTS (SELECT FROM delivery_turn)
    OR EXISTS (SELECT FROM delivery_warmupplan WHERE state = ANY(%s))
    OR EXISTS (SELECT FROM delivery_provider WHERE state = 'draining')
"""


def _turn_days() -> None:
    """A plan whose figures cannot be read must not hold up everybody's mail."""
    try:
        warmup_plans.turn_days()
    except Exception:  # whatever it is, the next tick tries again
        log.exception("the warm-up plans keep to yesterday's numbers")


def start_builds() -> None:
    """Queue the making and the clearing up of batches whose time has come, or whose task was queued and got lost."""
    now = timezone.now()
    unfinished = Batch.objects.filter(finished_at=None)
    for batch in unfinished.filter(state=State.BUILDING, built_at=None).exclude(job_queued_at__gt=now - BUILD_AGAIN):
        if batch.not_before and batch.not_before + states.LATE_AFTER < now:
            _pause_late([batch])
        elif building.is_due(batch, now):
            building.queue(batch)
    for batch in unfinished.filter(state=State.CANCELLED).exclude(job_queued_at__gt=now - CLEAR_AGAIN):
        Batch.objects.filter(pk=batch.pk).update(job_queued_at=now)
        task = "delivery.settle" if batch.started_at else "delivery.drop"
        enqueue(task, queue="jobs", expires=30, batch_id=batch.pk)


def start_due(cursor: Any) -> None:
    """Begin what was held long enough; what should have begun hours ago asks first."""
    held = Batch.objects.filter(finished_at=None, state=State.HELD, hold_until__lte=timezone.now())
    _pause_late(held.filter(hold_until__lt=timezone.now() - states.LATE_AFTER))
    cursor.execute(
        """
        UPDATE delivery_batch SET state = 'sending', started_at = statement_timestamp()
        WHERE finished_at IS NULL AND state = 'held' AND hold_until <= statement_timestamp()
        """
    )


def _pause_late(batches: Iterable[Batch]) -> None:
    zone = Organisation.zone()
    for batch in batches:
        due = batch.not_before or batch.hold_until or batch.created_at
        when = due.astimezone(ZoneInfo(zone))
        reason = f"It was due on {when:%-d %B at %H:%M}, but Tallypost was not running. Resume it to send it now."
        Batch.objects.filter(pk=batch.pk, state=batch.state).update(state=State.PAUSED, state_reason=reason)


def stop_expired(cursor: Any) -> None:
    """Past its last moment a batch sends nothing more; what is left is skipped."""
    cursor.execute(
        """
        UPDATE delivery_batch SET state = 'cancelled', state_reason = 'Its last time to be sent has passed.'
        WHERE finished_at IS NULL AND state IN ('sending', 'paused') AND started_at IS NOT NULL
        AND expires_at <= statement_timestamp()
        RETURNING id
        """
    )
    expired = [row[0] for row in cursor.fetchall()]
    states.withdraw(expired)
    for batch_id in expired:
        enqueue("delivery.settle", queue="jobs", batch_id=batch_id)


def recover_lost(cursor: Any) -> None:
    """Have recovery read the journals of the dead, and look at whoever does not renew a lease.

    A journal that nobody locks proves the death of a process on this machine at once. A lease that ran out proves
    nothing.
    """
    cursor.execute(
        """
        UPDATE delivery_chunk SET recovery_until = statement_timestamp() + %s * interval '1 second' WHERE id IN (
            SELECT id FROM delivery_chunk
            WHERE NOT is_done AND owner IS NOT NULL AND (lease_until < statement_timestamp() OR journal = ANY(%s))
            AND (recovery_until IS NULL OR recovery_until < statement_timestamp()) FOR UPDATE SKIP LOCKED)
        RETURNING id
        """,
        [RECOVER_AGAIN_SECONDS, recovery.given_up_here(cursor)],
    )
    for (chunk_id,) in cursor.fetchall():
        enqueue("delivery.recover", queue="control", expires=RECOVER_AGAIN_SECONDS, chunk_id=chunk_id)


def end_batches(cursor: Any) -> None:
    """End what has nothing left to send, to try again or to skip."""
    cursor.execute(_SET_ASIDE)
    cursor.execute(_ENDING)
    ending = [row[0] for row in cursor.fetchall()]
    if ending:
        cursor.execute(_END, [ending])
        enqueue("delivery.audit", queue="jobs", expires=60)


_NOTHING_LEFT = """
    NOT EXISTS (SELECT 1 FROM delivery_chunk c WHERE c.batch_id = b.id AND NOT c.is_done)
    AND NOT EXISTS (SELECT 1 FROM delivery_waiting w WHERE w.batch_id = b.id AND w.retry_at IS NOT NULL)
"""
# First the lock, then the look: whoever adds a message to an open batch holds the same lock until it can be seen.
_ENDING = f"""
SELECT id FROM delivery_batch b
WHERE finished_at IS NULL AND started_at IS NOT NULL AND state IN ('sending', 'cancelled') AND {_NOTHING_LEFT}
FOR NO KEY UPDATE SKIP LOCKED
"""  # noqa: S608
_END = f"""
UPDATE delivery_batch b
SET finished_at = statement_timestamp(), paused_lanes = '{{}}',
    state = CASE state WHEN 'sending' THEN 'done' ELSE state END
WHERE id = ANY(%s) AND {_NOTHING_LEFT}
"""  # noqa: S608
# Chunks whose third worker crashed are not tried by themselves again.
_SET_ASIDE = """
UPDATE delivery_batch b SET state = 'paused', state_reason = 'Some messages were set aside: whatever sent them crashed '
    'three times. Resume to try once more.'
WHERE finished_at IS NULL AND state = 'sending'
AND EXISTS (SELECT 1 FROM delivery_chunk c WHERE c.batch_id = b.id AND NOT c.is_done AND c.quarantined)
AND NOT EXISTS (SELECT 1 FROM delivery_chunk c WHERE c.batch_id = b.id AND NOT c.is_done AND NOT c.quarantined)
AND NOT EXISTS (SELECT 1 FROM delivery_waiting w WHERE w.batch_id = b.id AND w.retry_at IS NOT NULL)
"""
