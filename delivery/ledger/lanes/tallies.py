"""Where the messages of a batch are by mailbox provider, while they are sent. From the counters of chunks.

What is learnt later of a message whose connection broke, or of a refusal that nothing proved, changes the tally of the
batch and not these counts: they say what the servers answered.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from delivery.ledger.lanes import pausing
from delivery.ledger.lanes.pausing import LanePause
from delivery.models import Batch
from delivery.policy import mailbox_providers

# Retries are listed one by one: so many of them are counted at most.
_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class LaneTally:
    lane: str
    size: int
    accepted: int
    waiting: int
    refused: int
    refused_as_spam: int  # of the refused
    asked_later: int  # answers so far, of whatever became of the message then
    more_wait: bool = False  # than were counted
    pause: LanePause | None = None


def lane_tallies(batch: Batch) -> list[LaneTally]:
    """Lanes that have messages, in the order of lanes. Costs a row of each chunk and an index entry of each retry."""
    with connection.cursor() as cursor:
        cursor.execute(_CHUNKS, [batch.pk])
        counted = {lane: counts for lane, *counts in cursor.fetchall()}
        cursor.execute(_RETRIES, [batch.pk, _COUNTED])
        retries: dict[str, int] = dict(cursor.fetchall())
    paused = pausing.pauses(batch)
    is_cut = sum(retries.values()) >= _COUNTED
    found = []
    for lane in mailbox_providers.LANES:
        size, accepted, pending, refused, blocked, deferred = counted.get(lane, [0] * 6)
        waiting = pending + retries.get(lane, 0)
        if size or waiting:
            told = (accepted, waiting, refused, blocked, deferred)
            found.append(LaneTally(lane, size, *told, more_wait=is_cut, pause=paused.get(lane)))
    return found


def waits_paused(tallies: Iterable[LaneTally]) -> int:
    """People who wait because their mailbox provider is paused."""
    return sum(one.waiting for one in tallies if one.pause)


# Chunks of retries hold messages that were counted in a range before; what they hold that is pending is not.
_CHUNKS = """
SELECT lane, coalesce(sum(size) FILTER (WHERE ids IS NULL), 0)::bigint, sum(accepted)::bigint,
    coalesce(sum(pending) FILTER (WHERE NOT is_done), 0)::bigint, sum(refused)::bigint, sum(blocked)::bigint,
    sum(deferred)::bigint
FROM delivery_chunk WHERE batch_id = %s GROUP BY lane
"""
_RETRIES = """
SELECT lane, count(*) FROM (
    SELECT lane FROM delivery_waiting WHERE batch_id = %s AND retry_at IS NOT NULL LIMIT %s) w GROUP BY lane
"""
