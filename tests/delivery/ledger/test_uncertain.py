"""What is learnt of uncertain messages later, and what people decide about them: every count moves with its row."""

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from contacts.models import MailingList
from delivery import ledger
from delivery.dispatch import tick
from delivery.engine import recovery
from delivery.engine.bookkeeping import checkpoint
from delivery.engine.bookkeeping.session import connection_parameters
from delivery.engine.journal import Held, Journal
from delivery.ledger import cancelling
from delivery.models import Attempt, Batch, Chunk, Message, MessageState, Provider, Version, Waiting
from delivery.outcomes import Flush
from tests.delivery.checkpoints import claim, end, pending_of, release, write
from tests.delivery.engine.test_recovery import wait_for
from tests.delivery.ledger.conftest import built
from tests.delivery.ledger.test_states import adds_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def sending(provider: Provider, people: Callable[[int], MailingList]) -> Batch:
    batch = built(provider, people(10))
    tick.tick()
    batch.refresh_from_db()
    return batch


def some_uncertain(batch: Batch, n: int = 2) -> list[int]:
    """Of one chunk, which is then given back or over."""
    chunk = claim(batch)
    assert chunk
    ids = pending_of(chunk)[:n]
    write(chunk, [(id_, MessageState.UNCERTAIN) for id_ in ids])
    end(chunk) if not pending_of(chunk) else release(chunk)
    return ids


def line(batch: Batch) -> str:
    adds_up(batch)
    assert ledger.audit(batch).unaccounted == 0
    return ledger.tally(batch).words


def finish(batch: Batch) -> None:
    tick.tick()
    while chunk := claim(batch):
        write(chunk, [(id_, MessageState.ACCEPTED) for id_ in pending_of(chunk)])
        end(chunk)
        tick.tick()
    batch.refresh_from_db()


@pytest.mark.parametrize("is_over", [False, True])
def test_what_is_learnt_later_settles_a_message(is_over: bool, sending: Batch) -> None:
    first, second = some_uncertain(sending)
    if is_over:
        finish(sending)
        assert sending.state == Batch.State.DONE
    before = ledger.tally(sending)
    assert ledger.settle_uncertain([first, second + 1, 999], as_=MessageState.ACCEPTED, because="It was opened.") == 1
    assert ledger.settle_uncertain([first], as_=MessageState.REFUSED, because="Too late.") == 0
    assert ledger.settle_uncertain([second], as_=MessageState.REFUSED, because="It came back.") == 1
    line(sending)
    now = ledger.tally(sending)
    assert (now.accepted, now.refused, now.uncertain) == (before.accepted + 1, 1, 0)
    known = Message.objects.get(pk=first)
    assert known.accepted_at == Attempt.objects.get(message_id=first, decision="uncertain").at
    assert Attempt.objects.filter(message_id=first).latest("id").text == "It was opened."


def test_one_that_is_sent_again_is_sent_once_more(sending: Batch) -> None:
    first, second = some_uncertain(sending)
    finish(sending)
    assert ledger.send_again(sending, [first], by="Ada") == 1
    assert sending.state == Batch.State.SENDING, "what was through begins once more"
    assert line(sending) == "10 = 8 + 1 + 0 + 1 + 0"
    assert ledger.send_again(sending, [first], by="Ada") == 0
    tick.tick()
    chunk = claim(sending)
    assert chunk
    assert pending_of(chunk) == [first]
    write(chunk, [(first, MessageState.ACCEPTED)])
    end(chunk)
    tick.tick()
    assert line(sending) == "10 = 9 + 0 + 0 + 1 + 0"
    assert sending.state == Batch.State.DONE
    assert Attempt.objects.get(message_id=first, decision="again").text == "Ada decided to send it again."
    assert ledger.undecided([sending.pk]) == {sending.pk: 1}
    assert second


def test_all_can_be_sent_again_while_it_is_paused(sending: Batch) -> None:
    some_uncertain(sending, 2)
    some_uncertain(sending, 1)
    ledger.pause(sending)
    assert ledger.send_again(sending, by="Ada") == 3
    assert sending.state == Batch.State.PAUSED
    assert line(sending) == "10 = 0 + 10 + 0 + 0 + 0"
    ledger.resume(sending)
    finish(sending)
    assert line(sending) == "10 = 10 + 0 + 0 + 0 + 0"


@pytest.mark.parametrize("as_", [MessageState.ACCEPTED, MessageState.REFUSED])
def test_a_second_sending_is_called_off_when_the_first_is_heard_of(as_: MessageState, sending: Batch) -> None:
    first, second = some_uncertain(sending)
    finish(sending)
    ledger.send_again(sending, by="Ada")
    assert ledger.settle_uncertain([first], as_=as_, because="It was opened.") == 1
    assert Chunk.objects.filter(batch=sending, ids__contains=[second]).exists()
    assert not Chunk.objects.filter(batch=sending, ids__contains=[first], is_done=False).exists()
    line(sending)
    finish(sending)
    assert line(sending) == ("10 = 10 + 0 + 0 + 0 + 0" if as_ == MessageState.ACCEPTED else "10 = 9 + 0 + 1 + 0 + 0")
    assert sending.state == Batch.State.DONE


