"""Which chunks workers may claim next: fair between batches, and no more than they will soon take."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any

from delivery.ledger import building
from delivery.models import Batch, Provider
from delivery.policy.routing import PARTS
from delivery.routing.carriers import Carriers
from delivery.throttling import lane_rates, warmup_plans
from delivery.throttling.limits import Limits
from delivery.workers import turns

SECONDS = 15
RENEW_SECONDS = 5
MOST = 32


@dataclass(frozen=True, slots=True)
class Candidate:
    chunk_id: int
    offered_order: float | None  # of an offer that still holds for a while
    is_offered: bool
    offered_to: int | None
    lane: str


@dataclass(frozen=True, slots=True)
class Part:
    """Of a batch, the chunks a provider may be offered: all, or its share (delivery.policy.routing)."""

    batch_id: int
    first: int = 0
    last: int = PARTS


def offer(cursor: Any) -> None:
    """Offer the next chunks of every provider, and see to it that somebody takes them."""
    carriers = Carriers(cursor)
    carried: dict[tuple[bool, int, str], list[Part]] = defaultdict(list)
    tried: dict[tuple[int, str], list[Part]] = defaultdict(list)
    for batch in Batch.objects.filter(finished_at=None, state=Batch.State.SENDING).order_by("id"):
        for share in carriers.shares(batch):
            key = (batch.stream != Batch.Stream.TRANSACTIONAL, share.provider_id, batch.stream)
            carried[key].append(Part(batch.pk, share.first, share.last))
        for provider in carriers.to_try(batch):
            tried[provider.pk, batch.stream].append(Part(batch.pk))
    for (_, provider_id, stream), parts in sorted(carried.items()):
        provider = carriers.providers[provider_id]
        _offer_group(cursor, provider, parts, depth(provider), carriers.being_tried)
        turns.kick(provider, stream)
    # After the rest: the one chunk a provider is tried with is taken from whoever would have carried it.
    for (provider_id, stream), parts in tried.items():
        _offer_group(cursor, carriers.providers[provider_id], parts, 1, carriers.being_tried)
        turns.kick(carriers.providers[provider_id], stream)


def depth(provider: Provider) -> int:
    """How many chunks lie ready: at full speed a second's work, at a slow provider hardly more than the next."""
    rate = Limits.of(provider).rate_per_second
    return MOST if rate is None else min(MOST, 2 + int(4 * rate / building.CHUNK))


def _offer_group(cursor: Any, provider: Provider, parts: list[Part], most: int, tried: set[int]) -> None:
    """`tried`: providers that are on their way to the one chunk they were offered; it stays theirs."""
    spent = warmup_plans.spent(cursor, provider, [part.batch_id for part in parts])
    parts = [part for part in parts if part.batch_id not in spent]
    if not parts:
        return
    held, slow = lane_rates.standing(cursor, provider.pk)
    values = {"most": most, "renew": RENEW_SECONDS, "slow": slow, "apart": held + slow, "tried": list(tried)}
    batch_ids, firsts, lasts = (list(column) for column in zip(*map(astuple, parts), strict=True))
    cursor.execute(_CANDIDATES, values | {"batches": batch_ids, "firsts": firsts, "lasts": lasts})
    candidates = _one_of_each([Candidate(*row) for row in cursor.fetchall()], slow)
    if held:
        cursor.execute(_WITHDRAW_LANES, {"batches": batch_ids, "held": held, "to": provider.pk})
    chosen, rest = candidates[:most], candidates[most:]
    if not _stands(chosen, provider):
        ids = [candidate.chunk_id for candidate in chosen]
        places = list(range(len(ids)))
        cursor.execute(_OFFER, {"ids": ids, "places": places, "seconds": SECONDS, "to": provider.pk})
    outrun = [candidate.chunk_id for candidate in rest if candidate.is_offered]
    if outrun:
        cursor.execute(_WITHDRAW, [outrun])


def _one_of_each(candidates: list[Candidate], slow: list[str]) -> list[Candidate]:
    """Of a slowed lane the first alone: whoever takes it learns how fast it may go."""
    taken: set[str] = set()
    kept = []
    for candidate in candidates:
        if candidate.lane not in taken:
            kept.append(candidate)
        if candidate.lane in slow:
            taken.add(candidate.lane)
    return kept


