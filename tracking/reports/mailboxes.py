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
    refused: int
    put_off: int  # answers that asked to come again later, several of one mail included
    bounced: int
    opened: int
    clicked: int
    unsubscribed: int
    complained: int
    click_share: float | None  # of the delivered, as everywhere in the report
    url: str  # of its people, up to the name of a list; empty: leads to nobody


def rows(batch_ids: Collection[int], people_page: str = "") -> list[LaneRow]:
    chunks = Chunk.objects.filter(batch_id__in=batch_ids).values_list("lane")
    answers = chunks.annotate(a=Sum("accepted"), r=Sum("refused"), d=Sum("deferred"))
    answered = {lane: (accepted, refused, put_off) for lane, accepted, refused, put_off in answers}
    breakdown = Breakdown.objects.filter(batch_id__in=batch_ids, by=Breakdown.By.LANE, is_machine=False)
    summed = breakdown.values_list("value", "kind").annotate(sum=Sum("people"))
    people = {(value, kind): sum for value, kind, sum in summed}
    counts = FeedbackCount.objects.filter(batch_id__in=batch_ids).values_list("lane")
    both = counts.annotate(bounced=Sum("hard") + Sum("soft"), complained=Sum("complained"))
    heard = {lane: (bounced, complained) for lane, bounced, complained in both}
    return [
        _row(lane, answered.get(lane, (0, 0, 0)), people, heard.get(lane, (0, 0)), people_page)
        for lane in mailbox_providers.LANES
        if any(answered.get(lane, ())) or lane in heard or any(known == lane for known, _ in people)
    ]


def _row(
    lane: str,
    answered: tuple[int, int, int],
    people: dict[tuple[str, int], int],
    heard: tuple[int, int],
    people_page: str,
) -> LaneRow:
    accepted, refused, put_off = answered
    clicked, delivered = people.get((lane, EventKind.CLICK), 0), accepted - heard[0]
    return LaneRow(
        label=LANES[lane],
        accepted=accepted,
        refused=refused,
        put_off=put_off,
        bounced=heard[0],
        opened=people.get((lane, EventKind.OPEN), 0),
        clicked=clicked,
        unsubscribed=people.get((lane, EventKind.UNSUBSCRIBE), 0),
        complained=heard[1],
        click_share=clicked / delivered if clicked and delivered > 0 else None,
        url=f"{people_page}?lane={lane}&term=" if people_page else "",
    )
