"""The ledger's states under any order of events: the tally adds up after every step and its lists match it."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contacts.models import Contact, MailingList, Subscription
from delivery import ledger
from delivery.dispatch import tick
from delivery.ledger import building, cancelling, ids
from delivery.ledger.tallying import TERMS
from delivery.models import Batch, Chunk, Message, MessageState, Provider, Waiting
from tests.delivery.checkpoints import claim, end, pending_of, release, write
from tests.delivery.ledger.conftest import built, launched

pytestmark = pytest.mark.django_db
People = Callable[[int], MailingList]
OUTCOMES = [MessageState.ACCEPTED] * 3 + [
    s for s in MessageState if s not in (MessageState.PENDING, MessageState.SKIPPED)
]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "CHUNK", 7)
    monkeypatch.setattr(building, "SLICE", 10)


def adds_up(batch: Batch) -> None:
    batch.refresh_from_db()
    tally = ledger.tally(batch)
    assert tally.unaccounted == 0, tally.words
    for term in TERMS:
        assert len(ledger.messages(batch, term, limit=1000)) == getattr(tally, term), (term, tally.words)
    assert ledger.messages(batch, "unaccounted") == []
    assert len(ledger.messages(batch, "all", limit=1000)) == tally.total


class LedgerMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.provider = Provider.objects.create(name=str(uuid4()), host="127.0.0.1", port=2599)
        self.held: list[Chunk] = []
        self.batches: list[Batch] = []

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @rule(n=st.integers(0, 40))
    @precondition(lambda self: len(self.batches) < 3)
    def launch(self, n: int) -> None:
        mailing_list = MailingList.objects.create(name=str(uuid4()))
        contacts = Contact.objects.bulk_create(Contact(email=f"{uuid4()}@gmail.com") for _ in range(n))
        Subscription.objects.bulk_create(Subscription(contact=c, list=mailing_list) for c in contacts)
        self.batches.append(launched(self.provider, mailing_list))

    @rule(who=st.randoms())
    @precondition(lambda self: self.batches)
    def build(self, who: random.Random) -> None:
        building.build(who.choice(self.batches).pk)

    @rule(who=st.randoms())
    @precondition(lambda self: self.batches)
    def crash_while_building(self, who: random.Random) -> None:
        batch = who.choice(self.batches)
        batch.refresh_from_db()
        if batch.state == Batch.State.BUILDING and batch.first_id is None:
            first = ids.reserve(9)
            Batch.objects.filter(pk=batch.pk).update(first_id=first, last_id=first + 8)
            Message.objects.create(id=first, batch=batch, contact_id=1, email="half@nordlicht.example")

    @rule()
    def tick(self) -> None:
        assert tick.tick()

    @rule(who=st.randoms())
    @precondition(lambda self: self.batches)
    def work(self, who: random.Random) -> None:
        """Claim a chunk, or go on with one that is held; settle some of it; keep, release or end it."""
        chunk = claim(who.choice(self.batches))
        if chunk:
            self.held.append(chunk)
        if not self.held:
            return
        chunk = who.choice(self.held)
        pending = pending_of(chunk)
        write(chunk, [(i, who.choice(OUTCOMES)) for i in pending[: who.randint(0, len(pending))]])
        if not pending_of(chunk):
            end(chunk)
            self.held.remove(chunk)
        elif who.random() < 0.5:
            release(chunk)
            self.held.remove(chunk)

    @rule()
    def let_time_pass(self) -> None:
        Waiting.objects.filter(retry_at__isnull=False).update(retry_at=timezone.now())
        Batch.objects.filter(job_queued_at__isnull=False).update(job_queued_at=None)

    @rule(who=st.randoms(), verb=st.sampled_from([ledger.pause, ledger.resume, ledger.cancel, ledger.undo]))
    @precondition(lambda self: self.batches)
    def change(self, who: random.Random, verb: Callable[[Batch], None]) -> None:
        batch = who.choice(self.batches)
        batch.refresh_from_db()
        with suppress(ledger.NotPossible), transaction.atomic():
            verb(batch)

    @rule(who=st.randoms())
    @precondition(lambda self: self.batches)
    def clear_up(self, who: random.Random) -> None:
        batch = who.choice(self.batches)
        cancelling.settle(batch.pk)
        building.drop(batch.pk)

    @rule(who=st.randoms())
    @precondition(lambda self: self.batches)
    def decide_about_the_uncertain(self, who: random.Random) -> None:
        batch = who.choice(self.batches)
        batch.refresh_from_db()
        uncertain = [row.id for row in ledger.messages(batch, "uncertain", limit=1000)]
        chosen = who.sample(uncertain, who.randint(0, len(uncertain)))
        with suppress(ledger.NotPossible), transaction.atomic():
            who.choice([ledger.send_again, ledger.leave_uncertain])(batch, chosen, by="Ada")

    @rule(who=st.randoms(), as_=st.sampled_from([MessageState.ACCEPTED, MessageState.REFUSED]))
    @precondition(lambda self: self.batches)
    def hear_of_some(self, who: random.Random, as_: MessageState) -> None:
        ids = list(Message.objects.filter(batch=who.choice(self.batches)).values_list("id", flat=True))
        ledger.settle_uncertain(who.sample(ids, who.randint(0, len(ids))), as_=as_, because="Heard of.")

    @rule(n=st.integers(1, 3))
    def send_one(self, n: int) -> None:
        message = ledger.send_one(content_kind="test", content_id=n, email=f"x{n}@me.com", provider=self.provider)
        if message.batch not in self.batches:
            self.batches.append(message.batch)

    @invariant()
    def the_tally_adds_up(self) -> None:
        for batch in getattr(self, "batches", []):
            adds_up(batch)
            assert ledger.audit(batch).unaccounted == 0
            assert batch.audit == {}

    @invariant()
    def what_has_ended_has_nothing_left(self) -> None:
        for batch in getattr(self, "batches", []):
            if batch.finished_at:
                assert ledger.tally(batch).waiting == 0

    @invariant()
    def nobody_has_two(self) -> None:
        rows = Message.objects.filter(contact_id__isnull=False).values_list("batch_id", "contact_id")
        assert len(rows) == len(set(rows))


def test_the_tally_adds_up_whatever_happens() -> None:
    """Takes seconds: hundreds of steps, each followed by an audit and every list of every batch."""
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def sending(provider: Provider, people: People) -> Batch:
    batch = built(provider, people(20))
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.SENDING
    return batch


def test_a_paused_batch_offers_nothing(sending: Batch) -> None:
    assert sending.chunks.filter(offered_until__gt=timezone.now()).exists()
    ledger.pause(sending, "Because.")
    tick.tick()
    assert claim(sending) is None
    assert not sending.chunks.exclude(offered_until=None).exists()
    assert sending.state_reason == "Because."


def test_a_resumed_batch_goes_on_where_it_stopped(sending: Batch) -> None:
    chunk = claim(sending)
    assert chunk
    done = pending_of(chunk)[:2]
    write(chunk, [(i, MessageState.ACCEPTED) for i in done])
    ledger.pause(sending)
    release(chunk)
    ledger.resume(sending)
    tick.tick()
    again = claim(sending)
    assert again
    assert again.pk == chunk.pk
    assert not set(done) & set(pending_of(again))


def test_a_cancelled_batch_skips_the_rest_and_lets_what_is_on_the_wire_settle(sending: Batch) -> None:
    on_the_wire = claim(sending)
    assert on_the_wire
    ledger.cancel(sending)
    cancelling.settle(sending.pk)
    adds_up(sending)
    assert ledger.tally(sending).waiting == on_the_wire.size
    write(on_the_wire, [(pending_of(on_the_wire)[0], MessageState.ACCEPTED)])
    release(on_the_wire)
    cancelling.settle(sending.pk)
    tick.tick()
    adds_up(sending)
    assert (ledger.tally(sending).accepted, ledger.tally(sending).skipped) == (1, 19)
    assert sending.finished_at
    assert sending.state == Batch.State.CANCELLED
    assert {row.category for row in ledger.messages(sending, "skipped")} == {"cancelled"}


def test_those_who_wait_for_another_try_are_skipped_with_a_cancelled_batch(sending: Batch) -> None:
    chunk = claim(sending)
    assert chunk
    write(chunk, [(i, MessageState.DEFERRED) for i in pending_of(chunk)])
    end(chunk)
    ledger.cancel(sending)
    cancelling.settle(sending.pk)
    adds_up(sending)
    assert ledger.tally(sending).skipped == 20


def test_a_retry_in_a_workers_hands_is_not_skipped_with_the_chunk_it_once_was_in(sending: Batch) -> None:
    first = claim(sending)
    assert first
    tried = pending_of(first)[0]
    write(first, [(tried, MessageState.DEFERRED)], retry_in_seconds=0)
    release(first)
    tick.tick()
    retry = Chunk.objects.get(batch=sending, ids=[tried])
    Chunk.objects.filter(pk=retry.pk).update(owner=uuid4(), lease_until=timezone.now() + timedelta(seconds=30))
    ledger.cancel(sending)
    cancelling.settle(sending.pk)
    assert Message.objects.get(pk=tried).state == MessageState.PENDING
    adds_up(sending)
    write(retry, [(tried, MessageState.ACCEPTED)])
    release(retry)
    cancelling.settle(sending.pk)
    adds_up(sending)
    assert ledger.tally(sending).accepted == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_comes_while_its_open_batch_ends_is_not_forgotten(provider: Provider) -> None:
    first = ledger.send_one(content_kind="confirm", content_id=1, email="a@me.com", provider=provider)
    chunk = Chunk.objects.get(batch=first.batch)
    write(chunk, [(first.pk, MessageState.ACCEPTED)])
    end(chunk)

    def tick_once() -> None:
        tick.tick()
        connection.close()

    with transaction.atomic():
        ledger.send_one(content_kind="confirm", content_id=1, email="b@me.com", provider=provider)
        ticking = threading.Thread(target=tick_once)
        ticking.start()
        ticking.join(0.5)
    ticking.join()
    tick.tick()
    batch = Batch.objects.get(pk=first.batch_id)
    assert (batch.state, batch.finished_at) == (Batch.State.SENDING, None)
    adds_up(batch)


def test_a_batch_past_its_last_moment_skips_the_rest(sending: Batch) -> None:
    Batch.objects.filter(pk=sending.pk).update(expires_at=timezone.now())
    tick.tick()
    cancelling.settle(sending.pk)
    tick.tick()
    adds_up(sending)
    assert ledger.tally(sending).skipped == 20
    assert sending.finished_at


@pytest.mark.parametrize("verb", [ledger.undo, ledger.resume])
def test_what_is_not_possible_says_why(sending: Batch, verb: Callable[[Batch], None]) -> None:
    with pytest.raises(ledger.NotPossible, match=r"[A-Z].+\."):
        verb(sending)


def test_a_batch_is_done_when_nothing_is_left(sending: Batch) -> None:
    while chunk := claim(sending):
        write(chunk, [(i, MessageState.ACCEPTED) for i in pending_of(chunk)])
        end(chunk)
    tick.tick()
    adds_up(sending)
    assert sending.state == Batch.State.DONE
    assert ledger.tally(sending).is_complete


def test_due_retries_are_gathered_and_tried_again(sending: Batch) -> None:
    chunk = claim(sending)
    assert chunk
    first = pending_of(chunk)
    write(chunk, [(i, MessageState.DEFERRED) for i in first])
    end(chunk)
    tick.tick()
    assert Waiting.objects.filter(batch=sending).count() == len(first)
    Waiting.objects.filter(batch=sending).update(retry_at=timezone.now())
    tick.tick()
    adds_up(sending)
    again = claim(sending)
    assert again
    assert again.ids == first
    assert not Waiting.objects.filter(batch=sending).exists()


def test_a_chunk_that_crashed_three_workers_is_shown_and_tried_again_on_request(
    provider: Provider, people: People
) -> None:
    batch = built(provider, people(1))
    Chunk.objects.filter(batch=batch).update(quarantined=True, takeovers=3)
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.PAUSED
    assert "set aside" in batch.state_reason
    ledger.resume(batch)
    tick.tick()
    assert claim(batch)
