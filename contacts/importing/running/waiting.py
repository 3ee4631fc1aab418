"""Imports that need somebody, for Home: waiting for an answer, failed, or not moving."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from accounts.shell.problems import Problem
from accounts.wording import isolated
from contacts.models import ImportJob

_NEWS_FOR = timedelta(days=7)
_STUCK_AFTER = timedelta(minutes=5)  # the sweep picks up a lost one within a minute or two
_MOST = 5
State = ImportJob.State
_WAITS = (State.UPLOADED, State.READY)


def problems(user: User) -> Iterator[Problem]:
    """Only those of their own wait for people; what failed or stands still concerns all."""
    for job in jobs().filter(~Q(state__in=_WAITS) | Q(created_by=user)).order_by("-pk")[:_MOST]:
        yield _problem(job)


def jobs() -> QuerySet[ImportJob]:
    """That wait for somebody, whoever it is, failed lately or do not move."""
    waits = Q(state__in=_WAITS, created_at__gt=Now() - _NEWS_FOR)
    failed = Q(state=State.FAILED, finished_at__gt=Now() - _NEWS_FOR)
    stuck = Q(state__in=(State.READING, State.CHECKING, State.RUNNING), alive_at__lt=Now() - _STUCK_AFTER)
    return ImportJob.objects.filter(waits | failed | stuck)


def _problem(job: ImportJob) -> Problem:
    name, url = isolated(str(job)), job.get_absolute_url()
    match job.state:
        case State.UPLOADED:
            text = "Say which column is what; nothing is imported yet."
            return Problem("wait", f"The import of {name} waits for you", text, url, "Go on")
        case State.READY:
            text = "It has been checked; nothing is imported yet."
            return Problem("wait", f"The import of {name} waits for you", text, url, "Go on")
        case State.FAILED:
            return Problem("bad", f"The import of {name} failed", job.problem, url, "See why")
        case _:
            text = f"It stands at {job.rows_done:,} of {job.rows_total:,} rows. The workers may be down or very busy."
            return Problem("warn", f"The import of {name} does not move", text, url, "Look at it")
