"""Who followed which link: a row a link, in the order of the mail, because that is how people know them."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.db.models import Sum
from django.urls import reverse

from contacts.guessing import languages
from tracking.models import EventKind, Link, Rollup

WARMEST = 4


@dataclass(frozen=True, slots=True)
class LinkRow:
    """`number` is its place in the mail, from 1; `heat` is 0 for nobody, else 1 to 4 by the most followed link."""

    link_id: int
    number: int
    url: str
    label: str
    people: int
    total: int
    machines: int
    share: float | None
    people_url: str
    heat: int
    versions: list[int]
    language: str = ""  # of the mail that has it; "": it has one for everybody

    @property
    def language_name(self) -> str:
        return languages.name_of(self.language)

    @property
    def shown_url(self) -> str:
        """Without the marks by which a shop's statistics know this mail: they are the same in every link."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return self.url
        kept = [pair for pair in parts.query.split("&") if not pair.lower().startswith("utm_")]
        return urlunsplit(parts._replace(query="&".join(kept)))


def rows(batch_ids: Collection[int], delivered: int, *, names_people: bool = True) -> list[LinkRow]:
    """`share` is of the delivered. Without `names_people` no row leads to anybody."""
    sums = _sums(batch_ids)
    links = list(Link.objects.filter(batch_id__in=batch_ids).order_by("batch_id", "position"))
    most = max((sums.get((link.id, False), (0, 0))[0] for link in links), default=0)
    return [_row(link, sums, delivered, most, names_people) for link in links]


def _sums(batch_ids: Collection[int]) -> dict[tuple[int, bool], tuple[int, int]]:
    clicks = Rollup.objects.filter(batch_id__in=batch_ids, kind=EventKind.CLICK).exclude(link_id=0)
    summed = clicks.values_list("link_id", "is_machine").annotate(people=Sum("people"), total=Sum("total"))
    return {(link_id, is_machine): (people, total) for link_id, is_machine, people, total in summed}


def _row(
    link: Link, sums: dict[tuple[int, bool], tuple[int, int]], delivered: int, most: int, names_people: bool
) -> LinkRow:
    people, total = sums.get((link.id, False), (0, 0))
    people_url = f"{reverse('batch-people', args=[link.batch_id])}?term=clicked&link={link.id}"
    return LinkRow(
        link_id=link.id,
        number=link.position + 1,
        url=link.url,
        label=link.label,
        people=people,
        total=total,
        machines=sums.get((link.id, True), (0, 0))[0],
        share=people / delivered if people and delivered else None,
        people_url=people_url if names_people else "",
        heat=-(-WARMEST * people // most) if most and people > 0 else 0,
        versions=list(link.versions),
        language=link.language,
    )
