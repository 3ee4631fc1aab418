"""What will happen to mail from a sender in a stream: who carries it, in which order, and who does so now."""

from dataclasses import dataclass
from itertools import groupby

from django.db import connection

from delivery.domains.models import SendingDomain
from delivery.models import Batch, Provider, Route
from delivery.policy import routing
from delivery.policy.routing import PARTS, Leg
from delivery.providers import health
from delivery.routing.carriers import Carriers

STREAMS = {
    Batch.Stream.MARKETING: "Campaigns",
    Batch.Stream.TRANSACTIONAL: "Single mail",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A provider's place on the way. `share`: of what is sent now, 0 to 1; `trouble`: why it carries nothing now."""

    provider: Provider
    position: int
    share: float
    trouble: str

    @property
    def percent(self) -> int:
        return round(self.share * 100)


@dataclass(frozen=True, slots=True)
class Way:
    """`own`: the provider it is launched through. Without a route that is the whole way."""

    stream: str
    sender_domain: str
    own: Provider
    has_route: bool
    stops: list[Stop]

    @property
    def mail(self) -> str:
        return STREAMS[Batch.Stream(self.stream)]

    @property
    def now(self) -> list[Stop]:
        return [stop for stop in self.stops if stop.share]

    @property
    def steps(self) -> list[list[Stop]]:
        return [list(stops) for _, stops in groupby(self.stops, key=lambda stop: stop.position)]

    @property
    def troubles(self) -> list[str]:
        """Of those that come before whoever carries it."""
        last = max((stop.position for stop in self.now), default=None)
        return [stop.trouble for stop in self.stops if stop.trouble and (last is None or stop.position <= last)]


def way(stream: str, sender_domain: str, own: Provider, carriers: Carriers | None = None) -> Way:
    if carriers is None:
        with connection.cursor() as cursor:
            return way(stream, sender_domain, own, Carriers(cursor))
    legs = (Leg(own.pk),) if own.is_rehearsal else carriers.legs_of(stream, sender_domain, own.pk)
    known = sorted(legs, key=lambda leg: (leg.position, leg.provider_id))
    shares = {each.provider_id: (each.last - each.first) / PARTS for each in routing.shares(legs, _well(own, carriers))}
    stops = [_stop(leg, carriers, shares) for leg in known if leg.provider_id in carriers.providers]
    return Way(stream, sender_domain, own, tuple(legs) != (Leg(own.pk),), stops)


@dataclass(frozen=True, slots=True)
class Row:
    """Streams that go the same way stand in one row. `sender_domain` empty: any other."""

    sender_domain: str
    mail: str
    way: Way


def table(own: Provider) -> list[Row]:
    """Of what is launched through `own`: mail from each domain that is ours or that a route names, and from others."""
    domains = set(SendingDomain.objects.confirmed().values_list("name", flat=True))
    domains |= set(Route.objects.values_list("sender_domain", flat=True))
    with connection.cursor() as cursor:
        carriers = Carriers(cursor)
        return [row for domain in [*sorted(domains - {""}), ""] for row in _rows(domain, own, carriers)]


def _rows(domain: str, own: Provider, carriers: Carriers) -> list[Row]:
    ways = [way(stream, domain, own, carriers) for stream in STREAMS]
    if all(found.stops == ways[0].stops for found in ways):
        return [Row(domain, "All mail", ways[0])]
    return [Row(domain, found.mail, found) for found in ways]


def _well(own: Provider, carriers: Carriers) -> set[int]:
    """What is rehearsed is taken by the sandbox, whatever its provider's limits."""
    return carriers.well | {own.pk} if own.is_in_rehearsal else carriers.well


def _stop(leg: Leg, carriers: Carriers, shares: dict[int, float]) -> Stop:
    provider = carriers.providers[leg.provider_id]
    is_out = leg.provider_id not in carriers.well and leg.provider_id not in shares
    trouble = health.trouble_of(provider).words if is_out else ""
    return Stop(provider, leg.position, shares.get(leg.provider_id, 0.0), trouble)
