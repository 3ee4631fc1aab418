"""How the sandbox plays a bad day to one rehearsal: dead addresses, bounces, complaints, a relay that dies.

Pure: who meets what is fixed by a message's place in its batch, so that a small rehearsal meets all of it, too, and a
second one meets the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from delivery.sandbox.behaviour import BOUNCED, BOUNCED_FOR_NOW, REFUSED, Behaviour

REFUSED_PERCENT = 8
COMPLAINED_PERCENT = 2
BOUNCED_PERCENT = 4
DEAD_SECONDS = 20
IN_WORDS = (
    f"{REFUSED_PERCENT} % of the addresses are refused, {BOUNCED_PERCENT} % bounce after they were accepted, "
    f"{COMPLAINED_PERCENT} % of the people mark it as spam, and the relay dies for {DEAD_SECONDS} seconds."
)
# Early, since the complaints soon stop a large campaign by themselves, and it shall meet the dead relay before.
_LATEST_DEATH = 50
_CYCLE = 50
_REFUSED_PLACES = {2, 14, 27, 39}
_COMPLAINED_PLACES = {1}
_BOUNCED_PLACES = {0: BOUNCED, 20: BOUNCED_FOR_NOW}


@dataclass(slots=True)
class BadDay:
    """Of one batch, with the ids of its messages."""

    first_id: int
    last_id: int
    begun: int = 0
    dead_until: float | None = None

    def relay_is_dead(self, now: float) -> bool:
        """Asked when one more mail begins. Half-way, at the latest after fifty mails, the relay dies, once."""
        self.begun += 1
        people = self.last_id - self.first_id + 1
        if self.dead_until is None and self.begun > min(people // 2, _LATEST_DEATH):
            self.dead_until = now + DEAD_SECONDS
        return self.dead_until is not None and now < self.dead_until

    def behave(self, message_id: int) -> Behaviour:
        place = (message_id - self.first_id) % _CYCLE
        if place in _REFUSED_PLACES:
            return Behaviour(recipient_reply=REFUSED)
        return Behaviour(complains=place in _COMPLAINED_PLACES, bounces=_BOUNCED_PLACES.get(place, ""))


class BadDays:
    """All that are being played."""

    def __init__(self) -> None:
        self._days: list[BadDay] = []

    def __bool__(self) -> bool:
        return bool(self._days)

    def play(self, batches: Iterable[tuple[int, int]]) -> None:
        """These from now on; what is played already goes on where it was."""
        known = {(day.first_id, day.last_id): day for day in self._days}
        self._days = [known.get(ids) or BadDay(*ids) for ids in batches]

    def of(self, message_id: int | None) -> BadDay | None:
        if message_id is None:
            return None
        return next((day for day in self._days if day.first_id <= message_id <= day.last_id), None)
