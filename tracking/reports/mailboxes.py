"""By mailbox provider: where a trouble is, if it is in one place."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Sum

from delivery.deliverability.figures import LANES
from delivery.models import Chunk, FeedbackCount
from delivery.policy import mailbox_providers
from tracking.models import Breakdown, EventKind


@dataclass(frozen=True, slots=True)
class LaneRow:
    label: str
    accepted: int
    bounced: int
    opened: int
    clicked: int
    unsubscribed: int
    complained: int
    click_share: float | None
    url: str  # of its people, up to the name of a list; empty: leads to nobody


def rows(batch_ids: Collection[int], people_page: str = "") -> list[LaneRow]:
    chunks = Chunk.objects.filter(batch_id__in=batch_ids).values_list("lane")
    accepted = dict(chunks.annotate(sum=Sum("accepted")))
    breakdown = Breakdown.objects.filter(batch_id__in=batch_ids, by=Breakdown.By.LANE, is_machine=False)
    summed = breakdown.values_list("value", "kind").annotate(sum=Sum("people"))
    people = {(value, kind): sum for value, kind, sum in summed}
    counts = FeedbackCount.objects.filter(batch_id__in=batch_ids).values_list("lane")
    both = counts.annotate(bounced=Sum("hard") + Sum("soft"), complained=Sum("complained"))
    heard = {lane: (bounced, complained) for lane, bounced, complained in both}
    return [
        _row(lane, accepted.get(lane) or 0, people, heard.get(lane, (0, 0)), people_page)
        for lane in mailbox_providers.LANES
        if accepted.get(lane) or lane in heard or any(known == lane for known, _ in people)
    ]


def _row(
    lane: str, accepted: int, people: dict[tuple[str, int], int], heard: tuple[int, int], people_page: str
) -> LaneRow:
    clicked = people.get((lane, EventKind.CLICK), 0)
    return LaneRow(
        label=LANES[lane],
        accepted=accepted,
        bounced=heard[0],
        opened=people.get((lane, EventKind.OPEN), 0),
        clicked=clicked,
        unsubscribed=people.get((lane, EventKind.UNSUBSCRIBE), 0),
        complained=heard[1],
        click_share=clicked / accepted if clicked and accepted else None,
        url=f"{people_page}?lane={lane}&term=" if people_page else "",
    )
