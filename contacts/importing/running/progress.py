"""How far an import, or its undoing, is, in numbers that a page can show."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone

_QUIET_AFTER = timedelta(seconds=45)


class Work(Protocol):
    rows_done: int
    rows_total: int
    started_at: datetime | None
    alive_at: datetime | None


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    text: str
    is_quiet: bool  # nobody seems to be at work


def of(job: Work) -> Progress:
    now = timezone.now()
    seconds = (now - job.started_at).total_seconds() if job.started_at else 0
    rate = job.rows_done / seconds if seconds > 1 else 0
    text = f"{rate:,.0f} rows a second, {_left(job, rate)} left" if rate else "starting"
    if job.rows_total and job.rows_done >= job.rows_total:
        text = "comparing with the contacts there are"
    is_quiet = job.alive_at is not None and now - job.alive_at > _QUIET_AFTER
    return Progress(job.rows_done, job.rows_total, text, is_quiet)


def _left(job: Work, rate: float) -> str:
    seconds = (job.rows_total - job.rows_done) / rate
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"
