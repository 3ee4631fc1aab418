"""The circuit of a provider, with a clock of our own."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from delivery.policy import circuit_breaker
from delivery.policy.circuit_breaker import Cause, Circuit, State
from delivery.replies import Category

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def minutes(circuit: Circuit, now: datetime) -> float:
    assert circuit.next_try_at is not None
    return (circuit.next_try_at - now) / MINUTE


@pytest.mark.parametrize(
    ("category", "cause", "least", "most"),
    [
        (Category.PROVIDER_AUTH, Cause.LOGIN, 60, 60),
        (Category.PROVIDER_QUOTA, Cause.QUOTA, 60, 60),
        (Category.RELAY_DENIED, Cause.REFUSED, 1, 1.1),
        (Category.PROTOCOL, Cause.REFUSED, 1, 1.1),
    ],
)
def test_refusal_opens_at_once(category: Category, cause: Cause, least: float, most: float) -> None:
    circuit = circuit_breaker.opened(Circuit(), circuit_breaker.cause_of(category), NOW)
    assert (circuit.state, circuit.cause, circuit.since) == (State.OPEN, cause, NOW)
    assert least <= minutes(circuit, NOW) <= most


def test_quota_waits_until_the_time_the_server_names() -> None:
    circuit = circuit_breaker.opened(Circuit(), Cause.QUOTA, NOW, hint_seconds=7 * 3600)
    assert minutes(circuit, NOW) == 7 * 60


def test_third_failed_connection_within_two_minutes_opens() -> None:
    circuit = Circuit()
    for n in range(2):
        circuit = circuit_breaker.could_not_connect(circuit, NOW + n * 30 * SECOND)
        assert circuit.carries
    assert circuit_breaker.could_not_connect(circuit, NOW + 119 * SECOND).state == State.OPEN
    assert circuit_breaker.could_not_connect(circuit, NOW + 121 * SECOND).carries, "the first two were too long ago"
    good = circuit_breaker.connected(circuit)
    assert circuit_breaker.could_not_connect(good, NOW + 60 * SECOND).carries, "they did not follow each other"
    assert circuit_breaker.could_not_connect(Circuit(), NOW, times=3).state == State.OPEN


@pytest.mark.parametrize(
    ("answers", "opens"),
    [
        ([(80, 20)], True),
        ([(81, 19)], False),
        ([(0, 19)], False),
        ([(0, 20)], True),
        ([(5000, 20)], False),
        ([(5000, 20), (10, 20)], True),
        ([(1, 5)] * 4, True),
        ([(9, 1)] * 50, False),
        ([(0, 15), (100, 0), (0, 15)], False),
    ],
)
def test_fifth_of_the_last_hundred_asking_to_slow_down_opens(answers: list[tuple[int, int]], opens: bool) -> None:
    circuit = Circuit()
    for accepted, throttled in answers:
        circuit = circuit_breaker.answered(circuit, accepted, throttled, NOW)
    assert (circuit.state == State.OPEN) == opens
    assert circuit.recent <= 100


def test_each_failed_probe_waits_longer_up_to_an_hour() -> None:
    now, circuit, waits = NOW, circuit_breaker.could_not_connect(Circuit(), NOW, 3), []
    for _ in range(8):
        waits.append(minutes(circuit, now))
        assert circuit.next_try_at
        now = circuit.next_try_at
        half_open = circuit_breaker.probing(circuit, now)
        assert half_open
        circuit = circuit_breaker.probe_failed(half_open, now)
    expected = [1, 2, 5, 15, 30, 60, 60, 60]
    assert all(least <= wait <= least * 1.1 for least, wait in zip(expected, waits, strict=True))
    assert circuit.since == NOW, "nothing has left through it since"


def test_jitter_spreads_the_tries() -> None:
    waits = {circuit_breaker.could_not_connect(Circuit(), NOW, 3, rng=random.Random(n)).next_try_at for n in range(20)}
    assert len(waits) == 20


def test_refused_login_is_tried_no_more_than_once_an_hour() -> None:
    circuit, now = circuit_breaker.opened(Circuit(), Cause.LOGIN, NOW), NOW
    for _ in range(5):
        assert circuit_breaker.probing(circuit, now + timedelta(minutes=59)) is None
        now += timedelta(hours=1)
        half_open = circuit_breaker.probing(circuit, now)
        assert half_open
        circuit = circuit_breaker.opened(half_open, Cause.LOGIN, now)


def test_half_open_sends_exactly_one_probe() -> None:
    circuit = circuit_breaker.could_not_connect(Circuit(), NOW, 3)
    assert circuit_breaker.probing(circuit, NOW + 30 * SECOND) is None
    half_open = circuit_breaker.probing(circuit, NOW + 2 * MINUTE)
    assert half_open
    assert half_open.state == State.HALF_OPEN
    assert circuit_breaker.probing(half_open, NOW + 3 * MINUTE) is None, "somebody is at it"
    assert circuit_breaker.probing(half_open, NOW + 6 * MINUTE), "who was at it has died"


def test_probe_without_a_message_may_be_made_at_once() -> None:
    half_open = circuit_breaker.probing(circuit_breaker.could_not_connect(Circuit(), NOW, 3), NOW + 2 * MINUTE)
    assert half_open
    circuit = circuit_breaker.probe_without_message(half_open, NOW + 2 * MINUTE)
    assert (circuit.state, circuit.is_due(NOW + 2 * MINUTE), circuit.openings) == (State.OPEN, True, 1)


def test_success_closes_and_a_relapse_goes_on_waiting_longer() -> None:
    circuit = circuit_breaker.closed(circuit_breaker.opened(Circuit(), Cause.THROTTLED, NOW), NOW + MINUTE)
    assert (circuit.carries, circuit.cause, circuit.since) == (True, None, None)
    again = circuit_breaker.opened(circuit, Cause.THROTTLED, NOW + 5 * MINUTE)
    assert 2 <= minutes(again, NOW + 5 * MINUTE) <= 2.2
    later = circuit_breaker.opened(circuit, Cause.THROTTLED, NOW + timedelta(hours=1))
    assert 1 <= minutes(later, NOW + timedelta(hours=1)) <= 1.1


def test_many_workers_that_meet_the_same_trouble_open_it_once() -> None:
    circuit = circuit_breaker.opened(Circuit(), Cause.REFUSED, NOW)
    assert circuit_breaker.opened(circuit, Cause.REFUSED, NOW + SECOND) == circuit
    assert circuit_breaker.could_not_connect(circuit, NOW + SECOND, 3) == circuit
    assert circuit_breaker.answered(circuit, 0, 100, NOW + SECOND) == circuit
    assert circuit_breaker.opened(circuit, Cause.LOGIN, NOW + SECOND).cause == Cause.LOGIN, "the worse one counts"
