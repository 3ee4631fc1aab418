"""What a turn takes on, and what it leaves alone."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from redis import Redis

from accounts.models import User
from contacts.erasing import beginning
from contacts.erasing import working as erasing
from contacts.models import Contact, MailingList, Subscription, Suppression
from delivery import ledger
from delivery.dispatch import tick
from delivery.engine import process, turn
from delivery.engine.bookkeeping import window
from delivery.engine.bookkeeping.session import connection_parameters
from delivery.ledger import evidence, tally
from delivery.models import Attempt, Batch, Chunk, Message, MessageState, Waiting
from delivery.outcomes import BatchFacts
from tests.delivery.engine import plain
from tests.delivery.engine.conftest import offer
from tests.lateness import Lateness
from tests.running import until


def test_everyone_gets_the_mail_exactly_once(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    batch = batch_of(provider_of(server), 1200)
    send(batch)
    assert len(server.accepted()) == 1200
    assert not server.twice()
    assert tally(batch).words == "1,200 = 1,200 + 0 + 0 + 0 + 0"
    assert not batch.chunks.filter(is_done=False).exists()
    assert not Attempt.objects.exists(), "a first-try 250 leaves no attempt"
    assert Message.objects.filter(batch=batch, attempts=1, accepted_at__isnull=False).count() == 1200


def test_a_mail_speaks_of_the_guessed_language_where_none_was_said(serve: Any, provider_of: Any, batch_of: Any) -> None:
    batch = batch_of(provider_of(serve()), 2)
    Contact.objects.update(guessed_language="pt")
    Contact.objects.filter(email="p1@example.org").update(language="de")
    facts = BatchFacts(batch.pk, batch.stream, rehearsal=False, lists=[], compiled=plain.Plain())
    unread = window.Unread(claim=None, batch=facts, ids=range(batch.first_id, batch.last_id + 1), begin=0)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        letters, _ = window.read_window(cursor, unread, 2)
    assert [letter.recipient.merge["language"] for letter in letters] == ["pt", "de"]


def test_who_left_since_the_building_is_skipped(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    readers = MailingList.objects.create(name="Readers")
    batch = batch_of(provider_of(server), 10, lists=[readers.pk])
    people = {contact.email: contact for contact in Contact.objects.all()}
    Subscription.objects.bulk_create(
        Subscription(contact=c, list=readers, state="unsubscribed" if c.email == "p1@example.org" else "subscribed")
        for c in people.values()
    )
    Suppression.objects.create(email="p2@example.org", reason="complaint")
    people["p3@example.org"].delete()
    owner = User.objects.create(email="owner@example.org")
    erasing.work(beginning.begin("p4@example.org", by=owner, request=owner, reason="By letter").pk)
    send(batch)
    assert tally(batch).words == "10 = 6 + 0 + 0 + 0 + 4"
    reasons = dict(Waiting.objects.values_list("message_id", "category"))
    assert sorted(reasons.values()) == ["deleted", "deleted", "suppressed", "unsubscribed"]
    assert len(server.accepted()) == 6


def test_confirmation_reaches_who_left_the_newsletter(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    Suppression.objects.create(email="p0@example.org", reason="unsubscribed")
    Suppression.objects.create(email="p1@example.org", reason="hard_bounce")
    batch = batch_of(provider_of(server), 2, stream="transactional", kind="open")
    send(batch)
    assert tally(batch).words == "2 = 1 + 0 + 0 + 0 + 1"


def test_suppression_during_a_slow_send_is_seen(serve: Any, provider_of: Any, batch_of: Any) -> None:
    server = serve(delay=0.02, hold_after=1)
    batch = batch_of(provider_of(server, connections=1), 60)
    thread = Thread(target=turn.run, args=(batch.provider_id, "marketing"))
    thread.start()
    server.wait_until_held()
    Suppression.objects.create(email="p59@example.org", reason="manual")
    server.release()
    thread.join(60)
    assert tally(batch).words == "60 = 59 + 0 + 0 + 0 + 1"


def test_deferred_message_is_gathered_and_arrives_once(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    busy = [True]
    rule: Callable[[Any], str | None] = lambda t: (  # noqa: E731
        "451 4.3.0 later" if busy[0] and t.recipient.startswith("p1") else None
    )
    server = serve(rules={"rcpt": rule})
    batch = batch_of(provider_of(server), 20)
    send(batch)
    assert tally(batch).words == "20 = 9 + 11 + 0 + 0 + 0"
    for last in (False, True):
        busy[0] = not last
        Waiting.objects.update(retry_at=timezone.now())
        tick.tick()
        offer(batch)
        send(batch)
        assert tally(batch).unaccounted == 0
    assert tally(batch).words == "20 = 20 + 0 + 0 + 0 + 0"
    assert not server.twice()
    assert Attempt.objects.filter(decision="retry").count() == 22
    assert Attempt.objects.filter(decision="accepted").count() == 11
    assert Message.objects.filter(batch=batch, attempts=3).count() == 11


def test_gathered_message_is_not_read_again_by_its_first_chunk(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """Deferred, woken and pending again while the chunk that it came from is still open: it belongs to one of them."""
    server = serve()
    batch = batch_of(provider_of(server), 10)
    first, second = Message.objects.filter(batch=batch).order_by("id")[:2]
    Message.objects.filter(pk=first.pk).update(attempts=1, state=MessageState.PENDING)
    Chunk.objects.create(batch=batch, ids=[first.pk, 0], size=2, pending=1)
    batch.chunks.filter(ids=None).update(pending=9)
    offer(batch)
    send(batch)
    assert len(server.accepted()) == 10
    assert not server.twice()
    assert second.pk in {int(name.strip("<>").partition("@")[0]) for name in server.accepted()}
    assert tally(batch).words == "10 = 10 + 0 + 0 + 0 + 0"


def test_no_more_a_second_than_the_provider_takes(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    """A whole turn of ten seconds."""
    server = serve()
    provider = provider_of(server, per_second=20)
    Redis.from_url(django_settings.REDIS_URL).delete(f"tallypost:pace:{provider.pk}")
    batch = batch_of(provider, 300)
    send(batch)  # the limiter knows nothing yet, and waits until what may have been granted before is over
    time.sleep(2)
    started = time.monotonic()
    with Lateness() as machine:
        while time.monotonic() < started + 3:
            offer(batch)
            send(batch)
        seconds = time.monotonic() - started
    sent = len(server.accepted())
    assert sent <= 20 * seconds + 1
    assert sent >= min(300, 20 * (seconds - machine.total) * 0.8)
    assert tally(batch).unaccounted == 0


def test_day_limit_is_kept(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    batch = batch_of(provider_of(server, per_day=730), 1500)
    send(batch, turns=3)
    assert len(server.accepted()) == 730
    assert tally(batch).words == "1,500 = 730 + 770 + 0 + 0 + 0"


def test_message_that_cannot_be_rendered_is_skipped_alone(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve()
    batch = batch_of(provider_of(server), 5)
    Contact.objects.filter(email="p2@example.org").update(first_name="Zoë")  # plain mail knows ASCII only
    send(batch)
    assert tally(batch).words == "5 = 4 + 0 + 0 + 0 + 1"
    assert Waiting.objects.get().category == "rendering"


def test_content_that_cannot_be_prepared_pauses_the_batch(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    batch = batch_of(provider_of(serve()), 5, content_kind="nobody knows")
    send(batch)
    assert batch.state == "paused"
    assert tally(batch).words == "5 = 0 + 5 + 0 + 0 + 0"
    assert not batch.chunks.filter(owner__isnull=False).exists()


def test_password_that_no_key_opens_pauses_the_provider(serve: Any, provider_of: Any, batch_of: Any) -> None:
    server = serve()
    provider = provider_of(server, username="relay", password_sealed=b"of another installation")
    batch = batch_of(provider, 3)
    turn.run(provider.pk, "marketing")
    provider.refresh_from_db()
    assert provider.is_paused
    assert "Enter it again" in provider.state_reason
    assert tally(batch).waiting == 3
    assert not server.accepted()


def test_nothing_is_sent_without_room_for_a_journal(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.JOURNAL_DIR = tmp_path / "file" / "journal"
    server = serve()
    batch = batch_of(provider_of(server), 5)
    send(batch)
    assert not server.talks
    assert tally(batch).waiting == 5


def test_journal_that_fails_stops_the_sending(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(delay=0.002, hold_after=100)
    batch = batch_of(provider_of(server), 2000)
    engine = process.engine()
    thread = Thread(target=turn.run, args=(batch.provider_id, batch.stream))
    thread.start()
    server.wait_until_held()
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, engine.journal._fd)  # the disk is full from now on
    os.close(full)
    server.release()
    thread.join(60)
    assert len(server.accepted()) < 1000
    assert not server.twice()
    line = tally(batch)
    assert line.accepted == len(server.accepted())
    assert line.accepted + line.waiting == 2000


def test_journal_starts_anew_after_a_full_disk(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, settings: Any, tmp_path: Path
) -> None:
    test_nothing_is_sent_without_room_for_a_journal(serve, provider_of, batch_of, send, settings, tmp_path)
    settings.JOURNAL_DIR = tmp_path / "journal"
    batch = Batch.objects.get()
    send(batch)
    assert tally(batch).accepted == 5


def test_database_that_drops_its_connections_costs_nobody_a_mail(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(delay=0.001)
    batch = batch_of(provider_of(server), 3000)
    thread = Thread(target=turn.run, args=(batch.provider_id, batch.stream))
    thread.start()
    for sent in (300, 900, 1500):
        while len(server.accepted()) < sent and thread.is_alive():
            time.sleep(0.005)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tallypost engine'"
                " AND datname = current_database()"
            )
    thread.join(60)
    offer(batch)
    send(batch)
    assert tally(batch).words == "3,000 = 3,000 + 0 + 0 + 0 + 0"
    assert len(server.accepted()) == 3000
    assert not server.twice()


def test_connections_whose_place_another_took_while_the_database_restarted_are_closed(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """Some seconds: the server is slow, so that there is something left to send."""
    server = serve(delay=0.005, hold_after=50)
    provider = provider_of(server)
    batch = batch_of(provider, 800)
    thread = Thread(target=turn.run, args=(batch.provider_id, batch.stream))
    thread.start()
    server.wait_until_held()
    with psycopg.connect(**connection_parameters(), autocommit=True) as another:
        another.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tallypost engine'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        another.execute("SELECT pg_advisory_lock(%s, slot) FROM generate_series(0, 3) slot", [provider.pk])
        server.behaviour.delay = 0.05  # time enough for the worker to notice, on any machine
        server.release()
        until(lambda: not server.open, every=0.01)
        assert len(server.accepted()) < 800
        server.behaviour.delay = 0
    thread.join(60)
    offer(batch)
    send(batch)
    assert tally(batch).words == "800 = 800 + 0 + 0 + 0 + 0"
    assert not server.twice()
    assert server.most_open == 4


@pytest.mark.parametrize("delay", [0.01, 0.2], ids=["some are sent", "the first is on its way"])
def test_next_turn_goes_on_before_the_dispatcher_has_looked(
    delay: float, serve: Any, provider_of: Any, batch_of: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dispatcher may just have died: what a turn gives back because its time is up stays on offer."""
    monkeypatch.setattr(turn, "TURN_SECONDS", 0.5)
    server = serve(delay=delay)
    batch = batch_of(provider_of(server, connections=1), 60)
    while not server.accepted():  # on a busy machine a turn may be over before the first
        offer(batch)
        send(batch)
    left = 60 - len(server.accepted())
    assert left > 0
    server.behaviour.delay = 0
    monkeypatch.undo()
    send(batch)
    assert tally(batch).words == "60 = 60 + 0 + 0 + 0 + 0"
    assert not server.twice()


