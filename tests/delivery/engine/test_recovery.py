"""Workers are killed with SIGKILL in the middle of a send; the server's own log says who got what."""

import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.db.models.functions import Now

from delivery.dispatch import tick
from delivery.engine import process, recovery, turn
from delivery.engine.bookkeeping import session
from delivery.engine.bookkeeping.session import Ledger, connection_parameters
from delivery.engine.journal import Held
from delivery.ledger import tally
from delivery.models import Attempt, Batch, Chunk, Message, MessageState, Provider, Turn, Waiting
from tests.delivery.engine import worker as sending
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.server import Server
from tests.forked import Forked
from tests.running import database_url

PEOPLE = 1500
CONNECTIONS = 6
ROOT = Path(__file__).resolve().parents[3]


class Workers:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[Forked | subprocess.Popen[bytes]] = []

    def start(self, batch: Batch, fault: str = "") -> Forked:
        environment = {"DATABASE_URL": database_url(), "TALLYPOST_VAR": str(self.folder)}
        worker = Forked(sending.main, batch.provider_id, batch.pk, fault, environment=environment)
        self.running.append(worker)
        return worker

    def kill(self) -> None:
        for worker in self.running:
            if worker.poll() is None:
                worker.kill()
            worker.wait(60)


@pytest.fixture
def workers(tmp_path: Path) -> Any:
    crowd = Workers(tmp_path)
    yield crowd
    crowd.kill()


def recover_all(batch: Batch) -> int:
    owned = list(Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False))
    for chunk in owned:
        assert recovery.recover(chunk.pk), "the lock of a dead process is free"
    return len(owned)


def wait_for(condition: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.01)


def finish(batch: Batch) -> None:
    """What the dead left is done by this process."""
    offer(batch)
    free = Chunk.objects.filter(batch=batch, is_done=False, owner=None, quarantined=False, offered_until__gt=Now())
    for _ in range(30):
        if not free.exists():
            return
        turn.run(batch.provider_id or 0, batch.stream)
    raise AssertionError("thirty turns did not end it")


def check(server: Server, batch: Batch, uncertain_at_most: int) -> None:
    """Nobody twice; who is not uncertain got it once; the line adds up and lists what it counts."""
    batch.refresh_from_db()
    line = tally(batch)
    assert not server.twice()
    assert server.most_open <= CONNECTIONS
    assert line.unaccounted == 0
    assert line.waiting == 0
    assert line.uncertain <= uncertain_at_most
    got = {int(name.strip("<>").partition("@")[0]) for name in server.accepted()}
    states = dict(Message.objects.filter(batch=batch).values_list("id", "state"))
    accepted = {i for i, state in states.items() if state == MessageState.ACCEPTED}
    uncertain = {i for i, state in states.items() if state == MessageState.UNCERTAIN}
    assert accepted <= got
    assert got <= accepted | uncertain
    assert len(accepted) + len(uncertain) == batch.total
    assert len(accepted) == line.accepted
    assert len(uncertain) == line.uncertain
    listed = set(Waiting.objects.filter(batch=batch).values_list("message_id", flat=True))
    assert listed == uncertain
    assert set(Attempt.objects.filter(batch=batch, decision="uncertain").values_list("message_id", flat=True)) == (
        uncertain
    )


