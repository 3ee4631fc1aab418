"""The figures of many batches side by side, in four queries over sums, however many people they went to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace

from django.db.models import Sum

from accounts.organisation.measuring import Tracking
from delivery import ledger
from delivery.models import Batch, Chunk, FeedbackCount
from tracking.models import Breakdown, EventKind

_FIELDS = {EventKind.CLICK: "clicked", EventKind.OPEN: "opened", EventKind.UNSUBSCRIBE: "unsubscribed"}


@dataclass(frozen=True, slots=True)
class Sums:
    """People, machines left out. Shares are of those delivered; None where nothing was, or where nobody did it."""

    accepted: int = 0
    bounced: int = 0
    clicked: int = 0
    opened: int = 0
    unsubscribed: int = 0
    complained: int = 0
    uncounted: int = 0  # delivered by campaigns that do not count opens and clicks by person

    @property
    def delivered(self) -> int:
        return max(0, self.accepted - self.bounced)

    def share(self, figure: str) -> float | None:
        part: int = getattr(self, figure)
        return part / whole if part and (whole := self.whole(figure)) else None

    def whole(self, figure: str) -> int:
        """What `figure` is a share of."""
        if figure == "bounced":
            return self.accepted
        return self.delivered - (self.uncounted if figure in ("clicked", "opened") else 0)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Sums)))


def by_batch(batches: Collection[Batch], lane: str = "") -> dict[int, Sums]:
    """Of each batch; at one mailbox provider, if `lane` names it. What has no sums yet is nought."""
    ids = [batch.pk for batch in batches]
    found: dict[int, dict[str, int]] = {batch_id: {} for batch_id in ids}
    for batch_id, accepted in _accepted(batches, ids, lane):
        found[batch_id]["accepted"] = accepted
    counts = FeedbackCount.objects.filter(batch_id__in=ids, **_at(lane)).values_list("batch_id")
    for batch_id, bounced, complained in counts.annotate(bounced=Sum("hard") + Sum("soft"), spam=Sum("complained")):
        found[batch_id] |= {"bounced": bounced or 0, "complained": complained or 0}
    acts = Breakdown.objects.filter(batch_id__in=ids, by=Breakdown.By.LANE, is_machine=False, kind__in=list(_FIELDS))
    acts = acts.filter(value=lane) if lane else acts
    for batch_id, kind, people in acts.values_list("batch_id", "kind").annotate(sum=Sum("people")):
        found[batch_id][_FIELDS[EventKind(kind)]] = people
    by_person = {batch.pk for batch in batches if batch.tracking == Tracking.INDIVIDUAL}
    return {batch_id: _counted(Sums(**sums), batch_id in by_person) for batch_id, sums in found.items()}


def _counted(sums: Sums, by_person: bool) -> Sums:
    return sums if by_person else replace(sums, uncounted=sums.delivered)


def added(sums: Iterable[Sums]) -> Sums:
    return sum(sums, Sums())


def _accepted(batches: Collection[Batch], ids: list[int], lane: str) -> Iterable[tuple[int, int]]:
    if not lane:
        return [(batch_id, tally.accepted) for batch_id, tally in ledger.tallies(batches).items()]
    chunks = Chunk.objects.filter(batch_id__in=ids, lane=lane).values_list("batch_id")
    return [(batch_id, accepted or 0) for batch_id, accepted in chunks.annotate(sum=Sum("accepted"))]


def _at(lane: str) -> dict[str, str]:
    return {"lane": lane} if lane else {}
