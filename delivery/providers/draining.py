"""Emptying a provider: it takes no new mail, workers finish what they have in hand, and then it is paused.

The state stops claims and new turns; a checkpoint lets a chunk in hand go on, to the end of its turn at most. What is
left by then is free again and goes the next way of its route, or waits.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Sum

from delivery.ledger import tallying
from delivery.models import Batch, Chunk, Provider
from delivery.policy import routing
from delivery.routing.carriers import Carriers


@dataclass(frozen=True, slots=True)
class Onward:
    """People who are still to be reached, and who carries them without this provider; nobody: they wait for it."""

    people: int
    carriers: tuple[Provider, ...]

    @property
    def names(self) -> str:
        return " and ".join(str(provider) for provider in self.carriers)


def settle(cursor: Any) -> None:
    """Pause what is drained. Safe to run at any time."""
    cursor.execute(_SETTLE)


def in_hand(provider: Provider) -> int:
    """People whose mail workers have taken and not told of yet."""
    taken = Chunk.objects.filter(is_done=False, owner__isnull=False, offered_to=provider.pk)
    return int(taken.aggregate(people=Sum("pending", default=0))["people"])


def left(provider: Provider) -> list[Onward]:
    """Of all that is under way and may leave through it: how many wait, and where they go once it is out."""
    with connection.cursor() as cursor:
        carriers = Carriers(cursor)
        well = carriers.well - {provider.pk}
    batches = [
        batch
        for batch in Batch.objects.filter(finished_at=None).exclude(state=Batch.State.CANCELLED)
        if any(leg.provider_id == provider.pk for leg in carriers.legs(batch))
    ]
    tallies = tallying.tallies(batches)
    people: dict[tuple[int, ...], int] = defaultdict(int)
    for batch in batches:
        onward = tuple(share.provider_id for share in routing.shares(carriers.legs(batch), well))
        people[onward] += tallies[batch.pk].waiting
    found = [Onward(count, tuple(carriers.providers[pk] for pk in ids)) for ids, count in people.items() if count]
    return sorted(found, key=lambda each: (not each.carriers, -each.people))


_SETTLE = """
UPDATE delivery_provider p SET state = 'paused' WHERE p.state = 'draining' AND NOT EXISTS (
    SELECT 1 FROM delivery_chunk c WHERE NOT c.is_done AND c.owner IS NOT NULL AND c.offered_to = p.id)
"""
