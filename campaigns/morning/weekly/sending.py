"""Mailing the summary: once a week to each who wants it, whatever crashes. A row per week and person decides."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Organisation, User
from campaigns.models import WeeklySummary
from campaigns.morning.weekly import calendar, summary, writing
from delivery import staff_mail

_TRIES = 5
_AGAIN_AFTER = timedelta(hours=1)
State = WeeklySummary.State


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
    tried = WeeklySummary.objects.filter(week=monday)
    over = tried.exclude(state=State.FAILED, tries__lt=_TRIES, tried_at__lt=now - _AGAIN_AFTER)
    wanting = User.objects.filter(is_active=True, wants_summary=True)
    return list(wanting.exclude(pk__in=over.values("user")).order_by("pk"))


def _send(user: User, found: summary.Summary, organisation: Organisation, monday: date, now: datetime) -> bool:
    row = _take(user, monday, now)
    if row is None:
        return False
    outcome = staff_mail.send(writing.mail(found, organisation, user))
    if not outcome.problem:
        row.state = State.SENT
    else:
        row.state = State.UNCERTAIN if outcome.may_have_arrived else State.FAILED
    row.problem = outcome.problem[:300]
    row.save(update_fields=["state", "problem"])
    return not outcome.problem


def _take(user: User, monday: date, now: datetime) -> WeeklySummary | None:
    """Committed before the mail begins to leave. None: somebody else has taken it."""
    row, is_new = WeeklySummary.objects.get_or_create(user=user, week=monday)
    if is_new:
        return row
    failed = WeeklySummary.objects.filter(pk=row.pk, state=State.FAILED, tries=row.tries)
    taken = failed.update(state=State.UNDER_WAY, tries=row.tries + 1, tried_at=now)
    return row if taken else None
