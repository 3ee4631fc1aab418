"""Refusals that are not proven: kept as waiting, settled when their provider accepts somebody in the same sending.

They are deferred messages like others, with the category `unproven`: so the tally adds up at every moment, a crash or
another worker changes nothing, and whoever is never proven dead is tried again at the usual times and never suppressed.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import F

from contacts.models import Contact
from delivery.feedback import suppression
from delivery.ledger import states, watching
from delivery.models import Attempt, Batch, Message, MessageState, Proof, Waiting
from delivery.outcomes import Outcome
from delivery.policy import proof
from delivery.replies import classify

AT_ONCE = 500


def settle_all() -> None:
    """For the tick; costs a look at an index while nobody is unproven."""
    for batch in Batch.objects.filter(finished_at=None, has_unproven=True):
        while settle(batch) == AT_ONCE:
            pass
        _look(batch)


@transaction.atomic
def settle(batch: Batch) -> int:
    """Refuse for good those whose provider has accepted somebody since; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_PROVEN, [batch.pk, AT_ONCE])
        found = [row[0] for row in cursor.fetchall()]
    outcomes = [_outcome(attempt) for attempt in Attempt.objects.filter(pk__in=found).order_by("message_id")]
    if not outcomes:
        return 0
    messages = Message.objects.select_related(None).filter(
        batch_id=batch.pk, pk__in=[o.message_id for o in outcomes], state=MessageState.DEFERRED
    )
    people = dict(messages.values_list("pk", "email"))
    refused = [outcome for outcome in outcomes if outcome.message_id in people]
    for outcome in refused:
        outcome.email = people[outcome.message_id]
        Waiting.objects.filter(pk=outcome.message_id).update(
            state=MessageState.REFUSED, category=outcome.category, retry_at=None
        )
    messages.update(state=MessageState.REFUSED)
    Attempt.objects.bulk_create(_told(batch, outcome) for outcome in refused)
    Batch.objects.filter(pk=batch.pk).update(
        deferred=F("deferred") - len(refused), refused=F("refused") + len(refused), hard=F("hard") + len(refused)
    )
    _suppress(batch, refused)
    return len(outcomes)


def _suppress(batch: Batch, refused: list[Outcome]) -> None:
    if batch.rehearsal:
        samples = Contact.objects.filter(is_sample=True, email__in=[outcome.email for outcome in refused])
        names = set(samples.values_list("email", flat=True))
        suppression.suppress(outcome for outcome in refused if outcome.email in names)
        return
    suppression.suppress(refused)
    suppression.hold_mass_events(batch.pk, refused)


def _look(batch: Batch) -> None:
    """Stop a campaign whose provider refuses everybody; forget the mark when nobody is unproven."""
    waiting = Waiting.objects.filter(batch=batch, state=MessageState.DEFERRED, category=proof.UNPROVEN)
    unproven = waiting.count()
    if batch.state == Batch.State.SENDING and not Proof.objects.filter(batch=batch).exists():
        words = proof.stop(str(batch.provider or "The provider"), unproven, batch.unproven_seen)
        if words:
            Batch.objects.filter(pk=batch.pk).update(unproven_seen=unproven)
            with transaction.atomic():
                try:
                    states.pause(batch, words)
                except states.NotPossible:
                    return
    watching.judge(batch.pk)


def _outcome(attempt: Attempt) -> Outcome:
    verdict = classify(attempt.stage, attempt.code, attempt.enhanced, attempt.text)
    return Outcome(
        attempt.message_id,
        "",
        MessageState.REFUSED,
        "refused",
        verdict.category,
        attempt.stage,
        attempt.code,
        attempt.enhanced,
        attempt.text,
        suppresses=True,
    )


def _told(batch: Batch, outcome: Outcome) -> Attempt:
    words = f"{outcome.code} {outcome.text}"[:900]
    return Attempt(
        message_id=outcome.message_id,
        batch=batch,
        stage="",
        text=f"The server accepted others meanwhile, so this counts: {words}"[:1000],
        category=outcome.category,
        decision="refused",
    )


def is_proven(cursor: Any, batch_id: int, provider_id: int) -> bool:
    cursor.execute("SELECT 1 FROM delivery_proof WHERE batch_id = %s AND provider_id = %s", [batch_id, provider_id])
    return cursor.fetchone() is not None


# The last try of each, by a provider that has accepted somebody.
_PROVEN = f"""
SELECT a.id FROM delivery_waiting w
CROSS JOIN LATERAL (
    SELECT id, provider_id FROM delivery_attempt WHERE message_id = w.message_id ORDER BY id DESC LIMIT 1) a
JOIN delivery_proof p ON p.batch_id = w.batch_id AND p.provider_id = a.provider_id
WHERE w.batch_id = %s AND w.state = {MessageState.DEFERRED} AND w.category = '{proof.UNPROVEN}'
ORDER BY w.message_id LIMIT %s FOR UPDATE OF w SKIP LOCKED
"""  # noqa: S608
