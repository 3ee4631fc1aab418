"""Campaigns that must not go on as they do: looked at where a figure may have moved, and by the tick in any case."""

from django.db import transaction

from delivery.ledger import evidence, states
from delivery.models import Batch
from delivery.policy import stop_rules

State = Batch.State


def judge(batch_id: int) -> bool:
    """Pause a batch and its group if its figures ask for it. Safe to call at any time, from anywhere."""
    batch = Batch.objects.filter(pk=batch_id, state=State.SENDING, stream=Batch.Stream.MARKETING).first()
    if batch is None or _decide(batch) is None:
        return False
    with transaction.atomic():
        # Somebody may just have looked at these figures and gone on.
        mates = list(evidence.together(batch).select_for_update(no_key=True).order_by("pk"))
        stop = _decide(batch)
        if stop is None:
            return False
        for mate in mates:
            if mate.state in (State.SENDING, State.HELD):
                states.pause(mate, stop.words, rule=stop.rule)
    return True


def _decide(batch: Batch) -> stop_rules.Stop | None:
    return stop_rules.decide(evidence.figures(batch), evidence.seen_before(batch))
