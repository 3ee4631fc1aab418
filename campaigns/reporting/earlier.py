"""Which campaigns a campaign is compared with: the last real ones before it."""

from collections.abc import Collection

from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign
from delivery.models import Batch
from tracking.reports import usual
from tracking.reports.usual import Comparison, Key, Outcome


def sentences(campaigns: Collection[Campaign]) -> dict[int, str]:
    """What the reports of these real campaigns say first, by campaign; two queries for any number of them."""
    now = timezone.now()
    return {pk: usual.sentence(this, others, now) for pk, (this, others) in _beside(campaigns).items()}


def comparisons(campaigns: Collection[Campaign], key: Key) -> dict[int, Comparison]:
    """How each of them did in one respect; rehearsals are left out."""
    now = timezone.now()
    return {pk: usual.compare(this, others, key, now) for pk, (this, others) in _beside(campaigns).items()}


def _beside(campaigns: Collection[Campaign]) -> dict[int, tuple[Outcome, list[Outcome]]]:
    batches = {campaign.pk: campaign.batch_id for campaign in campaigns if campaign.batch_id}
    before = _before(batches.values())
    outcomes = usual.outcomes({*batches.values(), *(other for others in before.values() for other in others)})
    return {
        pk: (outcomes[batch_id], [outcomes[other] for other in before.get(batch_id, ())])
        for pk, batch_id in batches.items()
        if batch_id in outcomes
    }


def _before(batch_ids: Collection[int]) -> dict[int, list[int]]:
    """Batches launched before each, the latest first: their numbers tell the order."""
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(batch_ids), _ENDED, _LOOKED_AT])
        for this, other in cursor.fetchall():
            found.setdefault(this, []).append(other)
    return found


_ENDED = [Batch.State.DONE.value, Batch.State.CANCELLED.value]
_LOOKED_AT = 2 * usual.LAST  # some reached nobody
_BEFORE = """
SELECT this.id, other.batch_id FROM unnest(%s::bigint[]) AS this(id)
CROSS JOIN LATERAL (
    SELECT c.batch_id FROM campaigns_campaign c JOIN delivery_batch b ON b.id = c.batch_id
    WHERE c.batch_id < this.id AND b.state = ANY(%s) AND NOT b.rehearsal
    ORDER BY c.batch_id DESC LIMIT %s) other
ORDER BY this.id, other.batch_id DESC
"""
