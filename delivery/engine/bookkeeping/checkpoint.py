"""A checkpoint: what became of messages since the last one, and leave to write more dots, in one transaction."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from delivery.engine.bookkeeping import settling
from delivery.engine.bookkeeping.claiming import IS_OPEN, LEASE_SECONDS
from delivery.engine.bookkeeping.settling import BatchRules, Counts
from delivery.models import Batch, MessageState
from delivery.outcomes import Flush, Standing
from delivery.policy.proof import UNPROVEN
from delivery.policy.slowdown import FREE, LaneRate
from delivery.providers import hours
from delivery.throttling import lane_rates, limits, warmup_plans

log = logging.getLogger(__name__)


class NoRow(Exception):
    """No such chunk under this epoch and number."""


class Fence(NamedTuple):
    """What the chunk's row says of it when it has let us through."""

    batch_state: str
    provider_is_good: bool
    has_expired: bool
    batch_id: int
    stream: str
    expires_at: datetime | None
    lane: str
    is_paced: bool
    is_proven: bool
    lane_is_paused: bool


@dataclass(slots=True)
class Writing:
    """A checkpoint under way, and what its steps have found so far."""

    flush: Flush
    window_end: int = 0
    fence: Fence | None = None
    counts: Counts = field(default_factory=Counts)
    lane_rate: LaneRate = FREE

    @property
    def passed(self) -> Fence:
        assert self.fence is not None, "the chunk is not locked yet"  # noqa: S101
        return self.fence


def write(cursor: psycopg.Cursor[Any], flush: Flush) -> Standing:
    """Raises NoRow."""
    writing = Writing(flush)
    for _, step in LOCK_ORDER:
        step(cursor, writing)
    return Standing(writing.window_end, _stop(writing.passed), lane_rate=writing.lane_rate)


def grant(cursor: psycopg.Cursor[Any], writing: Writing) -> None:
    """How far dots may be written, within the hour's and the day's limit; what a released window leaves goes back."""
    flush = writing.flush
    if flush.ends or flush.release_from is not None:
        end = flush.granted_to if flush.release_from is None else flush.release_from
        warmup_plans.give_back(cursor, flush.provider, flush.batch_id, flush.granted_to - end)
        limits.count(cursor, flush.provider, min(0, end - flush.granted_to))
        writing.window_end = flush.granted_to
        return
    wanted = max(0, flush.window_end - flush.granted_to)
    left = limits.quota_left(cursor, flush.provider) if wanted else None
    extra = wanted if left is None else min(wanted, left)
    extra = warmup_plans.take(cursor, flush.provider, flush.batch_id, extra) if extra else 0
    limits.count(cursor, flush.provider, extra)
    writing.window_end = flush.granted_to + extra


def _pass_fence(cursor: psycopg.Cursor[Any], writing: Writing) -> None:
    flush = writing.flush
    row = cursor.execute(
        _FENCE,
        {
            "provider": flush.provider.pk,
            "window": writing.window_end,
            "lease": LEASE_SECONDS,
            "chunk": flush.chunk_id,
            "epoch": flush.epoch,
            "flush_no": flush.flush_no,
        },
    ).fetchone()
    if row is None:
        raise NoRow
    writing.fence = Fence(*row)


def _settle(cursor: psycopg.Cursor[Any], writing: Writing) -> None:
    flush, counts, fence = writing.flush, writing.counts, writing.passed
    if flush.takes_mail and not fence.is_proven:
        cursor.execute(_PROVE, [flush.batch_id, flush.provider.pk])
    if flush.accepted:
        counts.accepted = _accept(cursor, flush)
        if counts.accepted != len(flush.accepted):
            log.error("chunk %s: %s rows of %s accepted", flush.chunk_id, counts.accepted, len(flush.accepted))
    if flush.settled:
        batch = BatchRules(fence.batch_id, fence.stream, fence.expires_at, flush.provider, flush.version, fence.lane)
        settling.write(cursor, batch, flush.settled, counts)


def _close_chunk(cursor: psycopg.Cursor[Any], writing: Writing) -> None:
    flush = writing.flush
    settling.count(cursor, flush.chunk_id, writing.counts, len(flush.accepted) + len(flush.settled))
    if flush.by_ids:
        settling.strike_out(cursor, flush.chunk_id, flush.accepted + [o.message_id for o in flush.settled])
    if flush.ends:
        settling.end_chunk(cursor, flush.chunk_id)
    elif flush.release_from is not None:
        stays = flush.stays_offered and not writing.passed.lane_is_paused
        settling.release_chunk(cursor, flush.chunk_id, flush.release_from, stays_offered=stays)
    if any(outcome.category == UNPROVEN for outcome in flush.settled):
        cursor.execute(_MARK, [flush.batch_id])


