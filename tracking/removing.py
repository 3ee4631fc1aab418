"""What readers did with batches that are about to be removed goes before them, also out of sums over several."""

from collections.abc import Sequence

from delivery.models import Batch, Chunk
from tracking.conversions.models import Conversion
from tracking.intake import hourly
from tracking.models import Event, FoldedChunk
from tracking.recent import anew


def remove(batches: Sequence[Batch]) -> None:
    """In the transaction that removes the batches, before that. What hangs on a batch by a key goes with it."""
    ids = [batch.pk for batch in batches]
    hourly.forget(ids)
    anew.look_up_people_of(batches)
    Conversion.objects.filter(batch_id__in=ids).delete()
    FoldedChunk.objects.filter(pk__in=Chunk.objects.filter(batch__in=ids).values("pk")).delete()
    for batch in batches:
        if batch.first_id is not None and batch.last_id is not None:  # events have an index on their message
            Event.objects.filter(message_id__range=(batch.first_id, batch.last_id), batch=batch).delete()
