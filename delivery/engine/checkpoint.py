"""What a turn says to the ledger: claims, checkpoints, ends. Each is one transaction of a connection of its own.

Fencing: every change names the epoch and `flush_no` it was made under. No row found means that somebody took the chunk
over, or that the answer to our last commit got lost; reading the chunk again tells which.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from django.db import connection as django_connection

from delivery import limits, pacing, warmups
from delivery.engine import settling
from delivery.engine.letters import Outcome
from delivery.models import Batch, Provider
from delivery.pacing import FREE, LaneRate
from delivery.slowing import Heard

log = logging.getLogger(__name__)

LEASE_SECONDS = 30
WINDOW = 500
_RETURNED = TypeVar("_RETURNED")


class Fenced(Exception):
    """The chunk is not ours any more: no further dot."""


@dataclass(frozen=True, slots=True)
class Claimed:
    chunk_id: int
    batch_id: int
    epoch: int
    flush_no: int
    ids: Sequence[int]
    read_from: int
    window_end: int
    lane: str
    version: int
    is_pinned: bool
    lane_rate: LaneRate = FREE


@dataclass(frozen=True, slots=True)
class Flush:
    """One checkpoint of one chunk."""

    chunk_id: int
    epoch: int
    flush_no: int
    provider: Provider
    batch_id: int
    granted_to: int  # position up to which dots are allowed now
    window_end: int  # up to which they shall be
    accepted: list[int] = field(default_factory=list)
    settled: list[Outcome] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    by_ids: bool = False
    ends: bool = False
    release_from: int | None = None  # position of the first message left
    stays_offered: bool = False  # when it is released: whoever comes next may go on, before the dispatcher has looked
    version: int = 1
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a checkpoint learned: how far dots are allowed, and what stops the chunk, if anything does."""

    window_end: int
    stop: str = ""
    renews: bool = True  # the lease runs from now on
    lane_rate: LaneRate | None = None  # None: nothing new


class Ledger:
    """A database connection for one thread, opened after the fork, opened again when it breaks."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None
        self.lost = 0  # how often the connection broke: session locks went with it

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def transact(self, work: Callable[[psycopg.Cursor[Any]], _RETURNED]) -> _RETURNED:
        """Run `work` in one transaction. Raises psycopg.OperationalError when the database is away."""
        connection = self._open()
        try:
            with connection.transaction(), connection.cursor() as cursor:
                return work(cursor)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            self.lost += 1
            raise psycopg.OperationalError(str(error)) from error

    def claim(self, provider: Provider, stream: str, owner: UUID, place: "Place", window: int) -> Claimed | None:
        """Take the chunk that was offered first. The client-made `owner` finds it again if the answer gets lost."""
        try:
            return self.transact(lambda cursor: _claim(cursor, provider, stream, owner, place, window))
        except psycopg.OperationalError:
            row = self.transact(lambda cursor: cursor.execute(_CLAIMED, [owner]).fetchone())
            return _claimed(row) if row else None

    def flush(self, flush: Flush) -> Standing:
        """Write a checkpoint once, however often the connection breaks. Raises Fenced or OperationalError."""
        try:
            return self.transact(lambda cursor: _write(cursor, flush))
        except _NoRow:
            return self._look(flush)

    def _look(self, flush: Flush) -> Standing:
        row = self.transact(
            lambda cursor: cursor.execute(
                "SELECT epoch, flush_no FROM delivery_chunk WHERE id = %s", [flush.chunk_id]
            ).fetchone()
        )
        if row == (flush.epoch, flush.flush_no + 1):
            return Standing(flush.granted_to, renews=False)  # it had been committed; the next one learns the rest
        raise Fenced(f"chunk {flush.chunk_id}: epoch {flush.epoch}, now {row}")

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(**connection_parameters(), autocommit=True)
        return self._connection


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim's evidence lies."""

    host: str
    boot: str
    journal: str


def connection_parameters() -> dict[str, Any]:
    """Of the database Django uses now, tests included; its own session settings stay out."""
    settings = django_connection.settings_dict
    named = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return {key: value for key, value in named.items() if value} | {
        "application_name": "tallypost engine",
        "connect_timeout": 5,
    }


class _NoRow(Exception):
    pass


