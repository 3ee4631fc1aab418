"""Which chunks workers may claim next: fair between batches, and no more than they will soon take."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from django.utils import timezone

from delivery import breakers, limits, pacing, turns
from delivery.breaker import Circuit
from delivery.ledger import building
from delivery.limits import Limits
from delivery.models import Batch, Provider

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


def offer(cursor: Any) -> None:
    """Offer the next chunks of every provider, and see to it that somebody takes them."""
    sending = Batch.objects.filter(
        finished_at=None, state=Batch.State.SENDING, provider__state=Provider.State.ACTIVE
    ).select_related("provider")
    ordered = sorted(sending, key=lambda batch: (batch.stream != Batch.Stream.TRANSACTIONAL, batch.provider_id or 0))
    circuits = breakers.circuits()
    for (stream, _), group in groupby(ordered, key=lambda batch: (batch.stream, batch.provider_id)):
        batches = list(group)
        provider = batches[0].provider
        if provider is None or limits.quota_seen(cursor, provider) == 0:
            continue
        circuit = circuits.get(provider.pk, Circuit())
        if not circuit.carries and not circuit.is_due(timezone.now()):
            continue
        _offer_group(cursor, provider, [batch.pk for batch in batches], depth(provider) if circuit.carries else 1)
        turns.kick(provider, stream)


def depth(provider: Provider) -> int:
    """How many chunks lie ready: at full speed a second's work, at a slow provider hardly more than the next."""
    rate = Limits.of(provider).rate_per_second
    return MOST if rate is None else min(MOST, 2 + int(4 * rate / building.CHUNK))


def _offer_group(cursor: Any, provider: Provider, batch_ids: list[int], most: int) -> None:
    held, slow = pacing.standing(cursor, provider.pk)
    values = {"batches": batch_ids, "most": most, "renew": RENEW_SECONDS, "slow": slow, "apart": held + slow}
    cursor.execute(_CANDIDATES, values)
    candidates = _one_of_each([Candidate(*row) for row in cursor.fetchall()], slow)
    if held:
        cursor.execute(_WITHDRAW_LANES, {"batches": batch_ids, "held": held})
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
_CANDIDATES = """
SELECT id, CASE WHEN offered_until > statement_timestamp() + %(renew)s * interval '1 second'
       THEN extract(epoch FROM offered_at) END, coalesce(offered_until > statement_timestamp(), false), offered_to, lane
FROM (
    SELECT c.*, t.held + row_number() OVER (PARTITION BY c.batch_id ORDER BY c.is_range, c.id) AS place
    FROM unnest(%(batches)s::bigint[]) AS b(id)
    CROSS JOIN LATERAL (
        SELECT count(*) AS held FROM delivery_chunk WHERE batch_id = b.id AND NOT is_done AND owner IS NOT NULL) t
    CROSS JOIN LATERAL (
        (SELECT id, batch_id, offered_at, offered_until, offered_to, lane, false AS is_range FROM delivery_chunk
         WHERE batch_id = b.id AND NOT is_done AND ids IS NOT NULL AND owner IS NULL AND NOT quarantined
         AND lane <> ALL(%(apart)s)
         AND (not_before IS NULL OR not_before <= statement_timestamp()) ORDER BY id LIMIT %(most)s)
        UNION ALL
        (SELECT id, batch_id, offered_at, offered_until, offered_to, lane, true FROM delivery_chunk
         WHERE batch_id = b.id AND NOT is_done AND ids IS NULL AND owner IS NULL AND NOT quarantined
         AND lane <> ALL(%(apart)s)
         AND (not_before IS NULL OR not_before <= statement_timestamp()) ORDER BY id LIMIT %(most)s)
        UNION ALL
        (SELECT DISTINCT ON (lane) id, batch_id, offered_at, offered_until, offered_to, lane, ids IS NULL
         FROM delivery_chunk
         WHERE batch_id = b.id AND lane = ANY(%(slow)s) AND NOT is_done AND owner IS NULL AND NOT quarantined
         AND (not_before IS NULL OR not_before <= statement_timestamp()) ORDER BY lane, ids IS NULL, id)) c
) ranked
ORDER BY place, batch_id
"""
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
    AND owner IS NULL AND offered_until IS NOT NULL FOR UPDATE SKIP LOCKED)
"""
_WITHDRAW = """
UPDATE delivery_chunk SET offered_at = NULL, offered_until = NULL WHERE id IN (
    SELECT id FROM delivery_chunk WHERE id = ANY(%s) AND owner IS NULL FOR UPDATE SKIP LOCKED)
"""
