"""The provider's rate, as moments at which the next message may go."""

from math import ceil

from delivery.throttling.limits import Limiter

# A provider this slow gets one message a turn: the worker is worth more elsewhere.
_SLOW_SPACING_SECONDS = 0.5
# A moment missed by more is gone: made up for, it would come on top of what others send now.
_LATE_SECONDS = 0.1
_MOST = 1 << 20


class Pace:
    """Asks the limiter for as many messages as are ready, at most the second it grants ahead."""

    def __init__(self, limiter: Limiter | None, *, slow_seconds: float = _SLOW_SPACING_SECONDS) -> None:
        self.is_starved = False  # no grant within a second: the turn had better end
        self.opens_at = 0.0
        self.wakes_at = 0.0  # for whoever waits for it
        self._limiter = limiter
        self._slow_seconds = slow_seconds
        self._left = 0
        self._spacing = 0.0
        self._most = _MOST  # to ask for: no more than was used lately, so that others have the rest
        self._used = 0
        self._lapsed = 0

    @property
    def is_unlimited(self) -> bool:
        return self._limiter is None

    def allows(self, now: float, ready: int) -> bool:
        """Whether one message may go now; if so, it is counted."""
        if self._limiter is None:
            return True
        if now - self.opens_at > _LATE_SECONDS:
            self._let_lapse(now)
        if self._left <= 0 and not self._ask(self._limiter, now, ready):
            return False
        if now < self.opens_at:
            return False
        self._left -= 1
        self._used += 1
        self.opens_at += self._spacing
        return True

    def give_back(self) -> None:
        """The message could not be rendered: the next one takes its place."""
        if self._limiter is not None:
            self._left += 1
            self._used -= 1
            self.opens_at -= self._spacing

    def _let_lapse(self, now: float) -> None:
        if self._left > 0:
            lapsed = min(self._left, ceil((now - _LATE_SECONDS - self.opens_at) / self._spacing))
            self._left -= lapsed
            self._lapsed += lapsed
            self.opens_at += lapsed * self._spacing

    def _ask(self, limiter: Limiter, now: float, ready: int) -> bool:
        if self._spacing > self._slow_seconds:
            self.is_starved = True
        if self.is_starved:
            return False
        self._most = max(1, self._used) if self._lapsed else min(_MOST, 2 * self._most)
        self._used = self._lapsed = 0
        grant = limiter.take(min(ready, self._most))
        self._left, self._spacing = grant.count, grant.spacing_seconds
        self.opens_at = now + grant.wait_seconds
        self.is_starved = grant.count == 0
        return grant.count > 0


class OneMessage(Pace):
    """To try a provider with: one message, within its limit."""

    def __init__(self, limiter: Limiter | None) -> None:
        super().__init__(limiter)
        self.is_used = False

    @property
    def is_unlimited(self) -> bool:
        return False

    def allows(self, now: float, ready: int) -> bool:
        if self.is_used:
            self.is_starved = True
            return False
        self.is_used = super().allows(now, ready)
        return self.is_used

    def give_back(self) -> None:
        super().give_back()
        self.is_used = False
