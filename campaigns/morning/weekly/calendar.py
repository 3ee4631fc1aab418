"""When a summary is due, and which days it is about. Pure."""

from datetime import date, datetime, time, timedelta, tzinfo

from accounts.calendar.weeks import monday_of

_FROM = time(7)
_WITHIN = timedelta(days=2)  # after that, what was missed stays missed
WEEK = timedelta(days=7)


def due(now: datetime, zone: tzinfo) -> date | None:
    """The Monday whose summary is to be mailed now; None: it is not the time."""
    local = now.astimezone(zone)
    monday = monday_of(local.date())
    begin = datetime.combine(monday, _FROM, tzinfo=zone)
    return monday if begin <= local < begin + _WITHIN else None


def days(monday: date) -> tuple[date, date]:
    """First and last day of the week before."""
    return monday - WEEK, monday - timedelta(days=1)
