"""What batches say, compiled once. In the ledger's thread."""

from dataclasses import replace

from delivery import content
from delivery.domains.signing import loading
from delivery.models import Batch
from delivery.outcomes import BatchFacts

_KEEP = 16
_KEEP_BYTES = 100_000_000  # of files


class Contents:
    def __init__(self) -> None:
        self._batches: dict[tuple[int, int], BatchFacts] = {}

    def facts(self, batch_id: int, version: int = 1) -> BatchFacts:
        """One version of a batch's content never changes. Raises whatever a content app may raise.

        What it needs is here afterwards: in a turn nothing can fail any more that concerns more than one message.
        """
        found = self._batches.get((batch_id, version))
        if found is None:
            batch = Batch.objects.get(pk=batch_id)
            compiled = content.load(batch, version)
            if fetch := getattr(compiled, "fetch", None):
                fetch()
            self._make_room(_held(compiled))
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

    def _make_room(self, size_bytes: int) -> None:
        """The oldest go; a turn that still sends one keeps it to its end."""
        held = size_bytes + sum(_held(facts.compiled) for facts in self._batches.values())
        while self._batches and (len(self._batches) >= _KEEP or held > _KEEP_BYTES):
            held -= _held(self._batches.pop(next(iter(self._batches))).compiled)


def _held(compiled: content.Compiled) -> int:
    return getattr(compiled, "held_bytes", 0)