def test_what_a_turn_gives_back_for_a_reason_is_not_on_offer(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(rules={"rcpt": lambda t: "550 5.1.8 sender rejected" if t.accepted else None})
    batch = batch_of(provider_of(server, connections=1), 20)
    send(batch)
    assert tally(batch).waiting > 0
    assert not Chunk.objects.filter(batch=batch, offered_until__isnull=False).exists()


@pytest.mark.parametrize("stream", ["marketing", "transactional"])
def test_paused_provider_opens_no_connection(
    stream: str, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve()
    provider = provider_of(server)
    batch = batch_of(provider, 5, stream=stream)
    provider.pause("By hand")
    send(batch)
    assert not server.talks


def test_campaign_to_a_bad_list_stops_itself_and_goes_on_when_a_person_says_so(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """A third of the addresses do not exist; the first checkpoints show it."""
    server = serve(
        rules={"rcpt": lambda t: "550 5.1.1 No such user" if t.recipient.partition("@")[0][-1] in "258" else None}
    )
    now = timezone.now()
    batch = batch_of(provider_of(server, connections=2), 1500, built_at=now, started_at=now)
    send(batch)
    counted = tally(batch)
    assert batch.state == "paused"
    assert "addresses tried" in batch.state_reason
    assert counted.waiting > 0
    assert counted.unaccounted == 0
    figures = evidence.figures(batch)
    assert figures.hard == counted.refused == Waiting.objects.filter(category="invalid_recipient").count()
    for _ in range(60):
        if tally(batch).is_complete:
            break
        if batch.state == "paused":
            ledger.resume(batch)
        offer(batch)
        send(batch)
    assert tally(batch).is_complete
    assert len(server.accepted()) == tally(batch).accepted
    assert not server.twice()