def test_a_journal_that_is_found_again_calls_off_a_second_sending(sending: Batch, tmp_path: Path) -> None:
    first, second = some_uncertain(sending)
    finish(sending)
    ledger.send_again(sending, by="Ada")
    journal = Journal(tmp_path)
    for message_id in (first, second):
        journal.begun(1, 1, message_id)
    journal.accepted(1, 1, first)
    journal.close()
    with Held(journal.path) as held:
        assert recovery.settle_late(held) == 1
    assert Message.objects.get(pk=first).state == MessageState.ACCEPTED
    assert Message.objects.get(pk=second).state == MessageState.PENDING, "nobody knows more of it than before"
    line(sending)


def test_one_in_a_workers_hands_is_not_called_off(sending: Batch) -> None:
    first, _ = some_uncertain(sending)
    finish(sending)
    ledger.send_again(sending, [first], by="Ada")
    tick.tick()
    assert claim(sending)
    assert ledger.settle_uncertain([first], as_=MessageState.ACCEPTED, because="It was opened.") == 0
    assert Message.objects.get(pk=first).state == MessageState.PENDING


def test_an_ordinary_retry_is_not_called_off(sending: Batch) -> None:
    """A refusal for now was an answer: what is heard meanwhile may be of a scanner before it."""
    chunk = claim(sending)
    assert chunk
    tried = pending_of(chunk)[0]
    write(chunk, [(tried, MessageState.DEFERRED)], retry_in_seconds=0)
    release(chunk)
    tick.tick()
    assert Message.objects.get(pk=tried).state == MessageState.PENDING
    assert ledger.settle_uncertain([tried], as_=MessageState.ACCEPTED, because="It was opened.") == 0
    line(sending)


def test_one_that_is_left_stays_uncertain_and_asks_no_more(sending: Batch) -> None:
    first, _ = some_uncertain(sending)
    assert ledger.undecided([sending.pk]) == {sending.pk: 2}
    assert ledger.leave_uncertain(sending, [first], by="Ada") == 1
    assert ledger.leave_uncertain(sending, by="Ada") == 1
    assert ledger.leave_uncertain(sending, by="Ada") == 0
    assert ledger.undecided([sending.pk]) == {}
    assert line(sending) == "10 = 0 + 8 + 0 + 2 + 0"
    assert ledger.send_again(sending, [first], by="Bo") == 1, "a mind may be changed"


@pytest.mark.parametrize("reason", ["cancelled", "expired", "removed"])
def test_what_is_over_for_good_is_not_sent_again(reason: str, sending: Batch) -> None:
    some_uncertain(sending)
    if reason == "cancelled":
        ledger.cancel(sending)
        cancelling.settle(sending.pk)
    elif reason == "expired":
        sending.expires_at = timezone.now()
    else:
        sending.provider.removed_at = timezone.now()  # type: ignore[union-attr]
    with pytest.raises(ledger.NotPossible, match=r"[A-Z].+\."):
        ledger.send_again(sending, by="Ada")
    assert Waiting.objects.filter(batch=sending, state=MessageState.UNCERTAIN).count() == 2
    line(sending)


def test_a_batch_cancelled_in_the_same_moment_keeps_them_uncertain(sending: Batch) -> None:
    some_uncertain(sending)
    stale: Any = Batch.objects.get(pk=sending.pk)
    ledger.cancel(sending)
    cancelling.settle(sending.pk)
    with pytest.raises(ledger.NotPossible):
        ledger.send_again(stale, by="Ada")
    assert line(sending) == "10 = 0 + 0 + 0 + 2 + 8"


@pytest.mark.django_db(transaction=True)
def test_a_checkpoint_and_what_is_learnt_do_not_wait_for_each_other(sending: Batch) -> None:
    """Both change the batch and its versions, the chunk of a second sending at its end: each the batch first."""
    some_uncertain(sending)
    finish(sending)
    ledger.send_again(sending, by="Ada")
    later = {"content_id": 2, "since": timezone.now(), "accepted_before": 8}
    version = Version.objects.create(batch=sending, version=2, **later)
    tick.tick()
    chunk = claim(sending)
    assert chunk
    assert chunk.ids
    ids = pending_of(chunk)
    assert sending.provider
    flush = Flush(
        chunk.pk,
        chunk.epoch,
        chunk.flush_no,
        sending.provider,
        sending.pk,
        granted_to=len(ids),
        window_end=len(ids),
        accepted=ids,
        by_ids=True,
        ends=True,
        is_pinned=True,
    )
    with psycopg.connect(**connection_parameters()) as learner, psycopg.connect(**connection_parameters()) as worker:
        learner.execute("UPDATE delivery_batch SET uncertain = uncertain WHERE id = %s", [sending.pk])
        thread = Thread(target=checkpoint.write, args=(worker.cursor(), flush))
        thread.start()
        waits = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
        wait_for(lambda: learner.execute(waits, [worker.info.backend_pid]).fetchone())
        learner.execute("UPDATE delivery_version SET accepted_before = accepted_before WHERE id = %s", [version.pk])
        learner.commit()
        thread.join(60)
    version.refresh_from_db()
    assert version.accepted_before == 8 + len(ids)
