"""Mailing the summary: once a week to each who wants it, whatever crashes. A row per week and person decides."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Organisation, User
from campaigns.models import WeeklySummary
from campaigns.morning.weekly import calendar, summary, writing
from delivery import staff_mail

_AGAIN_AFTER = timedelta(hours=1)


def send_due(now: datetime | None = None) -> int:
    """How many were mailed. Without a mail server that is ready nobody is taken: it may be ready soon."""
    now = now or timezone.now()
    organisation = Organisation.get()
    if organisation is None:
        return 0
    zone = ZoneInfo(organisation.time_zone)
    monday = calendar.due(now, zone)
    if monday is None or not (waiting := _waiting(monday, now)) or not staff_mail.ready():
        return 0
    with timezone.override(zone):
        found = summary.of(monday)
        if not found.has_news:
            return 0
        return sum(_send(user, found, organisation, monday, now) for user in waiting)


def _waiting(monday: date, now: datetime) -> list[User]:
    """Who wants it and for whom it was not tried, or surely failed a while ago."""
    over = WeeklySummary.objects.filter(WeeklySummary.is_settled(now, _AGAIN_AFTER), week=monday)
    wanting = User.objects.filter(is_active=True, wants_summary=True)
    return list(wanting.exclude(pk__in=over.values("user")).order_by("pk"))


def _send(user: User, found: summary.Summary, organisation: Organisation, monday: date, now: datetime) -> bool:
    row = WeeklySummary.take(now, user=user, week=monday)
    if row is None:
        return False
    outcome = staff_mail.send(writing.mail(found, organisation, user))
    WeeklySummary.settle([row], outcome)
    return not outcome.problem
