"""When a deferred message comes again."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from delivery import retries
from delivery.replies import Category, Verdict, classify

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
THROTTLED = Verdict(Category.THROTTLE)


class Middle(random.Random):
    """Dice that always fall in the middle."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def minutes(
    attempts: int, *, verdict: Verdict = THROTTLED, stream: str = "marketing", hint: float | None = None
) -> float:
    at = retries.next_attempt(verdict, attempts, NOW, NOW, stream=stream, hint_seconds=hint, rng=Middle())
    assert at is not None
    return (at - NOW).total_seconds() / 60


def test_waits_double_up_to_four_hours() -> None:
    assert [minutes(n) for n in range(1, 9)] == [5, 10, 20, 40, 80, 160, 240, 240]


def test_transactional_mail_comes_sooner() -> None:
    assert [minutes(n, stream="transactional") for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(("stream", "hours"), [("marketing", 72), ("transactional", 24)])
def test_it_is_given_up_in_the_end(stream: str, hours: int) -> None:
    late = NOW + timedelta(hours=hours)
    assert retries.next_attempt(THROTTLED, 9, NOW, late, stream=stream) is None
    assert retries.next_attempt(THROTTLED, 9, NOW, late - timedelta(hours=6), stream=stream)


def test_nothing_is_tried_after_the_campaign_expired() -> None:
    expires = NOW + timedelta(minutes=3)
    assert retries.next_attempt(THROTTLED, 1, NOW, NOW, stream="marketing", expires_at=expires) is None


def test_a_permanent_refusal_is_not_tried_again() -> None:
    assert retries.next_attempt(classify("rcpt", 550, "5.1.1", "User unknown"), 1, NOW, NOW, stream="marketing") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Greylisted, please try again in 900 seconds", 15),
        ("Greylisted, please try again in 30 seconds", 5),
        ("Greylisting in action, come back in 00:10:00", 10),
        ("Greylisted for 12 minutes", 12),
        ("greylisted", 5),
    ],
)
def test_a_greylisting_server_gets_the_time_it_names_and_at_least_five_minutes(text: str, expected: float) -> None:
    verdict = classify("rcpt", 451, "4.7.1", text)
    assert verdict.category == Category.GREYLIST
    assert minutes(1, verdict=verdict, stream="transactional") == expected


def test_jitter_keeps_waits_apart() -> None:
    times = {retries.next_attempt(THROTTLED, 1, NOW, NOW, stream="marketing", rng=random.Random(n)) for n in range(50)}
    assert len(times) == 50
    waits = [(at - NOW).total_seconds() for at in times if at]
    assert min(waits) >= 225
    assert max(waits) <= 375


def test_many_deferred_in_a_minute_never_ask_for_more_than_the_rate() -> None:
    rate = 14.0
    asked: Counter[int] = Counter()
    for n in range(10_000):
        now = NOW + timedelta(seconds=60 * n / 10_000)
        at = retries.next_attempt(THROTTLED, 1, now, now, stream="marketing", waiting=n, rate_per_second=rate)
        assert at
        asked[int((at - NOW).total_seconds() // 60)] += 1
    assert max(asked.values()) <= rate * 60
