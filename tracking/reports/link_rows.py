"""Who followed which link: a row a link, in the order of the mail, because that is how people know them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Sum
from django.urls import reverse

from tracking.models import EventKind, Link, Rollup


@dataclass(frozen=True, slots=True)
class LinkRow:
    url: str
    label: str
    people: int
    total: int
    machines: int
    share: float | None
    people_url: str


def rows(batch_ids: Collection[int], delivered: int) -> list[LinkRow]:
    """`share` is of the delivered."""
    sums = _sums(batch_ids)
    return [
        _row(link, delivered, sums.get((link.id, False), (0, 0)), sums.get((link.id, True), (0, 0)))
        for link in Link.objects.filter(batch_id__in=batch_ids).order_by("batch_id", "position")
    ]


def _sums(batch_ids: Collection[int]) -> dict[tuple[int, bool], tuple[int, int]]:
    clicks = Rollup.objects.filter(batch_id__in=batch_ids, kind=EventKind.CLICK).exclude(link_id=0)
    summed = clicks.values_list("link_id", "is_machine").annotate(people=Sum("people"), total=Sum("total"))
    return {(link_id, is_machine): (people, total) for link_id, is_machine, people, total in summed}


def _row(link: Link, delivered: int, humans: tuple[int, int], machines: tuple[int, int]) -> LinkRow:
    people, total = humans
    return LinkRow(
        url=link.url,
        label=link.label,
        people=people,
        total=total,
        machines=machines[0],
        share=people / delivered if people and delivered else None,
        people_url=f"{reverse('batch-people', args=[link.batch_id])}?term=clicked&link={link.id}",
    )
