"""Telling those who can mend it, by a server against which nothing is known; each news to each person at most once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.shell import alarms
from delivery import staff_mail
from delivery.alerts import writing
from delivery.alerts.models import Alert, AlertMail

SURE_AFTER = timedelta(minutes=2)  # what mends itself until then wakes nobody
_TOO_OLD = timedelta(days=1)
_AGAIN_AFTER = timedelta(minutes=10)


def tell(now: datetime | None = None) -> int:
    """How many people were mailed. Without a mail server that is ready nobody is taken: it may be ready soon."""
    now = now or timezone.now()
    organisation = Organisation.get()
    if organisation is None:
        return 0
    waiting = [user for user in alarms.people() if any(True for _ in _pending(user, now))]
    if not waiting or not staff_mail.ready():
        return 0
    return sum(_tell(user, organisation, now) for user in waiting)


def _pending(user: User, now: datetime) -> Iterator[tuple[Alert, AlertMail.News]]:
    """An alarm of a kind they want, as long as the trouble lasts; an all-clear to whoever may have got the alarm."""
    mails = AlertMail.objects.filter(alert=OuterRef("pk"), user=user)
    settled = AlertMail.is_settled(now, _AGAIN_AFTER)
    for news, found in (
        (AlertMail.News.BEGUN, Alert.objects.filter(over_at=None, begun_at__lte=now - SURE_AFTER)),
        (
            AlertMail.News.OVER,
            Alert.objects.filter(
                Exists(mails.filter(news=AlertMail.News.BEGUN).exclude(state=AlertMail.State.FAILED)),
                over_at__gt=now - _TOO_OLD,
            ),
        ),
    ):
        for alert in found.exclude(Exists(mails.filter(settled, news=news))).order_by("begun_at"):
            if news == AlertMail.News.OVER or alarms.kind_of(alert.about) not in user.muted_alarms:
                yield alert, news


def _tell(user: User, organisation: Organisation, now: datetime) -> bool:
    found = [AlertMail.take(now, alert=alert, user=user, news=news) for alert, news in _pending(user, now)]
    taken = [row for row in found if row is not None]
    if not taken:
        return False
    begun = [row.alert for row in taken if row.news == AlertMail.News.BEGUN]
    over = [row.alert for row in taken if row.news == AlertMail.News.OVER]
    outcome = staff_mail.send(writing.mail(begun, over, organisation, user))
    AlertMail.settle(taken, outcome)
    return not outcome.problem
