"""Who may carry a batch, in which order and how much of it."""

from collections import Counter

import pytest

from delivery.policy import routing
from delivery.policy.routing import Leg, Path, Share

HALF = routing.PARTS // 2
A, B, C = Leg(1), Leg(2), Leg(3, position=2)
PATHS = [
    Path("", "", (Leg(1), Leg(9, 2))),
    Path("marketing", "", (Leg(1), Leg(8, 2))),
    Path("", "news.example", (Leg(1), Leg(7, 2))),
    Path("marketing", "news.example", (Leg(1), Leg(6, 2))),
    Path("marketing", "other.example", (Leg(2), Leg(3))),
]


@pytest.mark.parametrize(
    ("stream", "domain", "second"),
    [
        ("marketing", "news.example", 6),
        ("transactional", "news.example", 7),
        ("marketing", "shop.example", 8),
        ("transactional", "shop.example", 9),
        ("marketing", "other.example", 8),  # that route does not name the batch's own provider
    ],
)
def test_the_route_that_says_most_counts(stream: str, domain: str, second: int) -> None:
    assert [leg.provider_id for leg in routing.legs_of(PATHS, stream, domain, own=1)] == [1, second]


def test_without_a_route_only_the_own_provider_carries() -> None:
    assert routing.legs_of(PATHS, "transactional", "other.example", own=2) == (Leg(2),)


@pytest.mark.parametrize(
    ("legs", "well", "expected"),
    [
        ((A, B, C), {1, 2, 3}, [Share(1, 0, HALF), Share(2, HALF)]),
        ((A, B, C), {2, 3}, [Share(2)]),
        ((A, B, C), {3}, [Share(3)]),
        ((A, B, C), set(), []),
        ((Leg(1, weight=3), Leg(2)), {1, 2}, [Share(1, 0, routing.PARTS * 3 // 4), Share(2, routing.PARTS * 3 // 4)]),
        ((Leg(5, 4), Leg(6, 9)), {6}, [Share(6)]),
    ],
)
def test_the_first_position_where_somebody_is_well_carries(
    legs: tuple[Leg, ...], well: set[int], expected: list[Share]
) -> None:
    assert routing.shares(legs, well) == expected


def test_every_chunk_has_exactly_one_carrier_and_few_are_spread_by_weight_too() -> None:
    legs = (Leg(1, weight=3), Leg(2), Leg(4, weight=2))
    shares = routing.shares(legs, {1, 2, 4})
    for start in (1, 77, 123_456_789_012):
        found = Counter(
            next(s.provider_id for s in shares if s.first <= routing.part(n) < s.last) for n in range(start, start + 60)
        )
        assert sum(found.values()) == 60
        assert abs(found[1] - 30) <= 3
        assert abs(found[2] - 10) <= 3


def test_who_is_tried_is_who_would_carry() -> None:
    assert routing.would_carry((A, B, C), {2}) == [1]
    assert routing.would_carry((A, B, C), {3}) == [1, 2]
    assert routing.would_carry((A, B, C), {1, 2}) == []
    assert routing.would_carry((A, B, C), set()) == [1, 2, 3]


@pytest.mark.parametrize(
    ("positions", "mover", "up", "expected"),
    [
        ({1: 1, 2: 2}, 2, True, {1: 1, 2: 1}),
        ({1: 1, 2: 1}, 2, True, {2: 1, 1: 2}),
        ({1: 1, 2: 1}, 2, False, {1: 1, 2: 2}),
        ({1: 1, 2: 2, 3: 3}, 1, False, {1: 1, 2: 1, 3: 2}),
        ({1: 1, 2: 2, 3: 2}, 3, True, {1: 1, 3: 2, 2: 3}),
        ({1: 1, 2: 2}, 1, True, {1: 1, 2: 2}),
        ({1: 1, 2: 2}, 2, False, {1: 1, 2: 2}),
    ],
)
def test_moving_joins_the_neighbours_or_leaves_them(
    positions: dict[int, int], mover: int, up: bool, expected: dict[int, int]
) -> None:
    legs = [Leg(provider, position) for provider, position in positions.items()]
    assert {leg.provider_id: leg.position for leg in routing.moved(legs, mover, up=up)} == expected
