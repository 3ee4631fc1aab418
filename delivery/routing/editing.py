"""Routes as people arrange them: who joins, who comes before whom, who leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db import transaction

from accounts import wording
from delivery.models import Batch, Provider, Route
from delivery.policy import routing
from delivery.policy.routing import Leg

_MAIL = {
    "": "All mail",
    Batch.Stream.MARKETING: "Marketing mail",
    Batch.Stream.TRANSACTIONAL: "Single mail, such as tests and confirmations,",
}


@dataclass(frozen=True)
class Step:
    """Providers that carry together, until all of them are out."""

    rows: list[Route]

    @property
    def shares(self) -> list[tuple[Route, str]]:
        total = sum(row.weight for row in self.rows)
        return [(row, f"{row.weight} of {total}" if len(self.rows) > 1 else "all") for row in self.rows]

    @property
    def names(self) -> str:
        names = " and ".join(wording.isolated(str(row.provider)) for row in self.rows)
        return f"{names}, {' to '.join(str(row.weight) for row in self.rows)}" if len(self.rows) > 1 else names

    @property
    def out(self) -> str:
        if len(self.rows) == 1:
            return f"{wording.isolated(str(self.rows[0].provider))} is out of order, paused or at its limit"
        return "neither of them works" if len(self.rows) == 2 else "none of them works"


@dataclass(frozen=True)
class Arranged:
    """One route, as its page shows it."""

    stream: str
    sender_domain: str
    rows: list[Route]

    @cached_property
    def steps(self) -> list["Step"]:
        return [Step(list(rows)) for _, rows in groupby(self.rows, key=lambda row: row.position)]

    @property
    def sentence(self) -> str:
        """ "Marketing mail from news.example.org leaves through SES and Relay, 3 to 1; when ..., through Backup." """
        domain = f" from {self.sender_domain}" if self.sender_domain else ""
        first, *rest = self.steps
        parts = [f"{_MAIL[self.stream]}{domain} leaves through {first.names}"]
        parts += [f"when {before.out}, through {step.names}" for before, step in zip(self.steps, rest, strict=False)]
        return "; ".join(parts) + "."


def arranged() -> list[Arranged]:
    rows = Route.objects.filter(provider__removed_at=None).select_related("provider__breaker")
    by_route = groupby(rows, key=lambda row: (row.sender_domain, row.stream))
    return [Arranged(stream, domain, list(found)) for (domain, stream), found in by_route]


@transaction.atomic
def place(*, stream: str, sender_domain: str, provider: Provider, weight: int, beside: bool) -> bool:
    """At the end of a route, or beside its last; whoever is on it gets the new weight. Whether it is new there."""
    rows = _locked(stream, sender_domain)
    if any(row.provider_id == provider.pk for row in rows):
        Route.objects.filter(stream=stream, sender_domain=sender_domain, provider=provider).update(weight=weight)
        return False
    last = max((row.position for row in rows), default=0)
    position = last if beside and last else last + 1
    Route.objects.create(
        stream=stream, sender_domain=sender_domain, provider=provider, position=position, weight=weight
    )
    return True


@transaction.atomic
def move(route: Route, *, up: bool) -> None:
    """Out of a shared place into one of its own, or from its own into the neighbour's."""
    rows = _locked(route.stream, route.sender_domain)
    _write(rows, routing.moved(_legs(rows), route.provider_id, up=up))


@transaction.atomic
def remove(route: Route) -> None:
    rows = _locked(route.stream, route.sender_domain)
    route.delete()
    left = [row for row in rows if row.provider_id != route.provider_id]
    _write(left, routing.in_order(_legs(left)))


def _locked(stream: str, sender_domain: str) -> list[Route]:
    return list(Route.objects.select_for_update(of=("self",)).filter(stream=stream, sender_domain=sender_domain))


def _legs(rows: Sequence[Route]) -> list[Leg]:
    return [Leg(row.provider_id, row.position, row.weight) for row in rows]


def _write(rows: Sequence[Route], legs: Sequence[Leg]) -> None:
    positions = {leg.provider_id: leg.position for leg in legs}
    for row in rows:
        row.position = positions[row.provider_id]
    Route.objects.bulk_update(rows, ["position"])
