"""All campaigns of a choice: a row each, and their sums."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from campaigns.across.choosing import MOST, Choice
from campaigns.models import Campaign
from delivery.models import Batch
from tracking.reports import batch_sums
from tracking.reports.batch_sums import Sums

FIGURES = {
    "clicked": "Clicked",
    "unsubscribed": "Unsubscribed",
    "opened": "Opened",
    "complained": "Marked as spam",
    "bounced": "Bounced",
}
COLUMNS = {"when": "Sent", "name": "Campaign", "delivered": "Delivered", **FIGURES}


@dataclass(frozen=True, slots=True)
class Row:
    campaign: Campaign
    batch: Batch
    sums: Sums


class Gathered:
    """`order` is a key of COLUMNS, with a minus before it for the largest (or latest) first."""

    def __init__(self, choice: Choice, order: str = "") -> None:
        self.choice = choice
        self.order = order if order.removeprefix("-") in COLUMNS else "-when"

    @cached_property
    def rows(self) -> list[Row]:
        found = self._found[:MOST]
        batches = [campaign.batch for campaign in found if campaign.batch]
        sums = batch_sums.by_batch(batches, self.choice.lane)
        rows = [Row(each, each.batch, sums[each.batch.pk]) for each in found if each.batch]
        return sorted(rows, key=_key(self.order.removeprefix("-")), reverse=self.order.startswith("-"))

    @property
    def is_cut(self) -> bool:
        """There are older ones, which are not in these sums."""
        return len(self._found) > MOST

    @cached_property
    def sums(self) -> Sums:
        return batch_sums.added(row.sums for row in self.rows)

    @cached_property
    def _found(self) -> list[Campaign]:
        return list(self.choice.campaigns()[: MOST + 1])


def _key(column: str) -> Callable[[Row], Any]:
    if column == "when":
        return lambda row: (row.batch.started_at, row.campaign.pk)
    if column == "name":
        return lambda row: (row.campaign.name.casefold(), row.campaign.pk)
    if column == "delivered":
        return lambda row: (row.sums.delivered, row.campaign.pk)
    return lambda row: (row.sums.share(column) or 0.0, row.campaign.pk)
