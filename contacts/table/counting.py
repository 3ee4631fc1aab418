"""How many people a filter finds, at once: from sums of blocks or counted out where that is quick, else an estimate."""

import json
from typing import Any

from django.db.models import QuerySet

from accounts.wording import count_people
from contacts.filtering import Filter, State
from contacts.models import Contact, ContactQuerySet, Segment, Subscription
from contacts.segments import everybody
from contacts.segments.measuring import TooSlow, within
from contacts.table import blocks
from contacts.table.blocks import Marks
from contacts.table.searching import Holding

EXACT_TO = 20_000
_PATIENCE_MS = 100
_PATIENCE_WITH_FEW_MS = 2_000  # who has few people knows how many: an estimate that is far off is seen at once


def in_words(chosen: Filter, found: ContactQuerySet | None = None) -> str:
    """ "12,014 people", "~1,200,000 people"."""
    return words(*counted(chosen, found))


def words(number: int, is_exact: bool) -> str:
    """Of an estimate two leading digits, so that nobody takes it for a count."""
    return count_people(number) if is_exact else f"~{count_people(_rounded(number))}"


def marks_of(chosen: Filter) -> Marks:
    return Marks(chosen.search, chosen.state, chosen.tag, chosen.list_id)


def counted(chosen: Filter, found: ContactQuerySet | None = None, holding: Holding | None = None) -> tuple[int, bool]:
    """And whether the number is exact. `found`: what `chosen` finds; `holding`: where, for whoever knows that."""
    marks, segment_id = marks_of(chosen), chosen.segment_id
    if not segment_id and marks == Marks(state=marks.state) and (known := _by_sums(marks.state)) is not None:
        return known, True
    if segment_id and marks == Marks() and (known := _by_background(segment_id)) is not None:
        return known, False
    if found is None:
        found = chosen.apply()
    try:
        with within(_patience_ms()):
            if not segment_id and marks.list_id and marks == Marks(list_id=marks.list_id):
                return _up_to(Subscription.objects.filter(list_id=marks.list_id))
            if marks.says_something:
                return (holding or Holding.of(found, marks)).count()
            return _up_to(found)
    except TooSlow:
        return _estimate(found), False


def _by_sums(state: str) -> int | None:
    """None for what the sums do not tell, or not yet."""
    if not state:
        return everybody.count()
    if state not in blocks.STATES:
        return None
    number, is_exact = blocks.people(state)
    if not is_exact:
        return None
    if state != State.REACHABLE:
        return number
    try:
        with within(_PATIENCE_MS):
            # No bit tells what is a question of time (a pause, consent that ends), or of one list.
            wanted = Contact.objects.not_suppressed()
            closed = wanted.expired().count() + wanted.kept_off().count()
            return number - closed - Contact.objects.agreed().paused().count()
    except TooSlow:
        return None


def _by_background(segment_id: int) -> int | None:
    """Of a segment of many the count that jobs keep, which is near and waits for nothing; None for the others."""
    people = Segment.objects.filter(pk=segment_id).values_list("people", flat=True).first()
    return people if people is not None and people > EXACT_TO else None


def _up_to(found: "QuerySet[Any, Any]") -> tuple[int, bool]:
    number = found.order_by().values("pk")[: EXACT_TO + 1].count()
    return (number, True) if number <= EXACT_TO else (max(_estimate(found), EXACT_TO), False)


def _patience_ms() -> int:
    return _PATIENCE_MS if everybody.count() > EXACT_TO else _PATIENCE_WITH_FEW_MS


def _estimate(found: "QuerySet[Any, Any]") -> int:
    """As PostgreSQL's planner believes."""
    plan = json.loads(found.order_by().values("pk").explain(format="json"))[0]["Plan"]
    return int(plan["Plan Rows"])


def _rounded(number: int) -> int:
    step = int(10 ** max(0, len(str(number)) - 2))
    return round(number / step) * step
