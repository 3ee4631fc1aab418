"""What a dead worker left: its journal says what was sent, and the chunk is free again.

A lease that ran out proves nothing by itself. If the journal is here and its lock can be taken, the owner is dead and
the journal is exact. If the journal is lost, or on another host, whatever the window allowed may have been sent.
"""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from delivery import ledger, replies
from delivery.engine import journal
from delivery.engine.bookkeeping import settling
from delivery.engine.journal import Held, Kind, Record
from delivery.models import Batch, Chunk, Message, MessageState, Provider
from delivery.outcomes import Outcome
from delivery.providers import hours
from delivery.replies import Stage

log = logging.getLogger(__name__)

GRACE_SECONDS = 30.0
TAKEOVERS = 3
_STAGES = list(Stage)
_LOST = "The journal of the process that sent it is lost"
_FOUND = "The journal of the process that sent it was found again, and says so."
_DIED = "The process died while it was being sent"


class StillAlive(Exception):
    """The owner runs, and within its grace."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`records` None: there is no journal to go by."""

    records: dict[int, Record] | None


def recover(chunk_id: int) -> bool:
    """Free a chunk whose owner is dead. False: there is nothing to do, or not yet. Safe to run at any time."""
    chunk = Chunk.objects.filter(pk=chunk_id, owner__isnull=False, is_done=False).first()
    if chunk is None:
        return False
    try:
        with _lock_journal(chunk) as held:
            return _take_over(chunk, Evidence(held.last_words(chunk.pk, chunk.epoch)))
    except StillAlive:
        return False
    except OSError as problem:
        log.warning("chunk %s: its journal cannot be read (%s)", chunk_id, problem)
    return _take_over(chunk, Evidence(None)) if _lease_expired(chunk) else False


def given_up_here(cursor: Any) -> list[str]:
    """Journals of this machine that say what a dead process sent, although its leases may run for a while yet."""
    cursor.execute(
        """
        SELECT DISTINCT journal FROM delivery_chunk
        WHERE NOT is_done AND owner IS NOT NULL AND owner_host = %s AND owner_boot = %s AND journal <> ''
        """,
        _here(),
    )
    return [name for (name,) in cursor.fetchall() if journal.is_given_up(Path(settings.JOURNAL_DIR) / name)]


def recover_dead(path: Path) -> None:
    """Free everything that the owner of this journal held, without waiting for leases, if it is dead."""
    owned = Chunk.objects.filter(owner__isnull=False, journal=path.name)
    for chunk_id in owned.order_by("lease_until", "id").values_list("id", flat=True):
        recover(chunk_id)


def settle_late(held: Held) -> int:
    """Settle uncertain messages by a journal that was out of reach when its chunks were taken over.

    What it says was accepted or refused was; what it does not say may have been lost with the machine. Those that
    somebody decided to send again are among them (see ledger.settle_uncertain).
    """
    last = held.settled()
    unknown = (MessageState.UNCERTAIN, MessageState.PENDING)
    tried = Message.objects.filter(pk__in=list(last), state__in=unknown, attempts__gt=0)
    found = {id_: last[id_] for id_ in tried.values_list("pk", flat=True)}
    accepted = [id_ for id_, record in found.items() if record.kind == Kind.ACCEPTED]
    refused = [id_ for id_, record in found.items() if _is_permanent(record)]
    return ledger.settle_uncertain(accepted, as_=MessageState.ACCEPTED, because=_FOUND) + ledger.settle_uncertain(
        refused, as_=MessageState.REFUSED, because=_FOUND
    )


def _is_permanent(record: Record) -> bool:
    return record.kind == Kind.REFUSED and replies.classify(_STAGES[record.stage], record.code).is_permanent


def _lock_journal(chunk: Chunk) -> Held:
    """Raises OSError when there is no journal that proves anything, StillAlive when it is too early."""
    if (chunk.owner_host, chunk.owner_boot) != _here() or not chunk.journal:
        raise FileNotFoundError(f"it is, or was, on {chunk.owner_host}")
    path = Path(settings.JOURNAL_DIR) / chunk.journal
    try:
        return Held(path)
    except BlockingIOError:
        pass
    if not _lease_expired(chunk, GRACE_SECONDS):
        raise StillAlive
    return _kill_and_lock(path)


def _here() -> tuple[str, str]:
    """Host and boot as a claim names them."""
    return os.uname().nodename[:80], journal.boot_id()[:40]


