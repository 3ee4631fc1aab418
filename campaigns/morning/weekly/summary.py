"""What happened in a week: the numbers of Home, within other days."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.morning import last
from campaigns.morning.last import Row
from campaigns.morning.weekly import calendar
from contacts.reach import counting, figures
from contacts.reach.figures import Change
from tracking.reports import trend

MOST = 10  # campaigns that are named


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    count: int
    before: int  # in the week before
    share: float | None  # of the accepted, or of those that count by person
    few: bool  # so small a share that its second decimal counts


@dataclass(frozen=True, slots=True)
class Summary:
    first: date
    last: date
    campaigns: list[Row]
    more: int  # campaigns that are not named
    accepted: int
    accepted_before: int
    lines: list[Line]
    audience: Change

    @property
    def has_news(self) -> bool:
        is_quiet = not self.campaigns and not self.accepted and not any(line.count for line in self.lines)
        return not is_quiet or bool(self.audience.joined or self.audience.gone)


def of(monday: date) -> Summary:
    """In the time zone that is active. As many queries for any number of campaigns."""
    first, end = calendar.days(monday)
    counts, before = trend.between(first, end), trend.between(first - calendar.WEEK, end - calendar.WEEK)
    counting.refresh()
    begun = Campaign.objects.filter(
        batch__rehearsal=False, batch__started_at__gte=_start_of(first), batch__started_at__lt=_start_of(monday)
    )
    named = begun.select_related("batch__provider").order_by("batch__started_at", "pk")[:MOST]
    accepted = counts["accepted"]
    lines = [
        Line(line.label, counts[line.key], before[line.key], trend.share(line, counts), line.few)
        for line in trend.LINES
    ]
    return Summary(
        first,
        end,
        last.rows(list(named)),
        max(0, begun.count() - MOST),
        accepted,
        before["accepted"],
        lines,
        figures.change_between(first, end),
    )


def _start_of(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
