"""When a summary is due, and which days it is about. Pure."""

from datetime import date, datetime, time, timedelta, tzinfo

_FROM = time(7)
_WITHIN = timedelta(days=2)  # after that, what was missed stays missed
WEEK = timedelta(days=7)


def due(now: datetime, zone: tzinfo) -> date | None:
    """The Monday whose summary is to be mailed now; None: it is not the time."""
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    begin = datetime.combine(monday, _FROM, tzinfo=zone)
    return monday if begin <= local < begin + _WITHIN else None


def days(monday: date) -> tuple[date, date]:
    """First and last day of the week before."""
    return monday - WEEK, monday - timedelta(days=1)
