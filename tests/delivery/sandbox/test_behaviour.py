from collections import Counter
from random import Random

import pytest

from delivery.sandbox.behaviour import (
    BOUNCED,
    BOUNCED_FOR_NOW,
    DEFERRED,
    FULL,
    REFUSED,
    SIGNS,
    SPAM,
    Behaviour,
    Shares,
    behave,
)

ALL_FINE = Behaviour()


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("ana+refuse@example.org", Behaviour(recipient_reply=REFUSED)),
        ("ANA+REFUSE.2@example.org", Behaviour(recipient_reply=REFUSED)),
        ("ana+full@example.org", Behaviour(recipient_reply=FULL)),
        ("ana+defer@example.org", Behaviour(recipient_reply=DEFERRED, defers_once=True)),
        ("ana+spam@example.org", Behaviour(content_reply=SPAM)),
        ("ana+drop@example.org", Behaviour(drops=True)),
        ("ana+slow@example.org", Behaviour(delay_seconds=3)),
        ("ana+bounce@example.org", Behaviour(bounces=BOUNCED)),
        ("ana+softbounce@example.org", Behaviour(bounces=BOUNCED_FOR_NOW)),
        ("ana+complain@example.org", Behaviour(complains=True)),
        ("ana@drop+refuse.example", ALL_FINE),
        ("refuse@example.org", ALL_FINE),
    ],
)
def test_a_sign_in_the_local_part_decides(recipient: str, expected: Behaviour) -> None:
    assert behave(recipient, Shares(), Random(1).random) == expected


def test_every_documented_sign_does_something() -> None:
    for sign in SIGNS:
        assert sign.mark in sign.example
        assert behave(sign.example, Shares(), Random(1).random) != ALL_FINE


def test_shares_come_out_as_set() -> None:
    chance = Random(7).random
    shares = Shares(refused_percent=10, deferred_percent=20, dropped_percent=5, complained_percent=30)
    seen = Counter(behave("ana@example.org", shares, chance) for _ in range(20_000))
    found = {
        "refused": sum(count for how, count in seen.items() if how.recipient_reply == REFUSED),
        "deferred": sum(count for how, count in seen.items() if how.recipient_reply == DEFERRED),
        "dropped": sum(count for how, count in seen.items() if how.drops),
        "complained": sum(count for how, count in seen.items() if how.complains),
    }
    assert abs(found["refused"] - 2_000) < 200
    assert abs(found["deferred"] - 4_000) < 300
    assert abs(found["dropped"] - 1_000) < 150
    assert abs(found["complained"] - 6_000) < 400


def test_shares_of_what_comes_back_come_out_as_set() -> None:
    chance = Random(7).random
    shares = Shares(refused_percent=10, complained_percent=10, bounced_percent=20, soft_bounced_percent=30)
    seen = Counter(behave("ana@example.org", shares, chance).bounces for _ in range(20_000))
    assert abs(seen[BOUNCED] - 4_000) < 300
    assert abs(seen[BOUNCED_FOR_NOW] - 6_000) < 400


def test_delays_lie_between_the_two_that_are_set() -> None:
    chance = Random(7).random
    shares = Shares(delay_min_ms=100, delay_max_ms=300)
    delays = [behave("ana@example.org", shares, chance).delay_seconds for _ in range(1_000)]
    assert 0.1 <= min(delays) < 0.12
    assert 0.28 < max(delays) <= 0.3
