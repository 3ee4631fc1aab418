"""How a provider is: what its page shows of its limits, its last day and what it said last."""

from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from delivery import replies
from delivery.ledger.uncertain import DECIDED, HEARD
from delivery.models import Attempt, Provider, WarmupPlan
from delivery.policy.proof import UNPROVEN
from delivery.providers import draining, hours
from delivery.providers.draining import Onward
from delivery.providers.hours import Tries
from delivery.throttling import lane_rates, limits, warmup_plans
from delivery.throttling.lane_rates import Slowed
from delivery.throttling.limits import Limiter, Limits, Quota


@dataclass(frozen=True, slots=True)
class Pace:
    """`wait_seconds` None: nobody knows, and so nothing is sent."""

    spacing_seconds: float
    wait_seconds: float | None


@dataclass(frozen=True, slots=True)
class LastError:
    """`words` are the server's own, hostile text."""

    attempt: Attempt
    why: str
    words: str


class Card:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    @cached_property
    def tries(self) -> Tries:
        return hours.last_day(self._provider)

    @cached_property
    def pace(self) -> Pace | None:
        """None: no limit of seconds or minutes."""
        spacing = Limits.of(self._provider).spacing_seconds
        if not spacing:
            return None
        return Pace(spacing, Limiter(str(self._provider.pk), Limits.of(self._provider), limits.connect()).look())

    @cached_property
    def quotas(self) -> list[Quota]:
        with connection.cursor() as cursor:
            return limits.quotas(cursor, self._provider)

    @cached_property
    def plan(self) -> WarmupPlan | None:
        return next(iter(warmup_plans.plans_of(self._provider, "")), None)

    @cached_property
    def slowed(self) -> list[Slowed]:
        return lane_rates.slowed(self._provider)

    @cached_property
    def in_hand(self) -> int:
        return draining.in_hand(self._provider)

    @cached_property
    def left(self) -> list[Onward]:
        return draining.left(self._provider)

    @cached_property
    def last_error(self) -> LastError | None:
        found = Attempt.objects.filter(provider=self._provider, decision__in=("retry", "refused", "uncertain"))
        last = found.exclude(category__in=(DECIDED, HEARD)).order_by("-id").first()
        if last is None:
            return None
        words = " ".join(filter(None, [str(last.code or ""), last.enhanced, last.text]))
        return LastError(last, _why(last.category), words)


def of(provider: Provider) -> Card:
    return Card(provider)


def _why(category: str) -> str:
    if category == UNPROVEN:
        return "It has refused everybody so far, so nobody is given up for it."
    return replies.WORDS.get(replies.Category(category), "") if category in list(replies.Category) else ""
