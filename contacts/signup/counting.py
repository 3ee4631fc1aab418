"""A form's numbers. What was done is added up by the hour, within the transaction of what is counted; how often it was
shown by the day, at once.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Min, Sum

from accounts.models import Organisation
from contacts.signup.models import SignupForm

Counted = Literal["asked", "confirmed", "expired", "refused"]
WINDOW = timedelta(days=30)
COUNTS: tuple[Counted, ...] = ("asked", "confirmed", "expired", "refused")


def add(form: SignupForm, what: Counted, now: datetime) -> None:
    row: dict[str, Any] = {"form": form.pk, "now": now} | {name: int(name == what) for name in COUNTS}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, row)


def sums(form: SignupForm) -> dict[str, int]:
    """Since the form was made."""
    found = form.hours.aggregate(**{f"sum_{name}": Sum(name, default=0) for name in COUNTS})
    return {name: int(found[f"sum_{name}"]) for name in COUNTS}


def show(form: SignupForm, now: datetime, *, to_machine: bool) -> None:
    """One more look at it. No cookie and no address is kept: somebody who looks twice counts twice."""
    row: list[Any] = [form.pk, now.astimezone(_zone()).date(), int(not to_machine), int(to_machine)]
    with connection.cursor() as cursor:
        cursor.execute(_SHOW, row)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many of those who saw the form went on, over whole days since `since`."""

    since: date
    shown: int
    machines: int
    asked: int
    confirmed: int

    @property
    def asked_share(self) -> float | None:
        return self.asked / self.shown if self.shown else None

    @property
    def confirmed_share(self) -> float | None:
        return self.confirmed / self.asked if self.asked else None


def funnel(form: SignupForm, now: datetime) -> Funnel | None:
    """Of the last 30 days, and not before anybody counted; None while nothing is counted."""
    zone = _zone()
    today = now.astimezone(zone).date()
    days = form.days_shown.filter(day__gt=today - WINDOW)
    found = days.aggregate(since=Min("day"), people=Sum("people", default=0), machines=Sum("machines", default=0))
    if found["since"] is None:
        return None
    begun = datetime.combine(found["since"], datetime.min.time(), zone).astimezone(UTC)
    hours = form.hours.filter(hour__gte=begun.replace(minute=0))  # of a zone with half hours, the whole of its first
    done = hours.aggregate(asked=Sum("asked", default=0), confirmed=Sum("confirmed", default=0))
    return Funnel(found["since"], found["people"], found["machines"], done["asked"], done["confirmed"])


def _zone() -> ZoneInfo:
    """Days are the organisation's, as in all reports."""
    return ZoneInfo(Organisation.zone())


_ADD = """
INSERT INTO contacts_signuphour AS h (form_id, hour, asked, confirmed, expired, refused)
VALUES (%(form)s, date_trunc('hour', %(now)s::timestamptz), %(asked)s, %(confirmed)s, %(expired)s, %(refused)s)
ON CONFLICT (form_id, hour) DO UPDATE SET asked = h.asked + excluded.asked,
    confirmed = h.confirmed + excluded.confirmed, expired = h.expired + excluded.expired,
    refused = h.refused + excluded.refused
"""
# The visitor does not wait for the disk: a database that dies loses the looks of a moment.
_SHOW = """
INSERT INTO contacts_signupshown AS s (form_id, day, people, machines)
SELECT %s, %s, %s, %s FROM set_config('synchronous_commit', 'off', true)
ON CONFLICT (form_id, day) DO UPDATE SET people = s.people + excluded.people, machines = s.machines + excluded.machines
"""