def _kill_and_lock(path: Path) -> Held:
    """A lock whose owner is dead already is that of another recovery, which needs it for a moment only."""
    owner = journal.read_owner(path)
    if owner is None or not owner.is_within_reach:
        raise PermissionError("its owner cannot be reached from here")
    if owner.is_running:
        log.error("process %s holds its lease no more but its journal still: it is killed", owner.pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(owner.pid, signal.SIGKILL)
    for _ in range(50):
        try:
            return Held(path)
        except BlockingIOError:
            time.sleep(0.1)
    raise TimeoutError("its owner does not die")


def _lease_expired(chunk: Chunk, seconds_ago: float = 0.0) -> bool:
    """By the clock of the database, which is everybody's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lease_until < now() - make_interval(secs => %s) FROM delivery_chunk WHERE id = %s",
            [seconds_ago, chunk.pk],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def _take_over(seen: Chunk, evidence: Evidence) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        same = Chunk.objects.select_for_update().filter(pk=seen.pk, owner=seen.owner, epoch=seen.epoch)
        if evidence.records is None:
            same = same.filter(lease_until__lt=Now())  # it may live, and have renewed it just now
        chunk = same.first()
        if chunk is None:
            return False
        batch = Batch.objects.select_related("provider").get(pk=chunk.batch_id)
        members = _members(chunk)
        pending = _pending(cursor, chunk, members)
        outcomes = _outcomes(chunk, members, pending, evidence)
        counts = settling.Counts()
        if outcomes:
            version = chunk.version or batch.version
            who = _who_had(chunk, batch)
            rules = settling.BatchRules(batch.pk, batch.stream, batch.expires_at, who, version, chunk.lane)
            settling.write(cursor, rules, outcomes, counts)
            settling.count(cursor, chunk.pk, counts, len(outcomes))
        settled = {outcome.message_id for outcome in outcomes}
        if chunk.ids is not None and settled:
            settling.strike_out(cursor, chunk.pk, list(settled))
        _free(cursor, chunk, members, [message_id for message_id in pending if message_id not in settled])
        if chunk.version and counts.accepted:
            settling.count_earlier(cursor, batch.pk, chunk.version, counts.accepted)
        if carrier := _who_had(chunk, batch):
            hours.note(cursor, carrier.pk, counts)
    log.warning("chunk %s taken over: %s", chunk.pk, counts)
    return True


def _who_had(chunk: Chunk, batch: Batch) -> Provider | None:
    return Provider.objects.filter(pk=chunk.offered_to or 0).first() or batch.provider


def _members(chunk: Chunk) -> Sequence[int]:
    if chunk.ids is not None:
        return chunk.ids
    assert chunk.first_id is not None  # noqa: S101
    assert chunk.last_id is not None  # noqa: S101
    return range(chunk.first_id, chunk.last_id + 1)


def _pending(cursor: Any, chunk: Chunk, members: Sequence[int]) -> dict[int, str]:
    """Id to address of the members that no checkpoint settled."""
    rows = Message.objects.filter(batch_id=chunk.batch_id, state=MessageState.PENDING)
    if isinstance(members, range):
        rows = rows.filter(id__gte=members[0], id__lte=members[-1], attempts=0)
    else:
        rows = rows.filter(id__in=members)
    return dict(rows.order_by("id").values_list("id", "email"))


def _outcomes(chunk: Chunk, members: Sequence[int], pending: dict[int, str], evidence: Evidence) -> list[Outcome]:
    if evidence.records is None:
        allowed = members[: chunk.window_end]
        return [_uncertain(message_id, pending[message_id], _LOST) for message_id in allowed if message_id in pending]
    found = [
        _outcome(message_id, email, evidence.records[message_id])
        for message_id, email in pending.items()
        if message_id in evidence.records
    ]
    return [outcome for outcome in found if outcome is not None]


def _outcome(message_id: int, email: str, record: Record) -> Outcome | None:
    """What the journal's last word on a message means; None: it is still to be sent."""
    if record.kind == Kind.ACCEPTED:
        return Outcome(message_id, email, MessageState.ACCEPTED, "accepted", "accepted", Stage.BODY, code=250)
    if record.kind == Kind.BEGUN:
        return _uncertain(message_id, email, _DIED)
    if record.kind == Kind.WITHDRAWN:
        return None
    stage = _STAGES[record.stage]
    # The words of the server died with the worker: the code alone suppresses nobody.
    verdict = replies.classify(stage, record.code)
    state, decision = (MessageState.REFUSED, "refused") if verdict.is_permanent else (MessageState.DEFERRED, "retry")
    outcome = Outcome(message_id, email, state, decision, verdict.category, stage, code=record.code)
    outcome.verdict = verdict if verdict.retries else None
    return outcome


def _uncertain(message_id: int, email: str, words: str) -> Outcome:
    category = replies.Category.NETWORK
    return Outcome(message_id, email, MessageState.UNCERTAIN, "uncertain", category, Stage.BODY, text=words)


def _free(cursor: Any, chunk: Chunk, members: Sequence[int], left: list[int]) -> None:
    """A new epoch fences whoever still believes to own it."""
    takeovers = chunk.takeovers + 1
    places = {message_id: place for place, message_id in enumerate(members)}
    Chunk.objects.filter(pk=chunk.pk).update(
        epoch=chunk.epoch + 1,
        flush_no=chunk.flush_no + 1,
        owner=None,
        lease_until=None,
        takeovers=takeovers,
        quarantined=takeovers >= TAKEOVERS and bool(left),
        window_end=min((places[message_id] for message_id in left), default=len(members)),
        offered_at=None,
        offered_until=None,
        recovery_until=None,
    )
    if not left:
        settling.end_chunk(cursor, chunk.pk)
