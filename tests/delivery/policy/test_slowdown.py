"""How a lane slows down and recovers, by the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from delivery.policy import slowdown
from delivery.policy.slowdown import Heard, Slowness
from delivery.replies import Category

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SLOW_DOWN = Heard(Category.THROTTLE, "421 4.7.0 try again later")


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def test_half_of_what_was_measured_and_never_under_one_a_minute() -> None:
    known = slowdown.after(Slowness(), "gmail", [SLOW_DOWN], 0, NOON, measured=400)
    rates = [known.rate]
    for n in range(1, 11):
        known = slowdown.after(known, "gmail", [SLOW_DOWN], 0, NOON + minutes(2 * n))
        rates.append(known.rate)
    assert rates == [200, 100, 50, 25, 12.5, 6.25, 3.125, 1.5625, 1, 1, 1]


def test_where_nothing_was_measured_the_published_rate_is_halved() -> None:
    assert slowdown.after(Slowness(), "yahoo", [SLOW_DOWN], 0, NOON).rate == 100


def test_many_who_say_it_at_once_are_heard_once() -> None:
    known = slowdown.after(Slowness(), "gmail", [SLOW_DOWN] * 8, 0, NOON, measured=400)
    known = slowdown.after(known, "gmail", [SLOW_DOWN] * 8, 0, NOON + timedelta(seconds=20))
    assert known.rate == 200


def test_ten_quiet_minutes_and_fifty_accepted_bring_a_fifth_more_until_it_is_free() -> None:
    known = slowdown.after(Slowness(), "gmail", [SLOW_DOWN], 0, NOON, measured=400)
    assert slowdown.after(known, "gmail", [], 500, NOON + minutes(9)).rate == 200, "too early"
    assert slowdown.after(known, "gmail", [], 49, NOON + minutes(30)).rate == 200, "too few"
    rates = []
    for n in range(1, 5):
        known = slowdown.after(known, "gmail", [], 50, NOON + minutes(10 * n))
        rates.append(known.rate)
    assert rates == [pytest.approx(240), pytest.approx(288), pytest.approx(345.6), None]
    assert known.is_free(NOON + minutes(40))


def test_a_throttle_begins_the_quiet_time_anew() -> None:
    known = slowdown.after(Slowness(), "gmail", [SLOW_DOWN], 0, NOON, measured=400)
    known = slowdown.after(known, "gmail", [SLOW_DOWN], 60, NOON + timedelta(seconds=50))
    assert slowdown.after(known, "gmail", [], 60, NOON + minutes(10.5)).rate == 200
    assert slowdown.after(known, "gmail", [], 60, NOON + minutes(11)).rate == 240


def test_one_small_server_does_not_slow_all_the_others() -> None:
    assert slowdown.after(Slowness(), "other", [SLOW_DOWN], 99, NOON, measured=400).rate is None
    assert slowdown.after(Slowness(), "other", [SLOW_DOWN] * 30, 70, NOON, measured=400).rate == 200


def test_greylisting_slows_nothing() -> None:
    greylisted = [Heard(Category.GREYLIST, "450 4.7.1 greylisted")] * 5
    assert slowdown.after(Slowness(), "gmail", greylisted, 0, NOON).is_free(NOON)


@pytest.mark.parametrize(
    ("lane", "words", "times", "held_minutes", "rate"),
    [
        ("yahoo", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred", 2, 120, None),
        ("yahoo", "421 4.7.0 [TSS05] Messages temporarily deferred", 1, 240, None),
        ("yahoo", "421 4.7.0 [TS02] All messages from 192.0.2.1 will be deferred", 1, None, 1),
        ("yahoo", "421 4.7.1 [TS03] All messages deferred", 1, None, 10),
        ("yahoo", "553 5.7.1 [BL21] Connections will not be accepted", 1, 120, None),
        ("gmail", "421-4.7.28 an unusual rate of unsolicited mail originating from your IP", 2, None, 10),
        ("gmail", "550-5.7.1 Gmail has detected that this message is likely unsolicited", 5, 60, None),
        ("microsoft", "451 4.7.651 The mail server has been temporarily rate limited", 3, 30, None),
        ("microsoft", "550 5.7.1 part of their network is on our block list (S3150)", 5, 120, None),
        ("apple", "421 4.7.1 [HCM1] messages deferred", 1, 15, None),
        ("other", "554 5.7.1 blocked using Spamhaus DBL", 1, 240, None),
    ],
)
def test_what_large_servers_say_has_its_published_answer(
    lane: str, words: str, times: int, held_minutes: int | None, rate: float | None
) -> None:
    known = Slowness()
    for n in range(times):
        assert not known.is_held(NOON)
        assert known.rate_at(NOON) is None
        known = slowdown.after(known, lane, [Heard(Category.BLOCK_REPUTATION, words)], 0, NOON + minutes(n))
    at = NOON + minutes(times)
    assert known.held_until == (NOON + minutes(times - 1 + held_minutes) if held_minutes else None)
    assert known.rate_at(at) == rate
    assert known.rate_at(NOON + minutes(300)) is None


def test_twice_an_hour_does_not_mean_twice_a_day() -> None:
    words = Heard(Category.GREYLIST, "[TSS04]")
    known = slowdown.after(Slowness(), "yahoo", [words], 0, NOON)
    known = slowdown.after(known, "yahoo", [words], 0, NOON + minutes(61))
    assert not known.is_held(NOON + minutes(62))


def test_a_code_of_yahoo_s_means_nothing_at_gmail() -> None:
    assert slowdown.after(Slowness(), "gmail", [Heard(Category.GREYLIST, "[TSS05]")], 0, NOON).is_free(NOON)


def test_connections_are_halved_down_to_one() -> None:
    assert [slowdown.fewer_connections(n) for n in (10, 5, 2, 1)] == [5, 2, 1, 1]
