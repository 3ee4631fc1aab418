"""A turn's lanes: one that its servers slowed keeps a pace of its own, shared by all workers, beside the provider's."""

from delivery.engine.loop.feed import SLOWED, TurnFeed
from delivery.models import Provider
from delivery.outcomes import Claim
from delivery.policy.slowdown import LaneRate
from delivery.throttling.limits import Limiter, Limits, connect
from delivery.throttling.pace import Pace

# A turn may wait so long for a slowed lane's next mail, because the other lanes go on meanwhile.
_SLOW_SECONDS = 2.0


class Lanes:
    def __init__(self, provider: Provider, stream: str, feed: TurnFeed) -> None:
        self._provider = provider
        self._stream = stream
        self._feed = feed
        self._paces: dict[str, tuple[float, Pace]] = {}

    def obey(self, claim: Claim, rate: LaneRate | None) -> None:
        """From now on the claim's lane goes as fast as this, in this turn; None: nothing is known."""
        if rate is None:
            return
        same = [other for other in self._feed.claims if other.lane == claim.lane]
        if rate.is_held:
            for other in same:
                other.stop = other.stop or SLOWED
        elif rate.per_minute is None:
            self._release(claim.lane, same)
        else:
            self._slow(claim.lane, rate.per_minute, same)

    def _slow(self, lane: str, per_minute: float, claims: list[Claim]) -> None:
        """One chunk of a slowed lane is enough for a turn; what else it holds is given back."""
        if self._paces.get(lane, (None,))[0] != per_minute:
            limiter = Limiter(
                f"{self._provider.pk}:{lane}", Limits(per_minute=per_minute), connect(), stream=self._stream
            )
            self._paces[lane] = per_minute, Pace(limiter, slow_seconds=_SLOW_SECONDS)
        pace = self._paces[lane][1]
        for claim in claims:
            claim.pace = pace
        for surplus in [claim for claim in claims if not claim.stop][1:]:
            surplus.stop = SLOWED

    def _release(self, lane: str, claims: list[Claim]) -> None:
        if self._paces.pop(lane, None):
            for claim in claims:
                claim.pace = None
