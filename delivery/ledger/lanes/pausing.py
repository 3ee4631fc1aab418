"""Hold what of a batch goes to one mailbox provider, while the rest of it goes on.

Chunks of such a lane are neither offered nor claimed, and who drives one learns it at the next checkpoint, as of a
pause of the whole. Its retries wait in their list. Nothing is settled by it: the batch ends when the lane has gone on
and ended too, or is cancelled with everything else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from delivery.ledger.states import NotPossible
from delivery.models import Batch, MailDomain
from delivery.policy import mailbox_providers
from delivery.queueing import enqueue

State = Batch.State
_UNDER_WAY = (State.SENDING, State.PAUSED)


@dataclass(frozen=True, slots=True)
class LanePause:
    lane: str
    at: datetime
    by: str


def pauses(batch: Batch) -> dict[str, LanePause]:
    """By lane, in the order of lanes."""
    known: dict[str, dict[str, str]] = batch.paused_lanes
    return {
        lane: LanePause(lane, datetime.fromisoformat(known[lane]["at"]), known[lane]["by"])
        for lane in mailbox_providers.LANES
        if lane in known
    }


def pause_of(batch: Batch, email: str) -> LanePause | None:
    """What keeps a mail to this address waiting, if that is a pause of its lane alone."""
    return pauses(batch).get(_lane(email)) if batch.paused_lanes else None


def pause_lane(batch: Batch, lane: str, *, by: str) -> None:
    """Nothing more is granted to the lane from the commit on; workers learn it within a second."""

    def change(known: dict[str, dict[str, str]]) -> None:
        if lane in known:
            raise NotPossible("It is paused already.")
        known[lane] = {"at": timezone.now().isoformat(), "by": by}

    with transaction.atomic():
        _change(batch, lane, change)
        _withdraw(batch, lane)


def resume_lane(batch: Batch, lane: str) -> None:
    """Go on exactly where it stopped, at once unless the whole batch is paused."""

    def change(known: dict[str, dict[str, str]]) -> None:
        if known.pop(lane, None) is None:
            raise NotPossible("It is not paused.")

    with transaction.atomic():
        _change(batch, lane, change)
        enqueue("delivery.tick", queue="control", expires=5)


def _change(batch: Batch, lane: str, change: Callable[[dict[str, dict[str, str]]], None]) -> None:
    if lane not in mailbox_providers.LANES:
        raise NotPossible("There is no such mailbox provider.")
    batch.refresh_from_db(from_queryset=Batch.objects.select_for_update(no_key=True))
    if batch.state not in _UNDER_WAY or batch.started_at is None or batch.stream != Batch.Stream.MARKETING:
        raise NotPossible("Only of a campaign that is being sent can a part be paused.")
    change(batch.paused_lanes)
    batch.save(update_fields=["paused_lanes"])


def _lane(email: str) -> str:
    lane = mailbox_providers.lane(email)
    if lane != mailbox_providers.OTHER:
        return lane
    learnt = MailDomain.objects.filter(domain=email.rpartition("@")[2].lower()).first()
    return learnt.lane if learnt else lane


def _withdraw(batch: Batch, lane: str) -> None:
    """Offers nobody has taken up. One that is being claimed right now is given back at its first checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, [batch.pk, lane])


_WITHDRAW = """
UPDATE delivery_chunk SET offered_at = NULL, offered_until = NULL WHERE id IN (
    SELECT id FROM delivery_chunk
    WHERE batch_id = %s AND lane = %s AND NOT is_done AND owner IS NULL AND offered_until IS NOT NULL
    FOR UPDATE SKIP LOCKED)
"""