def _stands(chosen: Sequence[Candidate], provider: Provider) -> bool:
    """All are on offer to this provider, for a while yet, and in this order."""
    if any(candidate.offered_to != provider.pk for candidate in chosen):
        return False
    orders = [candidate.offered_order for candidate in chosen]
    return None not in orders and all(a <= b for a, b in pairwise(orders) if a is not None and b is not None)


# A batch's place counts what workers hold of it already: whoever has less is served first, retries before the rest.
_SHARE = "(id * 40503 & 65535) BETWEEN b.first AND b.last - 1"  # routing.part
_FREE = (
    f"{_SHARE} AND NOT b.paused_lanes ? lane"
    " AND (offered_to = ANY(%(tried)s) AND offered_until > statement_timestamp()) IS NOT TRUE"
)
_CANDIDATES = """
SELECT id, CASE WHEN offered_until > statement_timestamp() + %(renew)s * interval '1 second'
       THEN extract(epoch FROM offered_at) END, coalesce(offered_until > statement_timestamp(), false), offered_to, lane
FROM (
    SELECT c.*, t.held + row_number() OVER (PARTITION BY c.batch_id ORDER BY c.is_range, c.id) AS place
    FROM (
        SELECT part.*, batch.paused_lanes
        FROM unnest(%(batches)s::bigint[], %(firsts)s::int[], %(lasts)s::int[]) AS part(id, first, last)
        JOIN delivery_batch batch ON batch.id = part.id) b
    CROSS JOIN LATERAL (
        SELECT count(*) AS held FROM delivery_chunk WHERE batch_id = b.id AND NOT is_done AND owner IS NOT NULL) t
    CROSS JOIN LATERAL (
        (SELECT id, batch_id, offered_at, offered_until, offered_to, lane, false AS is_range FROM delivery_chunk
         WHERE batch_id = b.id AND NOT is_done AND ids IS NOT NULL AND owner IS NULL AND NOT quarantined
         AND lane <> ALL(%(apart)s) AND {free}
         AND (not_before IS NULL OR not_before <= statement_timestamp()) ORDER BY id LIMIT %(most)s)
        UNION ALL
        (SELECT id, batch_id, offered_at, offered_until, offered_to, lane, true FROM delivery_chunk
         WHERE batch_id = b.id AND NOT is_done AND ids IS NULL AND owner IS NULL AND NOT quarantined
         AND lane <> ALL(%(apart)s) AND {free}
         AND (not_before IS NULL OR not_before <= statement_timestamp()) ORDER BY id LIMIT %(most)s)
        UNION ALL
        (SELECT DISTINCT ON (lane) id, batch_id, offered_at, offered_until, offered_to, lane, ids IS NULL
         FROM delivery_chunk
         WHERE batch_id = b.id AND lane = ANY(%(slow)s) AND NOT is_done AND owner IS NULL AND NOT quarantined
         AND {free}
         AND (not_before IS NULL OR not_before <= statement_timestamp()) ORDER BY lane, ids IS NULL, id)) c
) ranked
ORDER BY place, batch_id
""".replace("{free}", _FREE)
_OFFER = """
UPDATE delivery_chunk c
SET offered_at = statement_timestamp() + o.place * interval '1 microsecond',
    offered_until = statement_timestamp() + %(seconds)s * interval '1 second', offered_to = %(to)s
FROM (SELECT id FROM delivery_chunk WHERE id = ANY(%(ids)s) AND owner IS NULL AND NOT is_done
      FOR UPDATE SKIP LOCKED) free
JOIN unnest(%(ids)s::bigint[], %(places)s::int[]) AS o(id, place) ON o.id = free.id
WHERE c.id = free.id
"""
_WITHDRAW_LANES = """
UPDATE delivery_chunk SET offered_at = NULL, offered_until = NULL WHERE id IN (
    SELECT id FROM delivery_chunk WHERE batch_id = ANY(%(batches)s) AND lane = ANY(%(held)s) AND NOT is_done
    AND offered_to = %(to)s AND owner IS NULL AND offered_until IS NOT NULL FOR UPDATE SKIP LOCKED)
"""
_WITHDRAW = """
UPDATE delivery_chunk SET offered_at = NULL, offered_until = NULL WHERE id IN (
    SELECT id FROM delivery_chunk WHERE id = ANY(%s) AND owner IS NULL FOR UPDATE SKIP LOCKED)
"""
