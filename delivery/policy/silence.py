"""When the silence of a provider that reports to us means that something is broken. Pure."""

from datetime import datetime, timedelta

WITHIN = timedelta(hours=24)
ENOUGH = 200  # of so many mails at least one is delivered, put off or refused, and told so, in every account we know of


def is_silent(accepted: int, last_event_at: datetime | None, since: datetime, now: datetime) -> bool:
    """`accepted`: by that provider within the last 24 hours. `since`: when it was asked to report."""
    return accepted > ENOUGH and now - max(last_event_at or since, since) >= WITHIN
