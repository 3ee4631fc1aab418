"""People found by any part of their name or address, and by state, tag or list, at once among a million.

PostgreSQL's own index for words (pg_trgm) is an extension that the embedded server does not carry and a hosted one may
refuse, and keeping it would halve the speed of imports. So they are searched in blocks: see contacts.table.blocks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.expressions import RawSQL

from contacts.models import Contact, ContactQuerySet
from contacts.table import blocks
from contacts.table.blocks import BITS, Marks

_BATCHES = (4, 16, 64, 256)  # blocks looked at together: few where each has somebody, many where hardly one has
_SAMPLED = 64
_COUNTED_OUT = 4 * _SAMPLED


@dataclass(frozen=True, slots=True)
class Holding:
    """Those of `found`, all of whom have some marks, and the blocks that may hold them."""

    found: ContactQuerySet
    blocks: Sequence[int]

    @classmethod
    def of(cls, found: ContactQuerySet, marks: Marks) -> "Holding":
        return cls(found, blocks.holding(marks))

    def newest(self, *, most: int, before: int | None = None, after: int | None = None) -> list[int]:
        """Numbers of at most so many, the newest first.

        `before` and `after` bound them; with `after` they are those that come next to it.
        """
        ids: list[int] = []
        for batch in self._batches(before, after):
            people = self.found.filter(blocks.among(batch))
            people = people.filter(pk__gt=after).order_by("pk") if after else people.order_by("-pk")
            people = people.filter(pk__lt=before) if before else people
            ids += people.values_list("pk", flat=True)[: most - len(ids)]
            if len(ids) >= most:
                break
        return ids[::-1] if after else ids

    def count(self) -> tuple[int, bool]:
        """How many, and whether that is exact: of many blocks some are looked at that are spread over all of them."""
        if len(self.blocks) <= _COUNTED_OUT:
            return self._count(self.blocks), True
        step = len(self.blocks) / _SAMPLED
        sampled = [self.blocks[int(number * step)] for number in range(_SAMPLED)]
        return round(self._count(sampled) * step), False

    def _count(self, some: Sequence[int]) -> int:
        return self.found.filter(blocks.among(some)).order_by().count()

    def _batches(self, before: int | None, after: int | None) -> Iterator[Sequence[int]]:
        """In the order of the search: the newest first, or from `after` on."""
        first = bisect_left(self.blocks, after >> BITS) if after else 0
        last = bisect_right(self.blocks, before >> BITS) if before else len(self.blocks)
        within = self.blocks[first:last] if after else self.blocks[first:last][::-1]
        place = step = 0
        while place < len(within):
            size = _BATCHES[min(step, len(_BATCHES) - 1)]
            yield within[place : place + size]
            place, step = place + size, step + 1


def among(ids: list[int]) -> Q:
    """Those with these numbers, however many."""
    return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))  # values are parameters


def found_by(text: str, most: int) -> list[Contact]:
    """A few for a search over everything."""
    ids = Holding.of(Contact.objects.search(text), Marks(search=text)).newest(most=most)
    return list(Contact.objects.filter(pk__in=ids).order_by("-pk"))
