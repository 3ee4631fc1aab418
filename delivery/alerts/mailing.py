"""Telling those who can mend it, by a server against which nothing is known; each news to each person at most once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Organisation, Role, User
from accounts.permissions import PERMISSIONS, Permission
from delivery import staff_mail
from delivery.alerts import writing
from delivery.alerts.models import Alert, AlertMail

SURE_AFTER = timedelta(minutes=2)  # what mends itself until then wakes nobody
_TOO_OLD = timedelta(days=1)
_TRIES = 5
_AGAIN_AFTER = timedelta(minutes=10)
State = AlertMail.State


def tell(now: datetime | None = None) -> int:
    """How many people were mailed. Without a mail server that is ready nobody is taken: it may be ready soon."""
    now = now or timezone.now()
    organisation = Organisation.get()
    if organisation is None or not _waiting(now) or not staff_mail.ready():
        return 0
    return sum(_tell(user, organisation, now) for user in recipients())


def recipients() -> list[User]:
    roles = [role for role in Role if Permission.DELIVERY in PERMISSIONS[role]]
    return list(User.objects.filter(is_active=True, role__in=roles, wants_alerts=True).order_by("pk"))


def _waiting(now: datetime) -> bool:
    return any(True for user in recipients() for _ in _pending(user, now))


def _pending(user: User, now: datetime) -> Iterator[tuple[Alert, AlertMail.News]]:
    """An alarm as long as the trouble lasts; an all-clear to whoever may have got the alarm."""
    mails = AlertMail.objects.filter(alert=OuterRef("pk"), user=user)
    settled = ~Q(state=State.FAILED, tries__lt=_TRIES, tried_at__lte=now - _AGAIN_AFTER)
    for news, found in (
        (AlertMail.News.BEGUN, Alert.objects.filter(over_at=None, begun_at__lte=now - SURE_AFTER)),
        (
            AlertMail.News.OVER,
            Alert.objects.filter(
                Exists(mails.filter(news=AlertMail.News.BEGUN).exclude(state=State.FAILED)), over_at__gt=now - _TOO_OLD
            ),
        ),
    ):
        for alert in found.exclude(Exists(mails.filter(settled, news=news))).order_by("begun_at"):
            yield alert, news


def _tell(user: User, organisation: Organisation, now: datetime) -> bool:
    taken = [(alert, row) for alert, news in _pending(user, now) if (row := _take(alert, user, news, now))]
    if not taken:
        return False
    begun = [alert for alert, row in taken if row.news == AlertMail.News.BEGUN]
    over = [alert for alert, row in taken if row.news == AlertMail.News.OVER]
    outcome = staff_mail.send(writing.mail(begun, over, organisation, user))
    failed = State.UNCERTAIN if outcome.may_have_arrived else State.FAILED
    rows = [row.pk for _, row in taken]
    AlertMail.objects.filter(pk__in=rows).update(
        state=failed if outcome.problem else State.SENT, problem=outcome.problem[:300]
    )
    return not outcome.problem


@transaction.atomic
def _take(alert: Alert, user: User, news: AlertMail.News, now: datetime) -> AlertMail | None:
    """Committed before the mail begins to leave. None: somebody else has taken it."""
    row, is_new = AlertMail.objects.get_or_create(alert=alert, user=user, news=news, defaults={"tried_at": now})
    if is_new:
        return row
    failed = AlertMail.objects.filter(pk=row.pk, state=State.FAILED, tries=row.tries)
    taken = failed.update(state=State.UNDER_WAY, tries=row.tries + 1, tried_at=now)
    return row if taken else None
