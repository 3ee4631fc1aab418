"""What is wrong now, beside what was wrong before: troubles begin, go on and end.

A trouble is told by what it is about, because its words change while it lasts. It is over once nobody has met it for a
while, so that what comes and goes is one trouble, and one mail.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Role, User
from accounts.registry import Registry
from accounts.shell import problems
from accounts.shell.problems import Problem
from delivery.alerts.models import Alert

OVER_AFTER = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=90)

Source = Callable[[User], Iterable[Problem]]
_sources = Registry[Source]()
# For troubles that stand elsewhere on Home than among what needs somebody.
register = _sources.register


def look(now: datetime | None = None) -> None:
    """As the owner sees it, who may see everything. Safe to run twice."""
    now = now or timezone.now()
    owner = User.objects.filter(is_active=True, role=Role.OWNER).order_by("pk").first()
    if owner is None:
        return
    open_alerts = {alert.about: alert for alert in Alert.objects.filter(over_at=None)}
    for problem in _alarming(owner):
        says = {"title": _title(problem), "text": problem.text, "url": problem.url, "seen_at": now}
        if problem.about in open_alerts:
            Alert.objects.filter(pk=open_alerts.pop(problem.about).pk).update(**says)
        else:
            Alert.objects.bulk_create([Alert(about=problem.about, begun_at=now, **says)], ignore_conflicts=True)
    gone = [alert.pk for alert in open_alerts.values()]
    Alert.objects.filter(pk__in=gone, over_at=None, seen_at__lte=now - OVER_AFTER).update(over_at=now)
    Alert.objects.filter(over_at__lt=now - FORGOTTEN_AFTER).delete()


def _alarming(owner: User) -> Iterator[Problem]:
    """The grave ones that can be told apart, each once."""
    found = [*problems.for_user(owner), *(problem for source in _sources for problem in source(owner))]
    known = set()
    for problem in found:
        if problem.kind == "bad" and problem.about and not problem.is_wanted and problem.about not in known:
            known.add(problem.about)
            yield problem


def _title(problem: Problem) -> str:
    """A notice has no title: its first sentence says what it is about."""
    if problem.title:
        return problem.title[:300]
    first, _, _ = problem.text.partition(". ")
    return first.rstrip(".")[:300]
