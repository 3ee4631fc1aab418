"""The engine's own pieces, moved step by step like the model: ledger, journal, turn, feed and recovery are real.

Only the wire is not, because the schedule is the server, nor is death: a process that dies lets go of its journal.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from delivery import ledger
from delivery.dispatch import due_retries
from delivery.engine import process, recovery
from delivery.engine.bookkeeping.books import Books, Start
from delivery.engine.bookkeeping.claiming import Place
from delivery.engine.bookkeeping.conclusions import Conclusions
from delivery.engine.bookkeeping.contents import Contents
from delivery.engine.bookkeeping.session import Ledger
from delivery.engine.bookkeeping.thread import LedgerThread
from delivery.engine.journal import Held, Journal, Owner
from delivery.engine.loop.pools import Pool
from delivery.engine.turn import Turn
from delivery.models import Batch, Chunk, Message, MessageState, Provider, Waiting
from delivery.outcomes import Claim, Letter
from delivery.policy.circuit_breaker import Circuit
from delivery.replies import Stage
from delivery.transports.kinds import transport_to
from delivery.transports.smtp.wire import Reply
from tests.delivery.engine import plain
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.protocol.parts import WINDOW, Fate, Word

_Result = TypeVar("_Result")
_REFUSED = Reply(550, ("5.1.1 User unknown",))
_DEFERRED = Reply(452, ("4.2.2 Mailbox full",))


class BrokenLedger(Ledger):
    """A database whose transactions end as told."""

    def __init__(self) -> None:
        super().__init__()
        self.fates: list[Fate] = []

    def transact(self, work: Callable[[psycopg.Cursor[Any]], _Result]) -> _Result:
        fate = self.fates.pop(0) if self.fates else Fate.DONE
        if fate is Fate.DONE:
            return super().transact(work)
        try:
            super().transact((lambda cursor: _cut(work(cursor))) if fate is Fate.FAILED else work)
        except psycopg.OperationalError:
            raise
        except Exception:  # noqa: S110  # its answer gets lost too
            pass
        self.close()
        self.lost += 1
        raise psycopg.OperationalError("the connection broke")


def _cut(_: object) -> Any:
    raise psycopg.OperationalError("the connection broke")


class Engine:
    """A process without connections."""

    def __init__(self, folder: Path, host: str, executor: Executor) -> None:
        self.journal = Journal(folder)
        self.place = Place(host, Owner.this_process().boot[:40], self.journal.path.name)
        self.ledger = BrokenLedger()
        self.thread = LedgerThread(self.ledger, executor)
        self.contents = Contents()


class Worker:
    turn: Turn

    def __init__(self, engine: Engine, provider: Provider) -> None:
        self.engine = engine
        self.provider = provider
        self.transport = transport_to(provider)
        self.wire: dict[int, Letter] = {}

    async def begin_turn(self) -> None:
        engine, provider = self.engine, self.provider
        books = Books(engine.ledger, engine.contents, engine.place, provider, "marketing")
        conclusions = Conclusions(engine.ledger, provider, Circuit(), is_probe=False)
        start = Start(provider, "marketing", self.transport, books, conclusions, window=WINDOW)
        self.turn = Turn(engine.thread, engine.journal, Pool(0), start)

    @property
    def claims(self) -> list[Claim]:
        return self.turn.feed.claims


class Reality:
    def __init__(self, sizes: list[int], providers: list[Provider], thread: Executor) -> None:
        self.thread = thread
        self.loop = asyncio.new_event_loop()
        self.providers, self.provider = providers, 0
        self.workers: dict[int, Worker] = {}
        self.journals: list[str] = []
        self.batch = _make_batch(sizes, providers[0])
        self.first = self.batch.first_id or 0
        self.chunk_ids = self._chunk_ids()

    def close(self) -> None:
        for key in list(self.workers):
            self.kill(key)
        self.loop.close()
        Chunk.objects.filter(batch=self.batch).delete()
        Batch.objects.filter(pk=self.batch.pk).update(finished_at=timezone.now())

    # The dispatcher

    def offer(self) -> None:
        offer(self.batch, to=self.providers[self.provider])
        retries = self.batch.chunks.filter(is_done=False, owner=None, ids__isnull=False)
        retries.update(offered_at=timezone.now() - timedelta(hours=1))

    def gather(self) -> None:
        Waiting.objects.filter(batch=self.batch, retry_at__isnull=False).update(retry_at="2001-01-01T00:00Z")
        with connection.cursor() as cursor:
            due_retries.gather(cursor)
        self.chunk_ids = self._chunk_ids()

    def pause(self) -> None:
        self.batch.refresh_from_db()
        if self.batch.state == Batch.State.SENDING:
            ledger.pause(self.batch)

    def resume(self) -> None:
        self.batch.refresh_from_db()
        ledger.resume(self.batch)

    def fail_over(self) -> None:
        self.provider = 1 - self.provider

    def pass_time(self, seconds: int) -> None:
        for chunk in self.batch.chunks.filter(owner__isnull=False):
            Chunk.objects.filter(pk=chunk.pk).update(
                lease_until=(chunk.lease_until or timezone.now()) - timedelta(seconds=seconds)
            )
        for worker in self.workers.values():
            for claim in worker.claims:
                claim.safe_until -= seconds

    def expire(self, number: int, seconds_ago: int) -> None:
        self._chunk(number).update(lease_until=timezone.now() - timedelta(seconds=seconds_ago))

    # The life of a worker

    def start(self, key: int, host: int) -> None:
        here, place = Path(settings.JOURNAL_DIR), Owner.this_process().host[:80]
        folder, name = (here.with_name("elsewhere"), "elsewhere") if host else (here, place)
        engine = Engine(folder, name, self.thread)
        self._begin_turn(key, engine)
        self.journals.append(engine.journal.path.name)

    def kill(self, key: int) -> None:
        engine = self.workers.pop(key).engine
        engine.journal.close()
        engine.ledger.close()

    def kill_and_lock(self, path: Path) -> Held:
        """What a recovery does to a process that it finds stopped."""
        for key, worker in list(self.workers.items()):
            if worker.engine.journal.path == path:
                self.kill(key)
        return Held(path)

    def stop(self, key: int) -> None:
        self.workers[key].turn.feed.stopped = True

    def end_turn(self, key: int) -> None:
        worker = self.workers[key]
        engine = worker.engine
        for taken in list(worker.wire):
            self.lose(key, taken)
        if worker.claims or worker.turn.owes:
            engine.journal.close()
            engine.journal = Journal(engine.journal.path.parent)
            engine.place = Place(engine.place.host, engine.place.boot, engine.journal.path.name)
            self.journals.append(engine.journal.path.name)
        self._begin_turn(key, engine)

    def lose_journal(self, key: int) -> None:
        self.workers[key].engine.journal.path.unlink(missing_ok=True)

    def fill_disk(self, key: int) -> None:
        self.workers[key].engine.journal._write = _no_room  # type: ignore[method-assign, assignment]

    def _begin_turn(self, key: int, engine: Engine) -> None:
        worker = self.workers[key] = Worker(engine, self.providers[self.provider])
        self.loop.run_until_complete(worker.begin_turn())

    # Its work

    def claim(self, key: int, fates: list[Fate]) -> None:
        self._run(key, lambda turn: turn.claim_more(), fates)

    def checkpoint(self, key: int, which: int, fates: list[Fate]) -> None:
        claim = self.workers[key].claims[which]
        claim.read_at = self.loop.time()
        self._run(key, lambda turn: turn.flushing.flush(claim), fates)

    def take(self, key: int, connection: int) -> int:
        worker = self.workers[key]
        letter = worker.turn.feed.take()
        if letter is None:
            return 0
        worker.wire[connection] = letter
        return int(letter.message_id) - self.first + 1

    def begin(self, key: int, connection: int) -> bool:
        worker = self.workers[key]
        return bool(worker.turn.feed.begin(worker.wire[connection]))

    def send(self, key: int, connection: int) -> None:
        """The wire is the schedule's."""

    def decide(self, key: int, connection: int, answer: Word) -> None:
        """So is the server."""

    def decide_orphans(self) -> None:
        """And all that it has."""

    def hear(self, key: int, connection: int, answer: Word) -> None:
        feed = self.workers[key].turn.feed
        letter = self.workers[key].wire.pop(connection)
        stage = Stage.BODY if letter.journal_no >= 0 else Stage.RCPT
        if answer is Word.ACCEPTED:
            feed.accepted(letter)
        else:
            feed.refused(letter, stage, _REFUSED if answer is Word.REFUSED else _DEFERRED)

    def lose(self, key: int, connection: int, is_sent: bool = False) -> None:
        letter = self.workers[key].wire.pop(connection)
        feed = self.workers[key].turn.feed
        feed.lost(letter, Stage.BODY, uncertain=is_sent, blame=False, why="it broke")

    def _run(self, key: int, what: Callable[[Turn], Coroutine[Any, Any, None]], fates: list[Fate]) -> None:
        worker = self.workers[key]
        worker.engine.ledger.fates = fates
        with suppress(psycopg.OperationalError):
            self.loop.run_until_complete(what(worker.turn))
        worker.engine.ledger.fates = []

    # Recovery

    def recover(self, number: int, host: int) -> None:
        recovery.recover(self._chunk(number).get().pk)

    def sweep(self, host: int) -> None:
        for name in list(self.journals):
            path = Path(settings.JOURNAL_DIR) / name
            if path.exists():
                process._sweep(path)

    def _chunk(self, number: int) -> Any:
        return Chunk.objects.filter(pk=self.chunk_ids[number])

    def _chunk_ids(self) -> list[int]:
        return list(self.batch.chunks.order_by("id").values_list("id", flat=True))

    # To compare

    def rows(self) -> list[Any]:
        chunks = [self._row(number, chunk) for number, chunk in enumerate(self.batch.chunks.order_by("id"))]
        messages = list(Message.objects.filter(batch=self.batch).order_by("id").values_list("state", "attempts"))
        self.batch.refresh_from_db()
        return [chunks, messages, _counts(self.batch)]

    def _row(self, number: int, chunk: Chunk) -> tuple[Any, ...]:
        row = (number, chunk.is_done, _counts(chunk))
        if chunk.is_done:
            return row
        ids = chunk.ids if chunk.ids is not None else range(chunk.first_id or 0, (chunk.last_id or 0) + 1)
        members = [max(0, id_ - self.first + 1) for id_ in ids]
        owner = self.journals.index(chunk.journal) if chunk.owner else None
        return (*row, members, chunk.epoch, chunk.flush_no, chunk.window_end, owner, chunk.takeovers, chunk.quarantined)

    def memory(self, key: int) -> list[Any]:
        worker = self.workers.get(key)
        if worker is None:
            return []
        numbers = {id_: number for number, id_ in enumerate(self.chunk_ids)}
        claims = [self._claim(numbers[claim.chunk_id], claim) for claim in worker.claims]
        feed = worker.turn.feed
        return [claims, feed.stopped, bool(feed.broken), worker.turn.owes, worker.engine.journal.floor]

    def _claim(self, number: int, claim: Claim) -> tuple[Any, ...]:
        settled = [(id_, MessageState.ACCEPTED) for id_ in claim.accepted]
        settled += [(outcome.message_id, outcome.state) for outcome in claim.settled]
        return (
            number,
            claim.epoch,
            claim.flush_no,
            claim.window_end,
            claim.read_end,
            claim.stop,
            [letter.message_id - self.first + 1 for letter in claim.ready],
            sorted(id_ - self.first + 1 for id_ in claim.in_flight),
            sorted((id_ - self.first + 1, int(state)) for id_, state in settled),
        )


def _counts(counted: Batch | Chunk) -> list[int]:
    """In the order of the states."""
    return [counted.pending, counted.accepted, counted.deferred, counted.refused, counted.uncertain]


def _no_room(*_: object) -> int:
    raise OSError("No space left on device")


def _make_batch(sizes: list[int], provider: Provider) -> Batch:
    now = timezone.now()
    batch = Batch.objects.create(
        state="sending",
        content_kind=plain.KIND,
        content_id=1,
        provider=provider,
        rehearsal=False,
        total=sum(sizes),
        built_at=now,
        started_at=now,
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_idblock SET next_id = next_id + %s RETURNING next_id - %s", [sum(sizes)] * 2)
        first = cursor.fetchone()[0]
    ids = range(first, first + sum(sizes))
    Message.objects.bulk_create(Message(id=id_, batch=batch, email=f"p{id_}@example.org") for id_ in ids)
    begins = first
    for size in sizes:
        Chunk.objects.create(batch=batch, first_id=begins, last_id=begins + size - 1, size=size, pending=size)
        begins += size
    batch.first_id, batch.last_id = first, begins - 1
    batch.save()
    return batch
