"""What readers of the demo's mails buy after a click, and what some of them bring back. Told as a shop does."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection

from tools.demo import words
from tracking.conversions import storing
from tracking.conversions.models import Conversion, Goal
from tracking.conversions.reported import Told
from tracking.conversions.storing import Reached
from tracking.models import EventKind
from tracking.public.spool import Act

_BUYS = 0.08  # of those who click
_BRINGS_BACK = 0.05
_PRICES = ("8.99", "9.99", "12.50", "14.99", "18.00", "24.00", "31.50", "42.00")


def make_goal() -> Goal:
    host = words.SITE.partition("//")[2]
    return Goal.objects.create(name="Order", sites=[host], currency="GBP", is_sample=True)


class Shop:
    """Has dice of its own, so that nothing else of the year depends on what is bought."""

    def __init__(self, goal: Goal) -> None:
        self._goal, self._chance, self._number = goal, random.Random("orders by the harbour"), 1000
        self._wish = 0.0

    def sell(self, acts: Sequence[Act], agents: dict[int, str], until: datetime) -> None:
        """To those whose own program clicked, once a mail. `agents`: the reader's program, by message."""
        clicks = (one for one in acts if one.kind == EventKind.CLICK and agents.get(one.first) == one.user_agent)
        first = {one.first: one.at for one in sorted(clicks, key=lambda one: one.at, reverse=True)}
        orders = [self._order(message_id, at) for message_id, at in sorted(first.items(), key=lambda pair: pair[1])]
        done = [one for one in orders if one and one.at <= until]
        if not done:
            return
        with connection.cursor() as cursor:
            storing.store(cursor, done)
            for one in done:
                back = self._brought_back(one)
                if back and back.at <= until:
                    storing.refund(cursor, back)

    def _order(self, message_id: int, clicked_at: float) -> Reached | None:
        """The share buys, whatever the dice of the day: few clicks would else make for none or for twice as many."""
        self._wish += _BUYS
        if self._wish < 1:
            return None
        self._wish -= 1
        self._number += 1
        worth = sum(Decimal(self._chance.choice(_PRICES)) for _ in range(self._chance.choice((1, 1, 1, 2, 3))))
        at = datetime.fromtimestamp(clicked_at, UTC) + timedelta(minutes=self._chance.uniform(2, 40))
        told = Told(f"HB-{self._number}", Decimal(worth), "GBP")
        return Reached(self._goal.pk, message_id, at, told, Conversion.Via.SERVER.value)

    def _brought_back(self, order: Reached) -> Reached | None:
        if self._chance.random() >= _BRINGS_BACK:
            return None
        at = order.at + timedelta(days=self._chance.uniform(2, 14))
        part = None if self._chance.random() < 0.7 else Decimal("5.00")
        told = Told(order.told.order, part, "GBP", is_refund=True)
        return Reached(order.goal_id, order.message_id, at, told, order.via)
