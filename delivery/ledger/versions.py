"""A paused batch may go on with other words: each message is sent with one version, and it is known which.

A version begins when nobody holds a chunk, so nothing of the one before is on the wire. What was accepted keeps its
version, what waits for another try goes with the new one; only what may have arrived never leaves with other words.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from delivery.ledger.states import NotPossible
from delivery.ledger.tallying import tally
from delivery.models import Batch, Version


@dataclass(frozen=True, slots=True)
class Part:
    """How many got which version."""

    version: int
    content_id: int
    since: datetime
    accepted: int


def is_quiet(batch: Batch) -> bool:
    """Nothing of it is on the wire, nor may a worker put something there before the batch is resumed."""
    return not batch.chunks.filter(is_done=False, owner__isnull=False).exists()


def revise(batch: Batch, content_id: int) -> int:
    """Let a paused batch say something else from now on; returns the number of the version that begins."""
    with transaction.atomic():
        _lock_chunks(batch)
        batch.refresh_from_db(from_queryset=Batch.objects.select_for_update(no_key=True))
        if batch.state != Batch.State.PAUSED or batch.started_at is None:
            raise NotPossible("Only what is being sent and is paused can go on with a new version.")
        if not is_quiet(batch):
            raise NotPossible("Some mails are on the wire still. Try again in a few seconds.")
        if batch.version == 1:
            _begin(batch, batch.started_at, 0)
        batch.version += 1
        batch.content_id = content_id
        _begin(batch, timezone.now(), tally(batch).accepted)
        batch.save(update_fields=["version", "content_id"])
    return batch.version


def parts(batch: Batch) -> list[Part]:
    """In the order of the versions; empty for a batch that always said the same."""
    rows = list(batch.versions.order_by("version"))
    ends = [row.accepted_before for row in rows[1:]] + [tally(batch).accepted]
    return [
        Part(row.version, row.content_id, row.since, end - row.accepted_before)
        for row, end in zip(rows, ends, strict=False)
    ]


def _lock_chunks(batch: Batch) -> None:
    """Before the batch, as checkpoints do; whoever is claiming one is waited for and then seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM delivery_chunk WHERE batch_id = %s AND NOT is_done FOR UPDATE", [batch.pk])


def _begin(batch: Batch, at: datetime, accepted_before: int) -> None:
    Version.objects.create(
        batch=batch, version=batch.version, content_id=batch.content_id, since=at, accepted_before=accepted_before
    )
