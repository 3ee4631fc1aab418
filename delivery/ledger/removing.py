"""Batches that were never real go with all that was written of them."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from delivery.feedback import by_hour
from delivery.models import Batch, FeedbackEvent, Message, Returned


def remove(batches: Sequence[Batch]) -> None:
    """In the caller's transaction. What hangs on a batch by a key goes with it; messages and raw mail hang on none."""
    ids = [batch.pk for batch in batches]
    by_hour.forget(ids)
    for batch in batches:
        if batch.first_id is not None and batch.last_id is not None:  # they have no index on their batch
            Message.objects.filter(pk__range=(batch.first_id, batch.last_id), batch=batch).delete()
    told = FeedbackEvent.objects.filter(returned=OuterRef("pk"))
    Returned.objects.filter(Exists(told.filter(batch__in=ids)), ~Exists(told.exclude(batch__in=ids))).delete()
    Batch.objects.filter(pk__in=ids).delete()
