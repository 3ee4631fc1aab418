"""Campaigns that conditions may be about: real ones that went out."""

from collections.abc import Iterator

from campaigns.models import Campaign

HEADING = "What they got and did"
KNOWN = "campaigns"  # in Known.more: the latest to choose from, a Sent each by its campaign's id
Sent = tuple[str, int, int | None, int | None]  # name, batch, first and last message


def latest(most: int = 1, **which: int) -> Iterator[tuple[int, Sent]]:
    """Real ones that went out, the latest first."""
    real = Campaign.objects.filter(batch__rehearsal=False, batch__started_at__isnull=False, **which)
    rows = real.order_by("-batch_id").values_list("pk", "name", "batch_id", "batch__first_id", "batch__last_id")
    return ((key, (name, batch_id, first, last)) for key, name, batch_id, first, last in rows[:most] if batch_id)


def find(key: int) -> Sent | None:
    return next((sent for _, sent in latest(pk=key)), None)
