"""The share of people who mark our mail as spam, for Home: long before mailbox providers refuse it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from accounts.wording import rate
from delivery.deliverability.figures import ACCEPTED_BEFORE, IN_TIME
from delivery.feedback.by_hour import COUNTS
from delivery.policy import advice
from delivery.policy.advice import About, Figures

_DAYS = 30


def problems(user: User) -> Iterator[Problem]:
    found = lately()
    share = found.of_accepted(found.complained) or 0.0
    if share < advice.LOOK_AT:
        return
    advised = advice.advise(found, About.PROVIDER)
    if advised.kind in ("bad", "warn"):
        title = f"{found.complained:,} of {found.accepted:,} mails ({rate(share, '0.01')}) were marked as spam"
        text = f"In the last {_DAYS} days. {advised.text}"
        url = f"{reverse('deliverability')}?days={_DAYS}"
        yield Problem(advised.kind, title, text, url, "See where", Alarm.COMPLAINTS.about())


def lately() -> Figures:
    """Accepted and complained alone, from sums."""
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, {"since": timezone.now() - timedelta(days=_DAYS), "zone": Organisation.zone()})
        accepted, complained = cursor.fetchone() or (0, 0)
    return Figures(accepted=int(accepted), complained=int(complained))


_LATELY = f"""
SELECT coalesce((SELECT sum(greatest(0, accepted - {ACCEPTED_BEFORE}))
        FROM delivery_batch b WHERE {COUNTS} AND {IN_TIME}), 0),
    coalesce((SELECT sum(complained) FROM delivery_feedbackhour WHERE hour >= %(since)s), 0)
"""  # noqa: S608
