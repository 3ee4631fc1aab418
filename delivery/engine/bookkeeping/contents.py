"""What batches say, compiled once. In the ledger's thread."""

from dataclasses import replace

from delivery import content
from delivery.domains.signing import loading
from delivery.models import Batch
from delivery.outcomes import BatchFacts

_KEEP = 16


class Contents:
    def __init__(self) -> None:
        self._batches: dict[tuple[int, int], BatchFacts] = {}

    def facts(self, batch_id: int, version: int = 1) -> BatchFacts:
        """One version of a batch's content never changes. Raises whatever a content app may raise."""
        found = self._batches.get((batch_id, version))
        if found is None:
            while len(self._batches) >= _KEEP:
                del self._batches[next(iter(self._batches))]
            batch = Batch.objects.get(pk=batch_id)
            compiled = content.load(batch, version)
            dot_safe = getattr(compiled, "dot_safe", False)
            lists = list(batch.lists)
            found = BatchFacts(
                *(batch.pk, batch.stream, batch.rehearsal, lists, compiled, dot_safe, version, batch.sender_domain)
            )
        signer = loading.signer_of(found.sender_domain)
        if signer is not found.signer:
            found = replace(found, signer=signer)
        self._batches[batch_id, version] = found
        return found
