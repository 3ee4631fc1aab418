"""A campaign whose figures are bad pauses itself and its group; going on is a person's decision, asked for once."""

from collections.abc import Callable

import pytest
from django.db.models import F
from django.utils import timezone

from contacts.models import MailingList
from delivery import ledger
from delivery.dispatch import tick
from delivery.ledger import cancelling, watching
from delivery.models import Batch, FeedbackCount, Provider
from tests.delivery.ledger.conftest import built

pytestmark = pytest.mark.django_db
People = Callable[[int], MailingList]


@pytest.fixture
def sending(provider: Provider, people: People) -> Callable[..., Batch]:
    def make(group: str = "campaign-1", **changes: object) -> Batch:
        batch = built(provider, people(3), group=group)
        Batch.objects.filter(pk=batch.pk).update(state="sending", started_at=timezone.now(), **changes)
        batch.refresh_from_db()
        return batch

    return make


def happened(batch: Batch, **counts: int) -> None:
    """In its one live chunk, as a checkpoint counts."""
    assert batch.chunks.filter(pk=batch.chunks.earliest("pk").pk).update(
        **{name: F(name) + n for name, n in counts.items()}
    )


def state(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.state


def test_it_pauses_with_the_figures_and_the_next_step(sending: Callable[..., Batch]) -> None:
    batch = sending()
    happened(batch, accepted=190, refused=10, hard=10)
    assert not watching.judge(batch.pk)
    happened(batch, refused=1, hard=1)
    assert watching.judge(batch.pk)
    assert state(batch) == "paused"
    assert batch.stop_rule == "hard"
    assert batch.state_reason.startswith("11 of 201 addresses tried (5.5\N{NO-BREAK SPACE}%) do not exist.")


def test_the_tick_stops_what_no_worker_reported(sending: Callable[..., Batch]) -> None:
    batch = sending(accepted=1_000)
    FeedbackCount.objects.create(batch=batch, lane="other", complained=3)
    tick.tick()
    assert state(batch) == "paused"
    assert batch.stop_rule == "complained"


def test_going_on_takes_the_figures_as_seen(sending: Callable[..., Batch]) -> None:
    batch = sending()
    happened(batch, accepted=150, refused=50, hard=50)
    assert watching.judge(batch.pk)
    ledger.resume(batch)
    assert not watching.judge(batch.pk)
    assert (state(batch), batch.state_reason, batch.stop_rule) == ("sending", "", "")
    happened(batch, accepted=180, refused=20, hard=20)
    assert watching.judge(batch.pk)
    batch.refresh_from_db()
    assert batch.state_reason.startswith("Since it was resumed, 20 of 200 addresses tried (10.0\N{NO-BREAK SPACE}%)")


def test_a_pause_by_hand_changes_nothing_of_what_is_watched(sending: Callable[..., Batch]) -> None:
    batch = sending()
    happened(batch, accepted=190, refused=10, hard=10)
    ledger.pause(batch)
    ledger.resume(batch)
    happened(batch, refused=1, hard=1)
    assert watching.judge(batch.pk)


def test_editions_of_one_campaign_are_judged_and_paused_together(sending: Callable[..., Batch]) -> None:
    first, second, other = sending(), sending(), sending(group="campaign-2")
    rehearsed = sending(rehearsal=True)
    for batch in (first, second):
        happened(batch, accepted=100, refused=10, blocked=2)
    happened(rehearsed, accepted=1_000)
    assert watching.judge(second.pk)
    assert [state(batch) for batch in (first, second, other, rehearsed)] == ["paused", "paused", "sending", "sending"]
    ledger.resume(first)
    assert not watching.judge(first.pk)
    assert (state(first), state(second)) == ("sending", "paused")


def test_confirmations_are_not_stopped(sending: Callable[..., Batch]) -> None:
    batch = sending(stream="transactional")
    happened(batch, accepted=100, refused=200, hard=200)
    assert not watching.judge(batch.pk)
    assert state(batch) == "sending"


def test_what_ended_and_what_was_cancelled_keeps_its_counts(sending: Callable[..., Batch]) -> None:
    batch = sending()
    happened(batch, refused=3, hard=2, blocked=1, pending=-3)
    ledger.cancel(batch)
    cancelling.settle(batch.pk)
    batch.refresh_from_db()
    assert (batch.hard, batch.blocked) == (2, 1)
