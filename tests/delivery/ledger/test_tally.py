"""The numbers shown: each its own count, each with a list of exactly as many."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contacts.models import MailingList
from delivery import ledger
from delivery.dispatch import tick
from delivery.ledger import auditing
from delivery.ledger.progress import Progress, measure
from delivery.models import Batch, Chunk, Message, MessageState, MinuteCount, Provider, Waiting
from tests.delivery.checkpoints import claim, end, pending_of, write
from tests.delivery.ledger.conftest import built

pytestmark = pytest.mark.django_db
People = Callable[[int], MailingList]
KINDS = [*[MessageState.ACCEPTED] * 6, MessageState.DEFERRED, MessageState.REFUSED, MessageState.UNCERTAIN]


@pytest.fixture
def batch(provider: Provider, people: People) -> Batch:
    """Twenty people: 12 accepted, 2 deferred, 2 refused, 2 uncertain, 2 skipped."""
    batch = built(provider, people(20))
    tick.tick()
    outcomes = iter([*KINDS, *KINDS, MessageState.SKIPPED, MessageState.SKIPPED])
    while chunk := claim(batch):
        write(chunk, [(i, next(outcomes)) for i in pending_of(chunk)])
        end(chunk)
    batch.refresh_from_db()
    return batch


def one_of(batch: Batch, state: MessageState) -> Message:
    return Message.objects.filter(batch=batch, state=state).order_by("id")[0]


def damage(batch: Batch, **changes: object) -> None:
    Message.objects.filter(pk=one_of(batch, MessageState.ACCEPTED).pk).update(**changes)


def lists_match(batch: Batch) -> None:
    tally = ledger.tally(batch)
    for term in ("accepted", "waiting", "refused", "uncertain", "skipped", "unaccounted"):
        assert len(ledger.messages(batch, term)) == getattr(tally, term), term


def test_every_term_is_counted_and_listed(batch: Batch) -> None:
    assert ledger.tally(batch).words == "20 = 12 + 2 + 2 + 2 + 2"
    lists_match(batch)


def test_many_tallies_take_one_query(
    batch: Batch, provider: Provider, people: People, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = built(provider, people(3))
    with django_assert_num_queries(1):
        tallies = ledger.tallies([batch, other])
    assert (tallies[batch.pk].accepted, tallies[other.pk].waiting) == (12, 3)


def test_a_sound_batch_passes_the_audit(batch: Batch) -> None:
    assert ledger.audit(batch).unaccounted == 0
    assert batch.audit == {}


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        *((state, 99) for state in MessageState if state),
        (MessageState.ACCEPTED, MessageState.REFUSED),
        (MessageState.REFUSED, MessageState.ACCEPTED),
        (MessageState.SKIPPED, MessageState.PENDING),
    ],
)
def test_a_row_whose_state_was_damaged_shows_as_unaccounted(batch: Batch, state: int, becomes: int) -> None:
    message = one_of(batch, MessageState(state))
    Message.objects.filter(pk=message.pk).update(state=becomes)
    tally = ledger.audit(batch)
    assert tally.unaccounted == 1
    assert tally.words.endswith("+ 1 unaccounted for")
    assert [row.id for row in ledger.messages(batch, "unaccounted")] == [message.pk]
    lists_match(batch)


def test_a_row_that_was_deleted_shows_as_unaccounted(batch: Batch) -> None:
    message = one_of(batch, MessageState.ACCEPTED)
    message.delete()
    assert ledger.audit(batch).unaccounted == 1
    (row,) = ledger.messages(batch, "unaccounted")
    assert (row.id, row.email, row.state_words) == (message.pk or row.id, "", "Unaccounted for")
    lists_match(batch)


def test_a_waiting_row_that_was_deleted_shows_as_unaccounted(batch: Batch) -> None:
    Waiting.objects.filter(message_id=one_of(batch, MessageState.REFUSED).pk).delete()
    assert ledger.audit(batch).unaccounted == 1
    lists_match(batch)


@pytest.mark.parametrize("by", [-1, 1])
def test_a_counter_that_was_changed_shows_as_unaccounted(batch: Batch, by: int) -> None:
    Batch.objects.filter(pk=batch.pk).update(accepted=F("accepted") + by)
    assert ledger.audit(batch).unaccounted == 1


def test_a_row_that_was_mended_is_accounted_for_again(batch: Batch) -> None:
    damage(batch, state=99)
    assert ledger.audit(batch).unaccounted == 1
    Message.objects.filter(batch=batch, state=99).update(state=MessageState.ACCEPTED)
    assert ledger.audit(batch).unaccounted == 0


def test_recent_batches_are_audited_by_themselves(batch: Batch) -> None:
    damage(batch, state=99)
    assert auditing.audit_recent() >= 1
    batch.refresh_from_db()
    assert ledger.tally(batch).unaccounted == 1


def test_lists_go_on_after_the_last_one_seen(batch: Batch) -> None:
    first = ledger.messages(batch, "accepted", limit=5)
    second = ledger.messages(batch, "accepted", limit=50, after=first[-1].id)
    assert len(first) + len(second) == 12
    assert first[-1].id < second[0].id


def test_lists_are_searched_by_any_part_of_the_address(batch: Batch) -> None:
    email = one_of(batch, MessageState.ACCEPTED).email
    assert [row.email for row in ledger.messages(batch, search=email[:8].upper())] == [email]
    assert ledger.messages(batch, search="100%_") == []


def test_the_speed_tells_when_it_ends(provider: Provider, people: People) -> None:
    batch = built(provider, people(20))
    tick.tick()
    batch.refresh_from_db()
    assert ledger.progress(batch).seconds_left is None
    chunk = claim(batch)
    assert chunk
    write(chunk, [(i, MessageState.ACCEPTED) for i in pending_of(chunk)])
    Batch.objects.filter(pk=batch.pk).update(speed_at=F("speed_at") - timedelta(seconds=10))
    measure()
    batch.refresh_from_db()
    progress = ledger.progress(batch)
    assert progress.rate_per_second == pytest.approx(chunk.size / 10, rel=0.1)
    assert progress.seconds_left == pytest.approx((20 - chunk.size) / progress.rate_per_second, rel=0.1)


@pytest.mark.parametrize(
    ("rate", "words"), [(1250.4, "1,250 a second"), (1, "1 a second"), (0.2, "12 a minute"), (0.004, ""), (0, "")]
)
def test_pace_is_said_in_numbers_that_are_some(rate: float, words: str) -> None:
    assert Progress(rate).pace == words


def test_a_daily_limit_tells_how_many_days_it_takes(provider: Provider, people: People) -> None:
    batch = built(provider, people(20))
    Provider.objects.filter(pk=provider.pk).update(per_day=5)
    Batch.objects.filter(pk=batch.pk).update(state="sending", speed=50)
    MinuteCount.objects.create(provider=provider, minute=batch.created_at.replace(second=0, microsecond=0), count=5)
    progress = ledger.progress(Batch.objects.get(pk=batch.pk))
    assert progress.seconds_left == pytest.approx(4 * 86400, abs=120), "to the minute"


def test_a_transactional_mail_is_offered_at_once_and_its_batch_ends(provider: Provider) -> None:
    message = ledger.send_one(content_kind="confirm", content_id=3, email="ana@me.com", provider=provider)
    batch = message.batch
    assert batch.stream == Batch.Stream.TRANSACTIONAL
    chunk = claim(batch)
    assert chunk
    write(chunk, [(message.pk, MessageState.ACCEPTED)])
    end(chunk)
    tick.tick()
    batch.refresh_from_db()
    assert batch.state == Batch.State.DONE
    again = ledger.send_one(content_kind="confirm", content_id=3, email="bo@me.com", provider=provider)
    assert again.batch_id == batch.pk
    assert ledger.tally(batch).words == "2 = 1 + 1 + 0 + 0 + 0"
    assert len(ledger.messages(Batch.objects.get(pk=batch.pk), "all")) == 2


def test_a_person_gets_one_mail_of_an_open_batch(provider: Provider) -> None:
    one = ledger.send_one(content_kind="step", content_id=1, email="a@me.com", contact_id=7, provider=provider)
    two = ledger.send_one(content_kind="step", content_id=1, email="a@me.com", contact_id=7, provider=provider)
    assert one == two
    assert Chunk.objects.filter(batch=one.batch).count() == 1


def test_a_day_of_single_mails_is_a_batch_and_a_person_still_gets_one(provider: Provider) -> None:
    def send(address: str, contact_id: int) -> Message:
        return ledger.send_one(
            content_kind="step", content_id=1, email=address, contact_id=contact_id, provider=provider
        )

    yesterday = send("a@me.com", 7)
    Batch.objects.update(started_at=timezone.now() - timedelta(days=1, minutes=1))
    assert send("a@me.com", 7) == yesterday
    today = send("b@me.com", 8)
    assert today.batch_id != yesterday.batch_id
    assert send("c@me.com", 9).batch_id == today.batch_id


def test_single_mails_that_were_paused_stay_paused_the_next_day(provider: Provider) -> None:
    stopped = ledger.send_one(content_kind="step", content_id=1, email="a@me.com", provider=provider).batch
    Batch.objects.update(state="paused", started_at=timezone.now() - timedelta(days=3))
    later = ledger.send_one(content_kind="step", content_id=1, email="b@me.com", provider=provider).batch
    assert (later.pk, later.state) == (stopped.pk, "paused")


def test_mails_that_are_accepted_stay_on_their_pages(provider: Provider, people: People) -> None:
    """Also where nothing of a page can be tidied up before its last row has changed."""
    batch = built(provider, people(250))
    tick.tick()
    before = _changed_rows()
    while chunk := claim(batch):
        write(chunk, [(i, MessageState.ACCEPTED) for i in pending_of(chunk)])
        end(chunk)
    assert [now - then for now, then in zip(_changed_rows(), before, strict=True)] == [250, 250]


def _changed_rows() -> tuple[int, int]:
    """Of messages, and how many of them stayed on their page, with what tests before this one left to be counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT sum(pg_stat_get_xact_tuples_updated(inhrelid)), sum(pg_stat_get_xact_tuples_hot_updated(inhrelid))
            FROM pg_inherits WHERE inhparent = 'delivery_message'::regclass
            """
        )
        updated, on_page = cursor.fetchone()
        return int(updated), int(on_page)
