"""Days as an address names them."""

from datetime import date, datetime, time

from django.utils import timezone

_FIRST, _LAST = date(1990, 1, 1), date(2200, 1, 1)


def day_of(text: str) -> date | None:
    """None: it names none that anybody could mean."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if _FIRST < day < _LAST else None


def midnight(day: date | None) -> datetime | None:
    """Where a day of the organisation's begins."""
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
