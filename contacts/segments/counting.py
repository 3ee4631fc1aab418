"""Counts of saved segments, kept beside them: refreshed in the background, and never in the way of sending."""

from datetime import timedelta

from django.utils import timezone

from accounts import locks
from contacts.models import Segment, SegmentDay
from contacts.segments import asking, measuring, rules
from contacts.segments.compiling import NotComplete
from contacts.segments.measuring import TooSlow
from contacts.segments.rules import BadRules

_OLD = timedelta(hours=1)
_PATIENCE_MS = 60_000
_AT_ONCE = 20


def refresh() -> None:
    """Those counted longest ago, some at a time."""
    with locks.alone(locks.Kind.SEGMENTS) as is_alone:
        if not is_alone:
            return
        since = timezone.now() - _OLD
        old = Segment.objects.exclude(counted_at__gt=since).order_by("counted_at", "pk")[:_AT_ONCE]
        for segment in old:
            count(segment)


def count(segment: Segment) -> None:
    """Of one that cannot be asked, only the time is kept."""
    now = timezone.now()
    found: dict[str, int | None] = {"people": None, "reachable": None}
    try:
        about = asking.known(without=segment.pk)
        measured = measuring.measure(rules.read(segment.rules), about, patience_ms=_PATIENCE_MS)
        found = {"people": measured.people, "reachable": measured.reachable}
    except (BadRules, NotComplete, TooSlow):
        pass
    Segment.objects.filter(pk=segment.pk).update(counted_at=now, **found)
    if found["people"] is not None:
        SegmentDay.objects.update_or_create(
            segment=segment, day=timezone.localdate(now), defaults={"people": found["people"]}
        )
