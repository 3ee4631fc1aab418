"""Sums against a recount of the events themselves."""

from collections import Counter
from typing import Any

from delivery.models import Batch, Message
from delivery.policy import mailbox_providers
from tracking.models import Breakdown, Engagement, Event, EventKind, Rollup

_TRACKED = (EventKind.OPEN, EventKind.CLICK)


def assert_sums_equal_events(batch: Batch) -> None:
    """Of opens and clicks: totals by hour, link and side; people by first times; breakdowns; and first times at all."""
    events = [event for event in Event.objects.filter(batch=batch, kind__in=_TRACKED) if _counts(event)]
    firsts = list(Engagement.objects.filter(batch=batch, kind__in=_TRACKED))
    assert {(row.message_id, row.kind, row.link_id, row.is_machine) for row in firsts} == {
        (event.message_id, event.kind, link, event.is_machine) for event in events for link in {0, event.link_id}
    }
    totals = Counter(
        (_hour(event.at), event.kind, link, event.is_machine) for event in events for link in {0, event.link_id}
    )
    people = Counter((_hour(row.first_at), row.kind, row.link_id, row.is_machine) for row in firsts)
    rows = Rollup.objects.filter(batch=batch, kind__in=_TRACKED)
    assert _positive(rows, "total") == totals
    assert _positive(rows, "people") == people
    lane_of = _lanes({event.message_id for event in events})
    lanes = Counter((event.kind, lane_of[event.message_id], event.is_machine) for event in events)
    by_lane = Breakdown.objects.filter(batch=batch, by="lane", kind__in=_TRACKED)
    assert {(row.kind, row.value, row.is_machine): row.total for row in by_lane if row.total} == lanes
    verdicts = Counter((event.kind, event.verdict) for event in events if event.is_machine)
    by_verdict = Breakdown.objects.filter(batch=batch, by="verdict")
    assert {(row.kind, row.value): row.total for row in by_verdict if row.total} == verdicts
    machines = Counter(row.kind for row in firsts if row.is_machine and row.link_id == 0)
    counted: Counter[int] = Counter()
    for row in by_verdict:
        counted[row.kind] += row.people
    assert +counted == machines


def _counts(event: Event) -> bool:
    return event.verdict != "head" and (event.kind != EventKind.CLICK or event.link_id != 0)


def _positive(rows: Any, column: str) -> dict[Any, int]:
    found = {(row.hour, row.kind, row.link_id, row.is_machine): getattr(row, column) for row in rows}
    return {key: number for key, number in found.items() if number}


def _hour(at: Any) -> Any:
    return at.replace(minute=0, second=0, microsecond=0)


def _lanes(message_ids: set[int]) -> dict[int, str]:
    emails = Message.objects.filter(id__in=message_ids).values_list("id", "email")
    return {message_id: mailbox_providers.lane(email) for message_id, email in emails}