# Positions below `window_end` of a free chunk are all settled, so this claim begins to read there. Whatever was offered
# by mistake: here, where all mail passes, a rehearsal never meets a real provider, nor real mail the sandbox.
_RETURNING = """c.id, c.batch_id, c.epoch, c.flush_no, c.first_id, c.last_id, c.ids, c.lane"""
_IS_OPEN = "EXISTS (SELECT 1 FROM delivery_breaker k WHERE k.provider_id = p.id AND k.state = 'open')"
_CLAIM = f"""
    WITH picked AS (
        SELECT c.id, c.window_end, coalesce(c.version, b.version) AS version
        FROM delivery_chunk c JOIN delivery_batch b ON b.id = c.batch_id
        JOIN delivery_provider p ON p.id = c.offered_to
        WHERE c.offered_to = %(provider)s AND b.stream = %(stream)s AND b.state = 'sending' AND p.state = 'active'
          AND b.rehearsal = %(rehearsal)s AND NOT {_IS_OPEN}
          AND NOT c.is_done AND NOT c.quarantined AND c.owner IS NULL AND c.offered_until > now()
          AND NOT {warmups.SPENT}
        ORDER BY c.offered_at, c.id
        FOR UPDATE OF c SKIP LOCKED LIMIT 1
    )
    UPDATE delivery_chunk c
    SET epoch = c.epoch + 1, flush_no = c.flush_no + 1, owner = %(owner)s, owner_host = %(host)s,
        owner_boot = %(boot)s, journal = %(journal)s, lease_until = now() + make_interval(secs => %(lease)s),
        window_end = least(c.size, c.window_end + %(window)s), offered_at = NULL, offered_until = NULL,
        recovery_until = NULL
    FROM picked WHERE c.id = picked.id
    RETURNING {_RETURNING}, picked.window_end, c.window_end, picked.version, c.version IS NOT NULL
"""  # noqa: S608
# Its window is not known any more, so what it reads is read with none: the next checkpoint asks for one.
_CLAIMED = f"""
    SELECT {_RETURNING}, 0, 0, coalesce(c.version, b.version), c.version IS NOT NULL
    FROM delivery_chunk c JOIN delivery_batch b ON b.id = c.batch_id WHERE c.owner = %s
"""  # noqa: S608
_FENCE = f"""
    UPDATE delivery_chunk c
    SET flush_no = c.flush_no + 1, window_end = greatest(c.window_end, %(window)s),
        lease_until = now() + make_interval(secs => %(lease)s)
    FROM delivery_batch b JOIN delivery_provider p ON p.id = %(provider)s
    WHERE c.id = %(chunk)s AND c.epoch = %(epoch)s AND c.flush_no = %(flush_no)s AND b.id = c.batch_id
    RETURNING b.state, p.state = 'active' AND NOT {_IS_OPEN}, coalesce(b.expires_at < now(), false), c.batch_id,
        b.stream, b.expires_at, c.lane,
        EXISTS (SELECT 1 FROM delivery_lanepace l WHERE l.provider_id = p.id AND l.lane = c.lane
                AND (l.rate IS NOT NULL OR l.ceiling_until > now() OR l.held_until > now()))
"""  # noqa: S608
_ACCEPT = """
    UPDATE delivery_message SET state = 1, attempts = attempts + 1, provider_id = %s, accepted_at = now()
    WHERE id = ANY(%s) AND state = 0
"""
_ACCEPT_LATER_VERSION = _ACCEPT.replace("state = 1,", "state = 1, version = %s,", 1)


def _claim(
    cursor: psycopg.Cursor[Any], provider: Provider, stream: str, owner: UUID, place: "Place", window: int
) -> Claimed | None:
    left = limits.quota_left(cursor, provider)
    if left == 0:
        return None
    values = {
        "provider": provider.pk,
        "stream": stream,
        "rehearsal": provider.is_rehearsal,
        "owner": owner,
        "host": place.host,
        "boot": place.boot,
        "journal": place.journal,
        "lease": LEASE_SECONDS,
        "window": window if left is None else min(window, left),
    }
    row = cursor.execute(_CLAIM, values).fetchone()
    if row is None:
        return None
    claimed = _claimed(row)
    claimed = _within_warmup(cursor, provider, claimed)
    limits.count(cursor, provider, claimed.window_end - claimed.read_from)
    return replace(claimed, lane_rate=pacing.rate_of(cursor, provider.pk, claimed.lane))


