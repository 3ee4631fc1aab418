"""A launched campaign that is held for want of an approval, and goes on with one: as it was launched, word for word, to
whom its rules find by then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import transaction
from django.utils import timezone

from campaigns.approval import standing
from campaigns.models import Campaign, Edition
from campaigns.sending import launching
from delivery import ledger
from delivery.models import Batch


@dataclass(frozen=True, slots=True)
class Held:
    """What an approval sets going."""

    batch: Batch
    at: datetime | None  # None: at once, as its planned time has passed

    @classmethod
    def of(cls, campaign: Campaign) -> Self | None:
        batch = campaign.batch
        if batch is None or not batch.awaits_approval:
            return None
        is_ahead = batch.not_before is not None and batch.not_before > timezone.now()
        return cls(batch, batch.not_before if is_ahead else None)

    @property
    def edition(self) -> Edition:
        """What goes out; also what preflight said of it when it was launched."""
        return Edition.objects.get(pk=self.batch.content_id)

    @property
    def people(self) -> int:
        return self.batch.people_unapproved or 0

    @property
    def hold_seconds(self) -> int:
        """For so long it can still be taken back once it was approved, where it starts at once."""
        return launching.hold_seconds(self.people)

    def __str__(self) -> str:
        """What whoever approves is told; another one is another question."""
        return f"{self.batch.pk} {self.at.isoformat() if self.at else 'at once'}"


def seal(campaign: Campaign) -> str:
    """Of what the page of an approval shows: how the campaign stands, and what an answer sets going."""
    return standing.seal(standing.frozen(campaign), str(Held.of(campaign) or ""))


@transaction.atomic
def let_go(campaign: Campaign) -> Held | None:
    """With an approval that is there by now, nothing limits its people; returns what that set going. The campaign is
    locked by the caller."""
    if campaign.batch is None or not ledger.limit_unapproved(campaign.batch, None):
        return None
    held = Held.of(campaign)
    if held:
        ledger.resume(held.batch, hold_seconds=held.hold_seconds)
    return held
