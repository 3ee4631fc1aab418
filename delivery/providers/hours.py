"""What came of the tries through a provider, by the hour: written within checkpoints, so that it is exact.

Neither chunks nor messages can tell: a chunk may pass from one provider to another, and messages have no index on when
they were accepted. Rows of an hour are parted into slots, so that checkpoints of several workers do not wait for each
other's commit.
"""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any, Protocol

from django.db.models import Sum
from django.utils import timezone

from delivery.models import Provider, ProviderHour

SLOTS = 16
_KEPT = timedelta(days=8)


class Counted(Protocol):
    accepted: int
    deferred: int
    refused: int
    uncertain: int


@dataclass(frozen=True, slots=True)
class Tries:
    """One message that was deferred twice and then accepted is three tries."""

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    uncertain: int = 0
    accepted_ms: int = 0

    @property
    def total(self) -> int:
        return self.accepted + self.deferred + self.refused + self.uncertain

    @property
    def seconds_each(self) -> float | None:
        """From the first word about a mail to the answer; None: none was accepted."""
        return self.accepted_ms / self.accepted / 1000 if self.accepted else None


def note(cursor: Any, provider_id: int, counts: Counted, accepted_ms: int = 0) -> None:
    """In the transaction that settles them, as late in it as can be."""
    tried = (counts.accepted, counts.deferred, counts.refused, counts.uncertain)
    if any(tried):
        cursor.execute(_NOTE, [provider_id, SLOTS, *tried, accepted_ms])


def last_day(provider: Provider) -> Tries:
    """Of the hour that has begun and the 24 before it."""
    since = timezone.now() - timedelta(hours=25)
    sums = ProviderHour.objects.filter(provider=provider, hour__gt=since).aggregate(
        **{field.name: Sum(field.name, default=0) for field in fields(Tries)}
    )
    return Tries(**{name: int(found) for name, found in sums.items()})


def forget_old() -> None:
    ProviderHour.objects.filter(hour__lt=timezone.now() - _KEPT).delete()


_NOTE = """
INSERT INTO delivery_providerhour AS h (provider_id, hour, slot, accepted, deferred, refused, uncertain, accepted_ms)
VALUES (%s, date_trunc('hour', now(), 'UTC'), pg_backend_pid() %% %s, %s, %s, %s, %s, %s)
ON CONFLICT (provider_id, hour, slot) DO UPDATE SET accepted = h.accepted + excluded.accepted,
    deferred = h.deferred + excluded.deferred, refused = h.refused + excluded.refused,
    uncertain = h.uncertain + excluded.uncertain, accepted_ms = h.accepted_ms + excluded.accepted_ms
"""