def _within_warmup(cursor: psycopg.Cursor[Any], provider: Provider, claimed: Claimed) -> Claimed:
    wanted = claimed.window_end - claimed.read_from
    granted = warmups.take(cursor, provider, claimed.batch_id, wanted)
    if granted == wanted:
        return claimed
    end = claimed.read_from + granted
    cursor.execute("UPDATE delivery_chunk SET window_end = %s WHERE id = %s", [end, claimed.chunk_id])
    return replace(claimed, window_end=end)


def _claimed(row: Sequence[Any]) -> Claimed:
    chunk_id, batch_id, epoch, flush_no, first_id, last_id, ids, lane, read_from, window_end, *version = row
    members = ids if ids is not None else range(first_id, last_id + 1)
    return Claimed(chunk_id, batch_id, epoch, flush_no, members, read_from, window_end, lane, *version)


def _write(cursor: psycopg.Cursor[Any], flush: Flush) -> Standing:
    window_end = _grant(cursor, flush)
    row = cursor.execute(
        _FENCE,
        {
            "provider": flush.provider.pk,
            "window": window_end,
            "lease": LEASE_SECONDS,
            "chunk": flush.chunk_id,
            "epoch": flush.epoch,
            "flush_no": flush.flush_no,
        },
    ).fetchone()
    if row is None:
        raise _NoRow
    batch_state, provider_is_good, expired, batch_id, stream, expires_at, lane, is_paced = row
    counts = settling.Counts()
    if flush.accepted:
        counts.accepted = _accept(cursor, flush)
        if counts.accepted != len(flush.accepted):
            log.error("chunk %s: %s rows of %s accepted", flush.chunk_id, counts.accepted, len(flush.accepted))
    if flush.settled:
        batch = settling.BatchRules(batch_id, stream, expires_at, flush.provider, flush.version)
        settling.write(cursor, batch, flush.settled, counts)
    settling.count(cursor, flush.chunk_id, counts, len(flush.accepted) + len(flush.settled))
    if flush.by_ids:
        settling.strike_out(cursor, flush.chunk_id, flush.accepted + [o.message_id for o in flush.settled])
    if flush.ends:
        settling.end_chunk(cursor, flush.chunk_id)
    elif flush.release_from is not None:
        settling.release_chunk(cursor, flush.chunk_id, flush.release_from, stays_offered=flush.stays_offered)
    if flush.is_pinned and counts.accepted:
        settling.count_earlier(cursor, batch_id, flush.version, counts.accepted)
    heard = flush.heard + pacing.heard(flush.settled)
    rate = pacing.note(cursor, flush.provider, lane, heard, counts.accepted) if heard or is_paced else FREE
    return Standing(window_end, _stop(batch_state, provider_is_good, expired), lane_rate=rate)


def _accept(cursor: psycopg.Cursor[Any], flush: Flush) -> int:
    values = [flush.provider.pk, flush.accepted]
    if flush.version > 1:
        return cursor.execute(_ACCEPT_LATER_VERSION, [flush.version, *values]).rowcount
    return cursor.execute(_ACCEPT, values).rowcount


def _grant(cursor: psycopg.Cursor[Any], flush: Flush) -> int:
    """How far dots may be written, within the hour's and the day's limit; what a released window leaves goes back."""
    if flush.ends or flush.release_from is not None:
        end = flush.granted_to if flush.release_from is None else flush.release_from
        # In this order, as what is granted: whoever holds one row waits for the other.
        warmups.give_back(cursor, flush.provider, flush.batch_id, flush.granted_to - end)
        limits.count(cursor, flush.provider, min(0, end - flush.granted_to))
        return flush.granted_to
    wanted = max(0, flush.window_end - flush.granted_to)
    left = limits.quota_left(cursor, flush.provider) if wanted else None
    extra = wanted if left is None else min(wanted, left)
    extra = warmups.take(cursor, flush.provider, flush.batch_id, extra) if extra else 0
    limits.count(cursor, flush.provider, extra)
    return flush.granted_to + extra


def _stop(batch_state: str, provider_is_good: bool, expired: bool) -> str:
    if batch_state != Batch.State.SENDING:
        return batch_state
    if not provider_is_good:
        return "provider paused"
    return "expired" if expired else ""