def _count_earlier(cursor: psycopg.Cursor[Any], writing: Writing) -> None:
    if writing.flush.is_pinned and writing.counts.accepted:
        settling.count_earlier(cursor, writing.passed.batch_id, writing.flush.version, writing.counts.accepted)


def _note_lane(cursor: psycopg.Cursor[Any], writing: Writing) -> None:
    flush, fence = writing.flush, writing.passed
    heard = flush.heard + lane_rates.heard(flush.settled)
    if heard or fence.is_paced:
        writing.lane_rate = lane_rates.note(cursor, flush.provider, fence.lane, heard, writing.counts.accepted)


def _note_hour(cursor: psycopg.Cursor[Any], writing: Writing) -> None:
    hours.note(cursor, writing.flush.provider.pk, writing.counts, writing.flush.accepted_ms)


Step = Callable[[psycopg.Cursor[Any], Writing], None]
# Rows that several workers change, in the order in which a checkpoint locks them. Whoever else locks more than one of
# these takes them in this order too (a claim, whose chunk nobody waits for; recovery; a revision; a stop rule), because
# two transactions that each hold what the other waits for end as a deadlock. What many share is locked as late as
# can be, but for the grants: what they allow is written into the chunk's row.
LOCK_ORDER: tuple[tuple[str, Step], ...] = (
    ("warm-up plans, then the provider's minute", grant),
    ("the chunk", _pass_fence),
    ("its messages, then what lists them and the calendar of retries", _settle),
    ("the chunk, and when it ends its batch", _close_chunk),
    ("later versions of the batch", _count_earlier),
    ("the lane's pace, then the provider", _note_lane),
    ("the provider's hour", _note_hour),
)


def _accept(cursor: psycopg.Cursor[Any], flush: Flush) -> int:
    values = [flush.provider.pk, flush.accepted]
    if flush.version > 1:
        return cursor.execute(_ACCEPT_LATER_VERSION, [flush.version, *values]).rowcount
    return cursor.execute(_ACCEPT, values).rowcount


def _stop(fence: Fence) -> str:
    if fence.batch_state != Batch.State.SENDING:
        return fence.batch_state
    if not fence.provider_is_good:
        return "provider paused"
    if fence.lane_is_paused:
        return "lane paused"
    return "expired" if fence.has_expired else ""


_FENCE = f"""
    UPDATE delivery_chunk c
    SET flush_no = c.flush_no + 1, window_end = greatest(c.window_end, %(window)s),
        lease_until = now() + make_interval(secs => %(lease)s)
    FROM delivery_batch b JOIN delivery_provider p ON p.id = %(provider)s
    WHERE c.id = %(chunk)s AND c.epoch = %(epoch)s AND c.flush_no = %(flush_no)s AND b.id = c.batch_id
    RETURNING b.state, p.state IN ('active', 'draining') AND NOT {IS_OPEN},
        coalesce(b.expires_at < now(), false), c.batch_id, b.stream, b.expires_at, c.lane,
        EXISTS (SELECT 1 FROM delivery_lanepace l WHERE l.provider_id = p.id AND l.lane = c.lane
                AND (l.rate IS NOT NULL OR l.ceiling_until > now() OR l.held_until > now())),
        EXISTS (SELECT 1 FROM delivery_proof x WHERE x.batch_id = b.id AND x.provider_id = p.id),
        b.paused_lanes ? c.lane
"""  # noqa: S608
_MARK = "UPDATE delivery_batch SET has_unproven = true WHERE id = %s AND NOT has_unproven"
_PROVE = "INSERT INTO delivery_proof (batch_id, provider_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_ACCEPT = f"""
    UPDATE delivery_message SET state = {MessageState.ACCEPTED}, attempts = attempts + 1, provider_id = %s,
        accepted_at = now()
    WHERE id = ANY(%s) AND state = {MessageState.PENDING}
"""  # noqa: S608
_ACCEPT_LATER_VERSION = _ACCEPT.replace(" attempts =", " version = %s, attempts =", 1)
