"""What is the matter when mail waits, or goes another way, because a provider is out of order: words for its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from delivery.models import Batch, Provider
from delivery.policy import routing
from delivery.routing.carriers import Carriers


@dataclass(frozen=True, slots=True)
class Trouble:
    provider: Provider
    words: str  # a sentence that begins with its name
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Holdup:
    """`carried_by` empty: everybody who is not reached yet waits."""

    troubles: list[Trouble]
    carried_by: list[Provider]
    nothing_else: str

    @property
    def waits(self) -> bool:
        return not self.carried_by

    @property
    def carriers(self) -> str:
        return " and ".join(str(provider) for provider in self.carried_by)

    @property
    def words(self) -> str:
        """Why a message waits; empty while somebody carries it."""
        return " ".join([*(trouble.words for trouble in self.troubles), self.nothing_else]) if self.waits else ""


def holdup(batch: Batch) -> Holdup | None:
    """None: whoever should carry it does, or it is not being sent."""
    return holdups([batch]).get(batch.pk)


def holdups(batches: Iterable[Batch]) -> dict[int, Holdup]:
    """The same of many by id: providers and routes are read once."""
    sending = [batch for batch in batches if batch.state == Batch.State.SENDING]
    if not sending:
        return {}
    with connection.cursor() as cursor:
        carriers = Carriers(cursor)
        return {batch.pk: found for batch in sending if (found := _holdup(batch, carriers))}


def words(batch: Batch) -> str:
    """Why its messages wait; empty while somebody carries them."""
    found = holdup(batch)
    return found.words if found else ""


def _holdup(batch: Batch, carriers: Carriers) -> Holdup | None:
    carrying = [share.provider_id for share in carriers.shares(batch)]
    out = [pk for pk in routing.would_carry(carriers.legs(batch), carrying) if pk in carriers.providers]
    if not out:
        return None
    whose = f"mail for {batch.sender_domain}" if batch.sender_domain else "this mail"
    return Holdup(
        [trouble_of(carriers.providers[pk]) for pk in out],
        [carriers.providers[pk] for pk in carrying],
        f"Nothing else may carry {whose}.",
    )


def trouble_of(provider: Provider) -> Trouble:
    """Of one that carries nothing now."""
    found = provider.trouble
    if provider.is_in_rehearsal:
        return Trouble(provider, f"{provider} is in rehearsal, and this mail is real.", None)
    if provider.is_draining:
        return Trouble(provider, f"{provider} is being drained and takes no new mail.", None)
    if provider.is_paused:
        return Trouble(provider, f"{provider} is paused. {provider.state_reason}".strip(), None)
    if found and found.is_open:
        return Trouble(provider, found.brief, found.next_try_at)
    return Trouble(provider, f"{provider} has carried all that its limits allow for now.", None)
