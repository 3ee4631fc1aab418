"""Who may carry a batch, in which order and how much of it. Pure: who is well is passed in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

# A chunk's number, spread evenly over so many parts however few chunks there are (golden ratio), says who carries it.
PARTS = 1 << 16
_SPREAD = 40_503


@dataclass(frozen=True, slots=True)
class Leg:
    """One provider of a route. Of those in one position each carries by its weight; the next position waits."""

    provider_id: int
    position: int = 1
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Path:
    """What is to happen to mail of a stream and a sender domain; empty: of any."""

    stream: str
    sender_domain: str
    legs: tuple[Leg, ...]

    def fits(self, stream: str, sender_domain: str, own: int) -> bool:
        """Only if the batch was launched through one of these providers: no mail goes a way that nobody chose."""
        return (
            self.stream in ("", stream)
            and self.sender_domain in ("", sender_domain)
            and any(leg.provider_id == own for leg in self.legs)
        )


@dataclass(frozen=True, slots=True)
class Share:
    """A provider carries the chunks whose part is in `range(first, last)`."""

    provider_id: int
    first: int = 0
    last: int = PARTS


def legs_of(paths: Iterable[Path], stream: str, sender_domain: str, own: int) -> tuple[Leg, ...]:
    """Of the routes that fit the one that says most, the domain before the stream; none: the batch's own provider."""
    fitting = [path for path in paths if path.fits(stream, sender_domain, own)]
    if not fitting:
        return (Leg(own),)
    return max(fitting, key=lambda path: (bool(path.sender_domain), bool(path.stream))).legs


def shares(legs: Sequence[Leg], well: Collection[int]) -> list[Share]:
    """Of the first position where anybody is well, all who are; nobody: nothing goes."""
    for position in sorted({leg.position for leg in legs}):
        able = [leg for leg in legs if leg.position == position and leg.provider_id in well]
        if able:
            return _divided(sorted(able, key=lambda leg: leg.provider_id))
    return []


def would_carry(legs: Sequence[Leg], carrying: Collection[int]) -> list[int]:
    """Providers that would carry if they were well: those in or before the position that carries now."""
    last = min((leg.position for leg in legs if leg.provider_id in carrying), default=None)
    return [
        leg.provider_id for leg in legs if leg.provider_id not in carrying and (last is None or leg.position <= last)
    ]


def part(chunk_id: int) -> int:
    """As the dispatcher's SQL has it."""
    return chunk_id * _SPREAD & (PARTS - 1)


def moved(legs: Sequence[Leg], provider_id: int, *, up: bool) -> tuple[Leg, ...]:
    """One provider a place up or down: out of a shared position into one of its own, or from its own into the next."""
    mover = next(leg for leg in legs if leg.provider_id == provider_id)
    is_alone = sum(leg.position == mover.position for leg in legs) == 1
    step = 2 if is_alone else 1
    place = 2 * mover.position + (-step if up else step)
    placed = [replace(leg, position=place if leg is mover else 2 * leg.position) for leg in legs]
    return in_order(placed)


def in_order(legs: Iterable[Leg]) -> tuple[Leg, ...]:
    """The same order, counted from 1 without gaps."""
    by_position = groupby(sorted(legs, key=lambda leg: leg.position), key=lambda leg: leg.position)
    return tuple(replace(leg, position=place) for place, (_, group) in enumerate(by_position, start=1) for leg in group)


def _divided(legs: Sequence[Leg]) -> list[Share]:
    total = sum(leg.weight for leg in legs)
    found, first, weight = [], 0, 0
    for leg in legs:
        weight += leg.weight
        last = PARTS * weight // total
        found.append(Share(leg.provider_id, first, last))
        first = last
    return found