@pytest.mark.parametrize("pipelining", [True, False], ids=["chained", "one by one"])
@pytest.mark.parametrize("point", ["before_dot", "after_dot", "after_250", "after_journal"])
def test_worker_killed_at_a_point_costs_at_most_its_connections(
    point: str, pipelining: bool, serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    """Some seconds: real processes."""
    server: Server = serve(features=["PIPELINING", "SIZE 10000000"] if pipelining else [])
    batch: Batch = batch_of(provider_of(server, connections=CONNECTIONS), PEOPLE)
    victim = workers.start(batch, f"{point}:{PEOPLE // 3}:{tmp_path / 'killed'}")
    assert victim.wait(60) == -signal.SIGKILL
    assert 0.2 * PEOPLE <= len(server.accepted()) <= 0.8 * PEOPLE
    assert recover_all(batch) >= 1
    finish(batch)
    check(server, batch, CONNECTIONS)


@pytest.mark.parametrize("seed", range(4))
def test_one_of_two_workers_killed_at_any_moment(
    seed: int, serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    """Some seconds: real processes."""
    moment = random.Random(seed).randint(PEOPLE // 2, PEOPLE)
    server: Server = serve(hold_after=moment)
    provider: Provider = provider_of(server, connections=CONNECTIONS)
    batch: Batch = batch_of(provider, 2 * PEOPLE, state="paused")
    victim, survivor = workers.start(batch), workers.start(batch)
    wait_for(lambda: len(list((tmp_path / "journal").glob("*.journal"))) == 2)
    Batch.objects.filter(pk=batch.pk).update(state="sending")
    server.wait_until_held()
    victim.kill()
    victim.wait(60)
    assert moment <= len(server.accepted()) <= 0.8 * 2 * PEOPLE, "killed in the middle"
    server.release()
    assert survivor.wait(60) == 0
    recover_all(batch)
    finish(batch)
    check(server, batch, CONNECTIONS)


def test_without_its_journal_what_the_window_allowed_is_uncertain(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    server: Server = serve()
    batch: Batch = batch_of(provider_of(server, connections=CONNECTIONS), PEOPLE)
    assert workers.start(batch, f"after_250:{PEOPLE // 2}:{tmp_path / 'killed'}").wait(60) == -signal.SIGKILL
    for path in (tmp_path / "journal").glob("*.journal"):
        path.unlink()
    owned = Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False)
    assert not any(recovery.recover(chunk.pk) for chunk in owned), "a lease that runs proves that it may live"
    owned.update(lease_until="2001-01-01T00:00Z")
    chunks = list(owned)
    assert recover_all(batch) == len(chunks)
    finish(batch)
    check(server, batch, sum(chunk.window_end for chunk in chunks))


def test_death_is_seen_before_the_leases_end(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    """The lock of its journal went with it; that of this process is held."""
    provider = provider_of(serve(), connections=CONNECTIONS)
    batch: Batch = batch_of(provider, PEOPLE)
    engine = process.engine()
    with closing(Ledger()) as ledger:
        ours = ledger.claim(provider, batch.stream, uuid4(), engine.place, 500)
    assert ours
    assert workers.start(batch, f"after_250:{PEOPLE // 2}:{tmp_path / 'killed'}").wait(60) == -signal.SIGKILL
    owned = Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False)
    with connection.cursor() as cursor:
        tick.recover_lost(cursor)
    looked_into = set(owned.filter(recovery_until__isnull=False).values_list("pk", flat=True))
    assert looked_into
    assert looked_into == set(owned.exclude(pk=ours.chunk_id).values_list("pk", flat=True))


def test_process_that_starts_frees_what_a_dead_one_held(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    """Also on a host without a dispatcher, and also a turn that the dead one had fetched and not begun."""
    server: Server = serve()
    provider: Provider = provider_of(server, connections=CONNECTIONS)
    batch: Batch = batch_of(provider, PEOPLE)
    assert workers.start(batch, f"after_250:{PEOPLE // 2}:{tmp_path / 'killed'}").wait(60) == -signal.SIGKILL
    Turn.objects.create(provider=provider, stream=batch.stream)
    successor = threading.Thread(target=process._succeed)
    successor.start()
    successor.join()
    assert not Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False).exists()
    assert not Turn.objects.exists()
    finish(batch)
    check(server, batch, CONNECTIONS)


def test_two_recoveries_at_once_read_the_journal_one_after_the_other(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    """As when all workers of a machine start again: whoever finds the lock taken must not think the journal lost."""
    server: Server = serve()
    batch: Batch = batch_of(provider_of(server, connections=CONNECTIONS), PEOPLE)
    assert workers.start(batch, f"after_250:{PEOPLE // 2}:{tmp_path / 'killed'}").wait(60) == -signal.SIGKILL
    owned = Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False)
    owned.update(lease_until="2001-01-01T00:00Z")
    (path,) = (tmp_path / "journal").glob("*.journal")
    other = threading.Timer(0.5, Held(path).__exit__)
    other.start()
    assert recover_all(batch)
    other.join()
    finish(batch)
    check(server, batch, CONNECTIONS)


def test_worker_that_is_told_to_go_in_the_middle_settles_what_it_knows(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    """It hears what is on the wire and gives the rest back; nobody may have to ask whether a mail arrived."""
    server: Server = serve(delay=0.001, hold_after=PEOPLE // 5)
    batch: Batch = batch_of(provider_of(server, connections=CONNECTIONS), PEOPLE)
    worker = workers.start(batch)
    server.wait_until_held()
    worker.terminate()
    server.release()
    assert worker.wait(60) == 0
    assert not Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False).exists()
    assert not list((tmp_path / "journal").iterdir())
    finish(batch)
    check(server, batch, 0)


def test_worker_that_loses_the_database_leaves_its_chunks_and_lives(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, monkeypatch: Any
) -> None:
    """Else the next turns write over the records that a recovery needs, before it comes and kills the process."""
    monkeypatch.setattr(turn, "TURN_SECONDS", 0.5)
    monkeypatch.setattr(turn, "_GIVE_UP_SECONDS", 0.5)
    server: Server = serve(delay=0.001, hold_after=PEOPLE // 20)
    batch: Batch = batch_of(provider_of(server, connections=CONNECTIONS), PEOPLE)

    def take_turns() -> None:
        try:
            while not server.held.is_set():  # on a busy machine one turn is over before so many are accepted
                offer(batch)
                turn.run(batch.provider_id or 0, batch.stream)
        finally:
            connection.close()  # of this thread, which may not have noticed that the server ended it

    turns = threading.Thread(target=take_turns)
    turns.start()
    server.wait_until_held()
    with database_away():
        server.release()
        turns.join(60)
    owned = Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False)
    assert owned.exists()
    assert process.engine().journal.path.name not in owned.values_list("journal", flat=True)
    wait_for(lambda: not [recovery.recover(chunk.pk) for chunk in owned.all()])  # its own sweep may be at it, too
    monkeypatch.undo()
    offer(batch)
    send(batch)
    check(server, batch, CONNECTIONS)


@contextmanager
def database_away() -> Iterator[None]:
    """For everybody but this thread."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]
    with psycopg.connect(**connection_parameters() | {"dbname": "postgres"}, autocommit=True) as door:
        door.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        door.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s", [name, ours]
        )
        yield
        door.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_what_a_frozen_process_holds_in_a_transaction_holds_nobody_up(serve: Any, provider_of: Any) -> None:
    """PostgreSQL takes the row back; whoever had it is told, has changed nothing and goes on with a new connection."""
    provider = provider_of(serve(), connections=1)
    row = Provider.objects.filter(pk=provider.pk)

    def freeze(cursor: Any) -> None:
        assert cursor.execute("SHOW idle_in_transaction_session_timeout").fetchone() == (session.FROZEN_AFTER,)
        cursor.execute("UPDATE delivery_provider SET name = 'Half done' WHERE id = %s", [provider.pk])
        cursor.execute("SET idle_in_transaction_session_timeout = '50ms'")  # as if that were over
        row.update(name="Somebody else's")
        cursor.execute("SELECT 1")

    with closing(Ledger()) as ledger:
        with pytest.raises(psycopg.OperationalError):
            ledger.transact(freeze)
        assert ledger.lost == 1
        assert row.get().name == "Somebody else's"
        name = "SELECT name FROM delivery_provider WHERE id = %s"
        assert ledger.transact(lambda cursor: cursor.execute(name, [provider.pk]).fetchone()) == ("Somebody else's",)


@pytest.mark.parametrize("whose", ["a page's", "the ledger's"])
def test_machine_that_is_gone_is_missed_before_the_kernel_would_ask(whose: str) -> None:
    """Over a socket of one machine the values say nothing: where they come from does."""
    sources = "SELECT source FROM pg_settings WHERE name ~ '^tcp_(keepalives|user_timeout)' ORDER BY name"
    if whose == "a page's":
        connection.close()  # what a test leaves to the next has forgotten what was set
        with connection.cursor() as cursor:
            cursor.execute(sources)
            found = cursor.fetchall()
    else:
        with closing(Ledger()) as ledger:
            found = ledger.transact(lambda cursor: cursor.execute(sources).fetchall())
    assert found == [("session",)] * 4


def test_stopped_worker_is_fenced_and_killed_when_its_grace_is_over(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers
) -> None:
    server: Server = serve(delay=0.001, hold_after=PEOPLE // 5)
    batch: Batch = batch_of(provider_of(server, connections=CONNECTIONS), PEOPLE)
    sleeper = workers.start(batch)
    server.wait_until_held()
    sleeper.send_signal(signal.SIGSTOP)
    server.release()
    owned = list(Chunk.objects.filter(batch=batch, owner__isnull=False, is_done=False))
    Chunk.objects.filter(pk__in=[chunk.pk for chunk in owned]).update(lease_until="2001-01-01T00:00Z")
    assert owned
    recover_all(batch)
    assert sleeper.wait(60) == -signal.SIGKILL
    finish(batch)
    check(server, batch, CONNECTIONS)


def test_chunk_whose_third_worker_died_is_set_aside(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path
) -> None:
    server: Server = serve()
    batch: Batch = batch_of(provider_of(server, connections=1), 100)
    for death in range(3):
        offer(batch)
        worker = workers.start(batch, f"before_dot:3:{tmp_path / f'killed-{death}'}")
        assert worker.wait(60) == -signal.SIGKILL
        recover_all(batch)
    chunk = batch.chunks.get()
    assert chunk.quarantined
    assert not chunk.is_done
    assert tally(batch).unaccounted == 0
    assert tally(batch).uncertain == 3


def test_journal_that_is_found_again_settles_what_it_knows(
    serve: Any, provider_of: Any, batch_of: Any, workers: Workers, tmp_path: Path, settings: Any
) -> None:
    """Its host was away when the chunk was taken over. A real process."""
    server: Server = serve()
    batch: Batch = batch_of(provider_of(server, connections=CONNECTIONS), PEOPLE)
    victim = workers.start(batch, f"after_250:{PEOPLE // 3}:{tmp_path / 'killed'}")
    assert victim.wait(60) == -signal.SIGKILL
    Chunk.objects.filter(batch=batch, owner__isnull=False).update(lease_until="2020-01-01T00:00Z")
    settings.JOURNAL_DIR = tmp_path / "elsewhere"
    recover_all(batch)
    batch.refresh_from_db()
    before = tally(batch).uncertain
    assert before > CONNECTIONS
    settings.JOURNAL_DIR = tmp_path / "journal"
    process._sweep_journals()
    after = tally(batch)
    assert after.uncertain < before
    assert after.unaccounted == 0
    accepted = Message.objects.filter(batch=batch, state=MessageState.ACCEPTED).count()
    assert len(server.accepted()) - CONNECTIONS <= accepted <= len(server.accepted())
