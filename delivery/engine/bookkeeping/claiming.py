"""How a turn takes a chunk: the one that was offered first, under a lease."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import psycopg

from delivery.models import Provider
from delivery.policy.slowdown import FREE, LaneRate
from delivery.throttling import lane_rates, limits, warmup_plans

LEASE_SECONDS = 30
WINDOW = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim's evidence lies."""

    host: str
    boot: str
    journal: str


@dataclass(frozen=True, slots=True)
class Claimed:
    chunk_id: int
    batch_id: int
    epoch: int
    flush_no: int
    ids: Sequence[int]
    read_from: int
    window_end: int
    lane: str
    version: int
    is_pinned: bool
    lane_rate: LaneRate = FREE


def claim(
    cursor: psycopg.Cursor[Any], provider: Provider, stream: str, owner: UUID, place: Place, window: int
) -> Claimed | None:
    left = limits.quota_left(cursor, provider)
    if left == 0:
        return None
    values = {
        "provider": provider.pk,
        "stream": stream,
        "rehearsal": provider.is_sandbox,
        "owner": owner,
        "host": place.host,
        "boot": place.boot,
        "journal": place.journal,
        "lease": LEASE_SECONDS,
        "window": window if left is None else min(window, left),
    }
    row = cursor.execute(_CLAIM, values).fetchone()
    if row is None:
        return None
    claimed = _claimed(row)
    claimed = _within_warmup(cursor, provider, claimed)
    limits.count(cursor, provider, claimed.window_end - claimed.read_from)
    return replace(claimed, lane_rate=lane_rates.rate_of(cursor, provider.pk, claimed.lane))


def find_again(cursor: psycopg.Cursor[Any], owner: UUID) -> Claimed | None:
    """What a claim took whose answer got lost."""
    row = cursor.execute(_CLAIMED, [owner]).fetchone()
    return _claimed(row) if row else None


def _within_warmup(cursor: psycopg.Cursor[Any], provider: Provider, claimed: Claimed) -> Claimed:
    wanted = claimed.window_end - claimed.read_from
    granted = warmup_plans.take(cursor, provider, claimed.batch_id, wanted)
    if granted == wanted:
        return claimed
    end = claimed.read_from + granted
    cursor.execute("UPDATE delivery_chunk SET window_end = %s WHERE id = %s", [end, claimed.chunk_id])
    return replace(claimed, window_end=end)


def _claimed(row: Sequence[Any]) -> Claimed:
    chunk_id, batch_id, epoch, flush_no, first_id, last_id, ids, lane, read_from, window_end, *version = row
    members = ids if ids is not None else range(first_id, last_id + 1)
    return Claimed(chunk_id, batch_id, epoch, flush_no, members, read_from, window_end, lane, *version)


# Positions below `window_end` of a free chunk are all settled, so this claim begins to read there. Whatever was offered
# by mistake: here, where all mail passes, a rehearsal never meets a real provider, nor real mail the sandbox.
_RETURNING = """c.id, c.batch_id, c.epoch, c.flush_no, c.first_id, c.last_id, c.ids, c.lane"""
IS_OPEN = "EXISTS (SELECT 1 FROM delivery_breaker k WHERE k.provider_id = p.id AND k.state = 'open')"
_CLAIM = f"""
    WITH picked AS (
        SELECT c.id, c.window_end, coalesce(c.version, b.version) AS version
        FROM delivery_chunk c JOIN delivery_batch b ON b.id = c.batch_id
        JOIN delivery_provider p ON p.id = c.offered_to
        WHERE c.offered_to = %(provider)s AND b.stream = %(stream)s AND b.state = 'sending' AND p.state = 'active'
          AND b.rehearsal = %(rehearsal)s AND NOT {IS_OPEN}
          AND NOT b.paused_lanes ? c.lane
          AND NOT c.is_done AND NOT c.quarantined AND c.owner IS NULL AND c.offered_until > now()
          AND NOT {warmup_plans.SPENT}
        ORDER BY c.offered_at, c.id
        FOR UPDATE OF c SKIP LOCKED LIMIT 1
    )
    UPDATE delivery_chunk c
    SET epoch = c.epoch + 1, flush_no = c.flush_no + 1, owner = %(owner)s, owner_host = %(host)s,
        owner_boot = %(boot)s, journal = %(journal)s, lease_until = now() + make_interval(secs => %(lease)s),
        window_end = least(c.size, c.window_end + %(window)s), offered_at = NULL, offered_until = NULL,
        recovery_until = NULL
    FROM picked WHERE c.id = picked.id
    RETURNING {_RETURNING}, picked.window_end, c.window_end, picked.version, c.version IS NOT NULL
"""  # noqa: S608
# Its window is not known any more, so what it reads is read with none: the next checkpoint asks for one.
_CLAIMED = f"""
    SELECT {_RETURNING}, 0, 0, coalesce(c.version, b.version), c.version IS NOT NULL
    FROM delivery_chunk c JOIN delivery_batch b ON b.id = c.batch_id WHERE c.owner = %s
"""  # noqa: S608
