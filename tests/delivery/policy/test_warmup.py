"""A warm-up plan day by day, by a clock of its own."""

import pytest

from delivery.policy import warmup
from delivery.policy.warmup import CONSERVATIVE, Yesterday


@pytest.mark.parametrize(
    ("yesterday", "day", "why"),
    [
        (Yesterday(200, 200), 4, "well"),
        (Yesterday(200, 100), 4, "well"),
        (Yesterday(200, 99), 3, "99 of 200 were sent: less than half"),
        (Yesterday(200, 0), 3, "Nothing was sent"),
        (Yesterday(200, 200, hard=3), 4, "well"),
        (Yesterday(200, 200, hard=4), 3, "2.0% of the addresses did not exist: it must stay below 2 %"),
        (Yesterday(200, 200, hard=6), 3, "3.0% of the addresses"),
        (Yesterday(200, 200, hard=7), 2, "one day back"),
        (Yesterday(200, 50, hard=7), 2, "one day back"),
        (Yesterday(20_000, 20_000, complaints=19), 4, "well"),
        (Yesterday(20_000, 20_000, complaints=20), 3, "0.10% marked it as spam"),
        (Yesterday(200, 200, deferred=19), 4, "well"),
        (Yesterday(200, 200, deferred=20), 3, "10% were put off"),
    ],
)
def test_next_day_brings_more_only_if_this_one_went_well(yesterday: Yesterday, day: int, why: str) -> None:
    decision = warmup.advance(3, yesterday)
    assert decision.day == day
    assert why in decision.reason


def test_nothing_is_before_the_first_day() -> None:
    assert warmup.advance(1, Yesterday(50, 50, hard=10)).day == 1


def test_sixteen_good_days_lead_to_the_end_and_setbacks_cost_their_days() -> None:
    bad = {5: Yesterday(600, 600, hard=30), 9: Yesterday(2_000, 100), 12: Yesterday(4_500, 4_500, complaints=9)}
    day, days, caps = 1, 0, []
    while day <= len(CONSERVATIVE):
        days += 1
        cap = CONSERVATIVE[day - 1]
        caps.append(cap)
        day = warmup.advance(day, bad.get(days, Yesterday(cap, cap))).day
    assert days == 16 + 4, "the step back costs two days, each standstill one"
    assert caps[:7] == [50, 100, 200, 400, 600, 400, 600]
    assert caps[-1] == 40_000


def test_people_are_spread_over_the_days_of_the_plan() -> None:
    assert warmup.spread(700, CONSERVATIVE, 3) == [200, 400, 100]
    assert warmup.spread(700, CONSERVATIVE, 3, used_today=150) == [50, 400, 250]
    assert warmup.spread(150, CONSERVATIVE, 3) == [150]
    assert warmup.spread(0, CONSERVATIVE, 3) == []


def test_after_the_last_day_the_rest_goes_at_once() -> None:
    assert warmup.spread(100_000, CONSERVATIVE, 16) == [40_000, 60_000]


def test_a_day_that_is_used_up_sends_nothing_more() -> None:
    assert warmup.spread(100, CONSERVATIVE, 1, used_today=50) == [0, 100]
