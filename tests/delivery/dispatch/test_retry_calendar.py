"""What a checkpoint writes of those who were put off: spread over the provider's minutes, in words that are safe."""

from collections import Counter
from collections.abc import Callable

from django.db import connection

from contacts.models import MailingList
from delivery.engine.bookkeeping import settling
from delivery.engine.bookkeeping.settling import BatchRules, Counts
from delivery.models import Attempt, Batch, Message, MessageState, Provider, RetryMinute, Waiting
from delivery.outcomes import Outcome
from delivery.replies import classify
from tests.delivery.ledger.conftest import built


def put_off(batch: Batch, provider: Provider, said: str) -> None:
    """Everybody of a batch, in checkpoints of ten."""
    verdict = classify("rcpt", 451, "4.7.1", said)
    messages = list(Message.objects.filter(batch_id=batch.pk).order_by("id"))
    for n in range(0, len(messages), 10):
        outcomes = [
            Outcome(
                m.id, m.email, MessageState.DEFERRED, "retry", verdict.category, "rcpt", 451, text=said, verdict=verdict
            )
            for m in messages[n : n + 10]
        ]
        with connection.cursor() as cursor:
            settling.write(cursor, BatchRules(batch.pk, "marketing", None, provider), outcomes, Counts())


def test_two_batches_of_one_provider_never_ask_for_more_than_its_pace(
    provider: Provider, people: Callable[[int], MailingList]
) -> None:
    provider.per_minute = 12
    provider.save()
    for _ in range(2):
        put_off(built(provider, people(40)), provider, "Too many messages, slow down")
    times = Waiting.objects.filter(retry_at__isnull=False).values_list("retry_at", flat=True)
    asked = Counter(at.replace(second=0, microsecond=0) for at in times if at)
    assert sum(asked.values()) == 80
    assert max(asked.values()) <= 12
    assert {row.minute: row.count for row in RetryMinute.objects.filter(provider=provider)} == asked


def test_without_a_pace_nothing_is_booked(provider: Provider, people: Callable[[int], MailingList]) -> None:
    put_off(built(provider, people(10)), provider, "Greylisted")
    assert Waiting.objects.filter(retry_at__isnull=False).count() == 10
    assert not RetryMinute.objects.exists()


def test_the_words_of_a_server_are_kept_without_what_a_page_or_terminal_would_obey(
    provider: Provider, people: Callable[[int], MailingList]
) -> None:
    put_off(built(provider, people(1)), provider, "Later\x00\x1b[31m\x9b1m \u202egnirts\u2066 " + "ж" * 2000)
    attempt = Attempt.objects.get()
    assert attempt.text.isprintable()
    assert attempt.text.startswith("Later  [31m 1m  gnirts")
    assert len(attempt.text.encode()) <= 1000
    assert attempt.next_attempt_at == Waiting.objects.get().retry_at
    assert (attempt.provider, attempt.stage, attempt.code, attempt.category) == (provider, "rcpt", 451, "unknown")
