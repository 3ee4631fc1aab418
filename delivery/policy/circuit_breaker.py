"""When a provider is left alone, and when it is tried again. Pure: the clock and the dice are passed in.

Closed, it carries mail. Open, nothing goes to it until `next_try_at`. Half open, one message is under way to it: if
that arrives it is closed, if not it is open for longer.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from delivery.replies import Category


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Cause(StrEnum):
    LOGIN = "login"
    QUOTA = "quota"
    REFUSED = "refused"
    CONNECTION = "connection"
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True)
class Circuit:
    state: State = State.CLOSED
    cause: Cause | None = None
    since: datetime | None = None  # nothing leaves through it
    next_try_at: datetime | None = None
    openings: int = 0  # one after the other
    closed_at: datetime | None = None
    failures: int = 0  # to connect, one after the other
    failing_since: datetime | None = None
    recent: int = 0  # of about the last hundred answers ...
    throttled: float = 0.0  # ... those that asked us to slow down

    def is_due(self, now: datetime) -> bool:
        """To be tried with one message."""
        return self.state != State.CLOSED and (self.next_try_at is None or self.next_try_at <= now)

    @property
    def carries(self) -> bool:
        return self.state == State.CLOSED


OPEN_MINUTES = (1, 2, 5, 15, 30, 60)
JITTER = 0.1
# A login tried again and again locks the account; a quota comes back at its own hour.
AT_LEAST = {Cause.LOGIN: timedelta(hours=1), Cause.QUOTA: timedelta(hours=1)}
FAILURES = 3
FAILURES_WITHIN = timedelta(minutes=2)
LAST_ANSWERS = 100
THROTTLED_SHARE = 0.2
# Who opens again so soon after a probe was accepted has not healed: the waits go on growing.
RELAPSE_WITHIN = timedelta(minutes=10)
# A probe whose worker died; longer than a server may take to answer it.
PROBE_LOST_AFTER = timedelta(seconds=180)


_CAUSES = {
    Category.PROVIDER_AUTH: Cause.LOGIN,
    Category.PROVIDER_QUOTA: Cause.QUOTA,
    Category.THROTTLE: Cause.THROTTLED,
}


def cause_of(category: Category) -> Cause:
    """For a reply after which a provider is to be left alone."""
    return _CAUSES.get(category, Cause.REFUSED)


def opened(
    circuit: Circuit,
    cause: Cause,
    now: datetime,
    *,
    hint_seconds: float | None = None,
    rng: random.Random | None = None,
) -> Circuit:
    """Open, or open for longer. What is open stays as it is: all workers meet the same trouble at once."""
    if circuit.state == State.OPEN and cause != Cause.LOGIN:
        return circuit
    if circuit.state == State.OPEN and circuit.cause == Cause.LOGIN:
        return circuit
    is_relapse = circuit.closed_at is None or now - circuit.closed_at <= RELAPSE_WITHIN
    openings = circuit.openings + 1 if is_relapse else 1
    return Circuit(
        State.OPEN,
        cause,
        since=circuit.since or now,
        next_try_at=now + _wait(cause, openings, hint_seconds, rng),
        openings=openings,
    )


def could_not_connect(circuit: Circuit, now: datetime, times: int = 1, *, rng: random.Random | None = None) -> Circuit:
    """Refused, reset, no answer, no TLS, or cut off before a message was taken: the third in two minutes opens."""
    if circuit.state == State.HALF_OPEN:
        return opened(circuit, circuit.cause or Cause.CONNECTION, now, rng=rng)
    if circuit.state == State.OPEN:
        return circuit
    goes_on = circuit.failing_since is not None and now - circuit.failing_since <= FAILURES_WITHIN
    failures = times + (circuit.failures if goes_on else 0)
    if failures >= FAILURES:
        return opened(circuit, Cause.CONNECTION, now, rng=rng)
    return replace(circuit, failures=failures, failing_since=circuit.failing_since if goes_on else now)


def connected(circuit: Circuit) -> Circuit:
    return replace(circuit, failures=0, failing_since=None) if circuit.failures else circuit


def answered(
    circuit: Circuit, accepted: int, throttled: int, now: datetime, *, rng: random.Random | None = None
) -> Circuit:
    """Some messages were taken and for some we were asked to slow down: a fifth of the last hundred opens."""
    if circuit.state != State.CLOSED:
        return circuit
    new = accepted + throttled
    kept = min(circuit.recent, max(0, LAST_ANSWERS - new))
    share = throttled * min(1, LAST_ANSWERS / new) if new else 0.0
    share += circuit.throttled * kept / circuit.recent if circuit.recent else 0.0
    if share >= THROTTLED_SHARE * LAST_ANSWERS:
        return opened(circuit, Cause.THROTTLED, now, rng=rng)
    return replace(circuit, recent=min(LAST_ANSWERS, kept + new), throttled=share)


def probing(circuit: Circuit, now: datetime) -> Circuit | None:
    """Half open for whoever asks first; None: it is not time yet, or somebody else is at it."""
    if not circuit.is_due(now):
        return None
    return replace(circuit, state=State.HALF_OPEN, next_try_at=now + PROBE_LOST_AFTER)


def probe_failed(circuit: Circuit, now: datetime, *, rng: random.Random | None = None) -> Circuit:
    if circuit.state != State.HALF_OPEN:
        return circuit
    return opened(circuit, circuit.cause or Cause.CONNECTION, now, rng=rng)


def probe_without_message(circuit: Circuit, now: datetime) -> Circuit:
    """There was nothing to try it with after all: whoever has something may try at once."""
    return replace(circuit, state=State.OPEN, next_try_at=now) if circuit.state == State.HALF_OPEN else circuit


def closed(circuit: Circuit, now: datetime) -> Circuit:
    """A probe arrived, or a person's connection test passed. Remembers how often it opened, should it do so again."""
    return Circuit(openings=circuit.openings, closed_at=now if circuit.openings else None)


def _wait(cause: Cause, openings: int, hint_seconds: float | None, rng: random.Random | None) -> timedelta:
    minutes = OPEN_MINUTES[min(openings, len(OPEN_MINUTES)) - 1]
    jittered = timedelta(minutes=minutes) * (rng or random).uniform(1, 1 + JITTER)
    hint = timedelta(seconds=min(hint_seconds or 0, 24 * 3600))
    if hint and cause == Cause.THROTTLED:  # often of a few seconds, and it knows
        return hint * (rng or random).uniform(1, 1 + JITTER)
    return max(jittered, hint, AT_LEAST.get(cause, timedelta()))
