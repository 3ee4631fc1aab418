"""Counts of saved segments, kept beside them: refreshed in the background, and never in the way of sending."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts.database import locks
from contacts.models import Segment, SegmentDay
from contacts.segments import asking, everybody, measuring, rules
from contacts.segments.compiling import NotComplete
from contacts.segments.measuring import Measured, TooSlow
from contacts.segments.rules import BadRules

_OLD = timedelta(hours=1)
_PATIENCE_MS = 60_000
_AT_ONCE = 20


def refresh() -> None:
    """Those never counted, then those counted longest ago, some at a time."""
    with locks.alone(locks.Kind.SEGMENTS) as is_alone:
        if not is_alone:
            return
        everybody.fold()
        since = timezone.now() - _OLD
        old = Segment.objects.exclude(counted_at__gt=since).order_by(F("counted_at").asc(nulls_first=True), "pk")
        for segment in old[:_AT_ONCE]:
            count(segment)


def count(segment: Segment) -> None:
    try:
        about = asking.known(without=segment.pk)
        keep(segment, measuring.measure(rules.read(segment.rules), about, patience_ms=_PATIENCE_MS))
    except (BadRules, NotComplete, TooSlow):
        keep(segment, None)


def keep(segment: Segment, measured: Measured | None) -> None:
    """Of one that cannot be asked, only the time is kept."""
    now = timezone.now()
    people, reachable = (measured.people, measured.reachable) if measured else (None, None)
    Segment.objects.filter(pk=segment.pk).update(counted_at=now, people=people, reachable=reachable)
    if people is not None:
        SegmentDay.objects.update_or_create(segment=segment, day=timezone.localdate(now), defaults={"people": people})
