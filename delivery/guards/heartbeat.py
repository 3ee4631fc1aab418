"""When the dispatcher was last at work, so that pages can say that nobody is."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

KEY = "delivery.tick"
SILENT_AFTER = timedelta(seconds=60)
STARTED = timezone.now()  # with this process come the workers: they have as long to be heard of


def beat() -> None:
    cache.set(KEY, timezone.now(), timeout=None)


def silent_since() -> datetime | None:
    """Since when the background workers have not been heard of; None while they are, or before they ever were."""
    last: datetime | None = cache.get(KEY)
    return last if last and max(last, STARTED) < timezone.now() - SILENT_AFTER else None
