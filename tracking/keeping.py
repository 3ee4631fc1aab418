"""How long single opens and clicks are kept: months of them are taken off as whole partitions.

Sums, first times and unsubscribes stay: reports, lists of people and segments say what they said before. An act that
comes in for a month that is gone still counts; it just is not kept singly.
"""

import logging
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from tracking.models import EventKeeping

logger = logging.getLogger(__name__)

_KEPT_SUFFIX = "_kept"
# Nobody who stores or looks at events waits longer than this for us.
_LOCK_TIMEOUT = "300ms"


class Month(NamedTuple):
    """A partition's."""

    table: str
    first: date

    @property
    def after(self) -> date:
        return months_after(self.first, 1)


def months_after(day: date, months: int) -> date:
    """The first day of the month so many months later."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def first_kept(today: date, months: int) -> date:
    """Whole months are kept, beside the one that runs."""
    return months_after(today, -months)


def there() -> list[Month]:
    """The months whose single events are there, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_ATTACHED)
        names = [name for (name,) in cursor.fetchall()]
    return [Month(name, date(int(name[-6:-2]), int(name[-2:]), 1)) for name in sorted(names)]


def older_than(months: int | None, today: date) -> list[Month]:
    """Those that a setting of so many months takes off today."""
    if months is None:
        return []
    since = first_kept(today, months)
    return [month for month in there() if month.after <= since]


class Happened(Protocol):
    @property
    def at(self) -> datetime: ...


Event = TypeVar("Event", bound=Happened)


def still_kept(events: list[Event]) -> list[Event]:
    """Without those of months that were taken off: a spool found late brings none of these back."""
    gone_before = EventKeeping.get().gone_before
    return events if gone_before is None else [event for event in events if event.at.date() >= gone_before]


def take_off() -> int:
    """Months that are older than the setting allows, one short transaction each; how many are left for next time."""
    waiting = older_than(EventKeeping.get().months, timezone.now().date())
    while waiting:
        try:
            _take_off(waiting[0])
        except OperationalError as problem:  # somebody works with events just now, and comes first
            logger.info("Events of %s are taken off later: %s", waiting[0].first, problem)
            break
        waiting.pop(0)
    return len(waiting)


def _take_off(month: Month) -> None:
    keeping = EventKeeping.get()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        cursor.execute(f"ALTER TABLE tracking_event DETACH PARTITION {month.table}")
        if keeping.keeps_tables:
            _put_aside(cursor, month.table)
        else:
            cursor.execute(f"DROP TABLE {month.table}")
        if keeping.gone_before is None or keeping.gone_before < month.after:
            EventKeeping.objects.update_or_create(id=1, defaults={"gone_before": month.after})


def _put_aside(cursor: CursorWrapper, table: str) -> None:
    """Under another name, so that a month that comes again late makes no partition of the same one."""
    kept = table + _KEPT_SUFFIX
    cursor.execute("SELECT to_regclass(%s)", [kept])
    if cursor.fetchone() == (None,):
        cursor.execute(f"ALTER TABLE {table} RENAME TO {kept}")
        return
    cursor.execute(f"INSERT INTO {kept} OVERRIDING SYSTEM VALUE SELECT * FROM {table}")  # noqa: S608
    cursor.execute(f"DROP TABLE {table}")


_ATTACHED = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'tracking_event'::regclass AND c.relname ~ '^tracking_event_[0-9]{6}$'
"""
