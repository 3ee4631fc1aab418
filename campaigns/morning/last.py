"""The last campaigns: what became of them, beside the ones before."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign
from campaigns.reporting import earlier
from delivery import ledger
from delivery.models import Batch
from tracking.reports import usual
from tracking.reports.usual import Outcome

SHOWN = 5
_REHEARSED = "A rehearsal: it reached nobody, and its figures stand in its report alone."


@dataclass(frozen=True, slots=True)
class Row:
    campaign: Campaign
    batch: Batch
    tally: ledger.Tally | None
    outcome: Outcome | None  # None: a rehearsal
    sentence: str

    @property
    def at(self) -> datetime:
        return self.batch.started_at or self.batch.created_at


def campaigns(most: int = SHOWN) -> list[Row]:
    found = Campaign.objects.sent().select_related("batch__provider").order_by("-batch__started_at", "-pk")
    return rows(list(found[:most]))


def rows(found: list[Campaign]) -> list[Row]:
    """Four queries for any number of campaigns."""
    real = [campaign for campaign in found if campaign.batch and not campaign.batch.rehearsal]
    sentences = earlier.sentences(real)
    outcomes = usual.outcomes([campaign.batch_id for campaign in real if campaign.batch_id])
    tallies = ledger.tallies([campaign.batch for campaign in found if campaign.batch])
    return [
        Row(
            campaign,
            campaign.batch,
            tallies.get(campaign.batch.pk),
            outcomes.get(campaign.batch.pk),
            sentences.get(campaign.pk, _REHEARSED),
        )
        for campaign in found
        if campaign.batch
    ]
