"""What refusals of a checkpoint mean beyond their messages: for the addresses, for a domain, for the campaign."""

import logging
import time

from django.db import InterfaceError, OperationalError

from delivery.feedback import failing, suppression
from delivery.ledger import watching
from delivery.models import MessageState
from delivery.outcomes import BatchFacts, Outcome
from delivery.policy import stop_rules

log = logging.getLogger(__name__)

_JUDGE_SECONDS = 0.5


class Refusals:
    """Costs nothing while nobody is refused. In the ledger's thread."""

    def __init__(self) -> None:
        self._judged_at: dict[int, float] = {}

    def before(self, settled: list[Outcome]) -> None:
        """Before the rows: a crash in between suppresses an address whose refusal the journal knows."""
        suppression.suppress(outcome for outcome in settled if outcome.suppresses)

    def after(self, batch: BatchFacts, settled: list[Outcome]) -> None:
        """With the rows written. What fails here is made good by the next refusal, or by the tick."""
        refused = [outcome for outcome in settled if outcome.state == MessageState.REFUSED]
        if not refused:
            return
        try:
            failing.note(batch.id, refused)
            if not batch.rehearsal:
                suppression.hold_mass_events(batch.id, (outcome for outcome in refused if outcome.suppresses))
            if any(outcome.category in stop_rules.COUNTED for outcome in refused):
                self._judge(batch.id)
        except (OperationalError, InterfaceError) as problem:
            log.warning("batch %s is looked at again later: %s", batch.id, problem)

    def _judge(self, batch_id: int) -> None:
        """At once, so that a campaign to a bad list stops within a second or two; the tick looks anyway."""
        now = time.monotonic()
        if now - self._judged_at.get(batch_id, 0.0) > _JUDGE_SECONDS:
            self._judged_at[batch_id] = now
            watching.judge(batch_id)
