"""What a person has to cure before more is sent."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from delivery import ledger
from delivery.models import Batch, Provider
from delivery.replies import Category
from delivery.routing import circuits

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Halt:
    """Of a batch, or (None) of the provider."""

    batch_id: int | None
    reason: str
    detail: str
    category: str = ""
    wait_seconds: float = 0.0  # that the provider asked for


def pause(provider: Provider, halts: Iterable[Halt]) -> None:
    for halt in halts:
        if halt.batch_id is None:
            log.warning("%s is left alone: %s (%s)", provider, halt.reason, halt.detail)
            circuits.refused(provider, Category(halt.category), halt.detail, halt.wait_seconds)
            continue
        try:
            ledger.pause(Batch.objects.get(pk=halt.batch_id), f"{halt.reason} {halt.detail}"[:500])
        except (ledger.NotPossible, Batch.DoesNotExist):
            log.info("batch %s had stopped already", halt.batch_id)
