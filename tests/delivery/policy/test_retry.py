"""When a deferred message comes again."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from delivery.policy import retry
from delivery.policy.retry import Calendar
from delivery.replies import Category, Verdict, classify

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
THROTTLED = Verdict(Category.THROTTLE)


class Middle(random.Random):
    """Dice that always fall in the middle."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def minutes(attempts: int, *, verdict: Verdict = THROTTLED, stream: str = "marketing") -> float:
    last = retry.last_attempt(NOW, stream=stream)
    at = retry.next_attempt(verdict, attempts, last, NOW, stream=stream, rng=Middle())
    assert at is not None
    return (at - NOW).total_seconds() / 60


def test_waits_double_up_to_four_hours() -> None:
    assert [minutes(n) for n in range(1, 9)] == [5, 10, 20, 40, 80, 160, 240, 240]


def test_transactional_mail_comes_sooner() -> None:
    assert [minutes(n, stream="transactional") for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(("stream", "hours"), [("marketing", 72), ("transactional", 24)])
def test_it_is_given_up_in_the_end(stream: str, hours: int) -> None:
    last = retry.last_attempt(NOW, stream=stream)
    assert last == NOW + timedelta(hours=hours)
    assert retry.next_attempt(THROTTLED, 9, last, last, stream=stream) is None
    assert retry.next_attempt(THROTTLED, 9, last, last - timedelta(hours=6), stream=stream)


def test_nothing_is_tried_after_the_campaign_expired() -> None:
    last = retry.last_attempt(NOW, stream="marketing", expires_at=NOW + timedelta(minutes=3))
    assert retry.next_attempt(THROTTLED, 1, last, NOW, stream="marketing") is None


def test_a_permanent_refusal_is_not_tried_again() -> None:
    verdict = classify("rcpt", 550, "5.1.1", "User unknown")
    assert retry.next_attempt(verdict, 1, NOW + timedelta(days=3), NOW, stream="marketing") is None


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("Throttling failure: Daily message quota exceeded.", 24),
        ("You have exceeded your hourly email limit", 1),
        ("Maximum credits exceeded", 24),
        ("Sending limit reached, try again in 3 hours", 3),
    ],
)
def test_a_used_up_quota_is_not_asked_before_it_opens_again(said: str, hours: int) -> None:
    verdict = classify("mail", 452, "", said)
    assert verdict.category == Category.PROVIDER_QUOTA
    assert minutes(1, verdict=verdict) >= hours * 60


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
    assert expected <= minutes(1, verdict=verdict, stream="transactional") <= expected * 1.25


@pytest.mark.parametrize("hint", [None, 600.0])
def test_jitter_keeps_waits_apart(hint: float | None) -> None:
    """A time that a server names to thousands is no herd either; nobody comes before it."""
    verdict = Verdict(Category.THROTTLE, hint_seconds=hint)
    last = NOW + timedelta(days=3)
    times = {retry.next_attempt(verdict, 1, last, NOW, stream="marketing", rng=random.Random(n)) for n in range(50)}
    assert len(times) == 50
    waits = [(at - NOW).total_seconds() for at in times if at]
    assert min(waits) >= (hint or 225)
    assert max(waits) <= (hint or 300) * 1.25


@pytest.mark.parametrize("said", ["Too many messages, slow down", "Greylisted, try again in 300 seconds"])
def test_many_deferred_in_a_minute_never_ask_for_more_than_the_rate(said: str) -> None:
    """Of 10,000, over forty checkpoints, each with a calendar of its own over what the others booked."""
    rate, dice = 14.0, random.Random(1)
    booked: Counter[datetime] = Counter()
    verdict = classify("rcpt", 451, "4.7.1", said)
    last = NOW + timedelta(days=3)
    times: list[datetime] = []
    for checkpoint in range(40):
        now = NOW + timedelta(seconds=1.5 * checkpoint)
        calendar = Calendar(rate, dict(booked))
        for _ in range(250):
            at = retry.next_attempt(verdict, 1, last, now, stream="marketing", rng=dice)
            assert at
            booking = calendar.book(at, last)
            assert booking
            assert booking >= at
            times.append(booking)
        booked += calendar.added
    asked = Counter(at.replace(second=0, microsecond=0) for at in times)
    assert max(asked.values()) <= rate * 60
    assert max(times) <= NOW + timedelta(minutes=1 + 5 * 1.25 + 10_000 / rate / 60 + 1), "no room is wasted"


def test_a_booking_after_the_end_is_none_and_takes_no_room() -> None:
    calendar = Calendar(1 / 60, {})
    assert calendar.book(NOW, NOW)
    assert calendar.book(NOW, NOW + timedelta(seconds=30)) is None
    assert calendar.book(NOW, NOW + timedelta(minutes=5)) == NOW + timedelta(minutes=1)
