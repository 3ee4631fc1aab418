"""How the opens and clicks of a report were counted, and of how many people they were not."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from accounts.organisation.measuring import Tracking
from delivery.models import Batch
from tracking.models import Breakdown

ANONYMOUS = "Anonymous: counted, not by person"
OFF = "Not measured: it was sent without tracking"
IN_WORDS = {Tracking.ANONYMOUS: ANONYMOUS, Tracking.OFF: OFF}
_BOTH = "refused"  # of reports from before opens and clicks were asked apart


@dataclass(frozen=True, slots=True)
class Counting:
    tracking: Tracking
    opens_unmeasured: int
    clicks_unmeasured: int

    @property
    def note(self) -> str:
        """What stands beside opens and clicks in place of people; empty where they are counted by person."""
        return IN_WORDS.get(self.tracking, "")

    @property
    def by_person(self) -> bool:
        return self.tracking == Tracking.INDIVIDUAL

    @property
    def unmeasured(self) -> int:
        return max(self.opens_unmeasured, self.clicks_unmeasured)

    @property
    def unmeasured_in_words(self) -> str:
        opens, clicks = self.opens_unmeasured, self.clicks_unmeasured
        if opens == clicks:
            return f"{opens:,} of them"
        parts = [f"opens of {opens:,}" if opens else "", f"clicks of {clicks:,}" if clicks else ""]
        return f"{' and '.join(filter(None, parts))} of them"


def of(batches: Sequence[Batch]) -> Counting:
    """Of several batches that differ the one that says most, because its people stand in the figures."""
    modes = {batch.tracking for batch in batches}
    known = (mode for mode in (Tracking.INDIVIDUAL, Tracking.ANONYMOUS, Tracking.OFF) if mode in modes)
    rows = Breakdown.objects.filter(batch_id__in=[batch.pk for batch in batches], by=Breakdown.By.CONSENT)
    people = dict(rows.values_list("value").annotate(sum=Sum("people")))
    both = people.get(_BOTH, 0)
    return Counting(next(known, Tracking.INDIVIDUAL), people.get("opens", 0) + both, people.get("clicks", 0) + both)
