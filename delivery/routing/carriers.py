"""Who carries what now: routes, and how the providers are, read once and asked for many batches."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import F
from django.utils import timezone

from delivery.models import Batch, Provider, Route
from delivery.policy import routing
from delivery.policy.circuit_breaker import Circuit, State
from delivery.policy.routing import Leg, Path, Share
from delivery.routing import circuits
from delivery.throttling import limits


class Carriers:
    def __init__(self, cursor: Any, now: datetime | None = None) -> None:
        self.providers = {provider.pk: provider for provider in Provider.objects.kept().select_related("breaker")}
        self._paths = paths()
        self._circuits = circuits.circuits()
        self._cursor = cursor
        self._now = now or timezone.now()

    def legs(self, batch: Batch) -> tuple[Leg, ...]:
        """Who may carry it. A rehearsal has its own way out alone; a claim through another would be refused anyway."""
        if batch.provider_id is None:
            return ()
        if batch.rehearsal or batch.is_direct:
            return (Leg(batch.provider_id),)
        return self.legs_of(batch.stream, batch.sender_domain, batch.provider_id)

    def legs_of(self, stream: str, sender_domain: str, own_id: int) -> tuple[Leg, ...]:
        """The same of mail that is launched through the provider `own_id`, which is a real one."""
        return routing.legs_of(self._paths, stream, sender_domain, own_id)

    def shares(self, batch: Batch) -> list[Share]:
        """Who carries it now, and which part of it; empty: it waits."""
        return routing.shares(self.legs(batch), self.well)

    def to_try(self, batch: Batch) -> list[Provider]:
        """Providers that may be well again: one message of this batch will tell."""
        carrying = {share.provider_id for share in self.shares(batch)}
        return [self.providers[pk] for pk in routing.would_carry(self.legs(batch), carrying) if pk in self._due]

    def of_chunk(self, batch: Batch, chunk_id: int) -> Provider | None:
        place = routing.part(chunk_id)
        found = (share for share in self.shares(batch) if share.first <= place < share.last)
        return next((self.providers[share.provider_id] for share in found), None)

    @cached_property
    def well(self) -> set[int]:
        return {pk for pk, provider in self._able if self._circuit(pk).carries}

    @cached_property
    def _due(self) -> set[int]:
        return {pk for pk, provider in self._able if self._circuit(pk).is_due(self._now)}

    @cached_property
    def being_tried(self) -> set[int]:
        return {pk for pk, circuit in self._circuits.items() if circuit.state == State.HALF_OPEN}

    @cached_property
    def _able(self) -> list[tuple[int, Provider]]:
        """Nobody has paused them or put them in rehearsal, and their hour and day are not used up."""
        return [
            (pk, provider)
            for pk, provider in self.providers.items()
            if not provider.is_stopped and limits.quota_seen(self._cursor, provider) != 0
        ]

    def _circuit(self, provider_id: int) -> Circuit:
        return self._circuits.get(provider_id, Circuit())


def paths() -> list[Path]:
    """All routes, each with its providers in order."""
    rows = Route.objects.filter(provider__removed_at=None).order_by("stream", "sender_domain", "position", F("pk"))
    by_route = groupby(rows, key=lambda row: (row.stream, row.sender_domain))
    return [Path(stream, domain, _legs(group)) for (stream, domain), group in by_route]


def _legs(rows: Iterable[Route]) -> tuple[Leg, ...]:
    return tuple(Leg(row.provider_id, row.position, row.weight) for row in rows)
