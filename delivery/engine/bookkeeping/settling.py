"""Outcomes into rows. Used inside a checkpoint's transaction and inside recovery's, by either kind of cursor."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from delivery.dispatch import retry_calendar
from delivery.ledger import counters
from delivery.markup import printable
from delivery.models import MessageState, Provider
from delivery.outcomes import Outcome
from delivery.policy import retry
from delivery.policy.mailbox_providers import OTHER
from delivery.policy.retry import Calendar
from delivery.replies import Verdict, categories


@dataclass(slots=True)
class Counts:
    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    uncertain: int = 0
    skipped: int = 0
    hard: int = 0  # of the refused
    blocked: int = 0  # of the refused


@dataclass(frozen=True, slots=True)
class BatchRules:
    """What of a batch decides about another try."""

    id: int
    stream: str
    expires_at: datetime | None
    provider: Provider | None
    version: int = 1
    lane: str = OTHER  # of the chunk


# These were, or may have been, taken with the version that was sent; what is tried again may go with a later one.
_LEFT_US = ", ".join(f"{state}" for state in (MessageState.ACCEPTED, MessageState.REFUSED, MessageState.UNCERTAIN))
_COUNTED = tuple(name for name in counters.ALL if name != MessageState.PENDING.counter)
_TRIED = (MessageState.ACCEPTED, MessageState.DEFERRED, MessageState.REFUSED, MessageState.UNCERTAIN)
_MESSAGES = f"""
    UPDATE delivery_message m
    SET state = o.state, reply = o.reply, provider_id = %s,
        attempts = m.attempts + o.tried,
        accepted_at = CASE WHEN o.state = {MessageState.ACCEPTED} THEN now() ELSE m.accepted_at END,
        version = CASE WHEN o.state IN ({_LEFT_US}) THEN %s ELSE m.version END
    FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::smallint[]) AS o(id, state, reply, tried)
    WHERE m.id = o.id AND m.id = ANY(%s) AND m.state = {MessageState.PENDING}
    RETURNING m.id, o.state
"""  # noqa: S608
_ATTEMPTS = """
    INSERT INTO delivery_attempt (message_id, batch_id, provider_id, stage, code, enhanced, text, category, decision,
                                  duration_ms, next_attempt_at)
    SELECT o.message_id, %s, %s, o.stage, o.code, o.enhanced, o.text, o.category, o.decision, o.duration_ms, o.next_at
    FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[],
                %s::timestamptz[])
         AS o(message_id, stage, code, enhanced, text, category, decision, duration_ms, next_at)
"""
_WAITING = """
    INSERT INTO delivery_waiting (message_id, batch_id, lane, state, category, reply, retry_at, first_failed_at)
    SELECT o.message_id, %s, %s, o.state, o.category, o.reply, o.retry_at, o.first_failed_at
    FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
         AS o(message_id, state, category, reply, retry_at, first_failed_at)
    ON CONFLICT (message_id) DO UPDATE
    SET lane = excluded.lane, state = excluded.state, category = excluded.category, reply = excluded.reply,
        retry_at = excluded.retry_at
"""
_FIRST_FAILURES = "SELECT message_id, min(at) FROM delivery_attempt WHERE message_id = ANY(%s) GROUP BY message_id"
_COUNT = f"""
    UPDATE delivery_chunk
    SET pending = pending - %(settled)s, {", ".join(f"{name} = {name} + %({name})s" for name in _COUNTED)}
    WHERE id = %(chunk)s
"""  # noqa: S608
_EARLIER = """
    UPDATE delivery_version SET accepted_before = accepted_before + %s WHERE batch_id = %s AND version > %s
"""
_STRIKE_OUT = """
    UPDATE delivery_chunk SET ids = (
        SELECT array_agg(CASE WHEN member = ANY(%s) THEN 0 ELSE member END ORDER BY place)
        FROM unnest(ids) WITH ORDINALITY AS u(member, place))
    WHERE id = %s AND ids IS NOT NULL
"""
_END = f"""
    WITH ended AS (
        UPDATE delivery_chunk c
        SET is_done = true, owner = NULL, lease_until = NULL, offered_at = NULL, offered_until = NULL
        WHERE id = %s
        RETURNING batch_id, {counters.columns("c")}
    )
    UPDATE delivery_batch b SET {counters.added("b", "e")} FROM ended e WHERE b.id = e.batch_id
"""  # noqa: S608

_RELEASE = """
    UPDATE delivery_chunk c
    SET owner = NULL, lease_until = NULL, window_end = %s, offered_at = CASE WHEN o.stays THEN now() END,
        offered_until = CASE WHEN o.stays THEN now() + make_interval(secs => o.seconds) END
    FROM (SELECT %s::bool AS stays, %s::int AS seconds) o WHERE c.id = %s
"""
# As long as an offer of the dispatcher's, which looks at it with its next tick.
_STAYS_OFFERED_SECONDS = 15


def write(cursor: Any, batch: BatchRules, outcomes: list[Outcome], counts: Counts) -> None:
    """Rows of messages that were not simply accepted: state, attempt, and what lists them. Adds to `counts`."""
    first_failures = _decide(cursor, batch, outcomes)
    ids = [o.message_id for o in outcomes]
    cursor.execute(
        _MESSAGES,
        [
            batch.provider.pk if batch.provider else None,
            batch.version,
            ids,
            [int(o.state) for o in outcomes],
            [_storable(_words(o))[:300] for o in outcomes],
            [int(o.state in _TRIED) for o in outcomes],
            ids,
        ],
    )
    category_of = {o.message_id: o.category for o in outcomes}
    for message_id, state in cursor.fetchall():
        term = MessageState(state).counter
        setattr(counts, term, getattr(counts, term) + 1)
        if state == MessageState.REFUSED:
            counts.hard += category_of[message_id] in categories.HARD
            counts.blocked += category_of[message_id] in categories.BLOCKED
    _write_attempts(cursor, batch, outcomes)
    _write_waiting(cursor, batch, [o for o in outcomes if o.state != MessageState.ACCEPTED], first_failures)


def count(cursor: Any, chunk_id: int, counts: Counts, settled: int) -> None:
    if settled:
        cursor.execute(_COUNT, {"settled": settled, "chunk": chunk_id, **asdict(counts)})


def count_earlier(cursor: Any, batch_id: int, version: int, accepted: int) -> None:
    """Messages of an earlier version that are accepted after a later one began.

    To be called after the chunk has ended: whoever changes a batch and its versions locks the batch first.
    """
    cursor.execute(_EARLIER, [accepted, batch_id, version])


def end_chunk(cursor: Any, chunk_id: int) -> None:
    """Its counters become the batch's, in the transaction that ends it."""
    cursor.execute(_END, [chunk_id])


def release_chunk(cursor: Any, chunk_id: int, first_left: int, *, stays_offered: bool = False) -> None:
    """Free, with everything before `first_left` settled. `stays_offered`: to its provider, behind what lies ready."""
    cursor.execute(_RELEASE, [first_left, stays_offered, _STAYS_OFFERED_SECONDS, chunk_id])


def strike_out(cursor: Any, chunk_id: int, settled: list[int]) -> None:
    """A settled member of an `ids` chunk leaves its place empty.

    It may be deferred, gathered into another chunk and pending again before this one ends, and must not be read here
    twice. In a range that cannot happen: its members are those that were never tried.
    """
    cursor.execute(_STRIKE_OUT, [settled, chunk_id])


def _decide(cursor: Any, batch: BatchRules, outcomes: list[Outcome]) -> dict[int, datetime]:
    """Turn verdicts into a time for the next try, or into a refusal when it is too late for one."""
    open_ids = [o.message_id for o in outcomes if o.verdict is not None]
    if not open_ids:
        return {}
    cursor.execute(_FIRST_FAILURES, [open_ids])
    first_failures: dict[int, datetime] = dict(cursor.fetchall())
    calendar = retry_calendar.open_calendar(cursor, batch.provider)
    for outcome in outcomes:
        if outcome.verdict is not None:
            first_failed_at = first_failures.get(outcome.message_id, timezone.now())
            outcome.retry_at = _next_attempt(batch, outcome, outcome.verdict, first_failed_at, calendar)
            if outcome.retry_at is None:
                outcome.state, outcome.decision, outcome.category = MessageState.REFUSED, "refused", "expired"
    retry_calendar.keep(cursor, batch.provider, calendar)
    return first_failures


def _next_attempt(
    batch: BatchRules, outcome: Outcome, verdict: Verdict, first_failed_at: datetime, calendar: Calendar | None
) -> datetime | None:
    last = retry.last_attempt(first_failed_at, stream=batch.stream, expires_at=batch.expires_at)
    at = retry.next_attempt(verdict, outcome.attempts + 1, last, timezone.now(), stream=batch.stream)
    return calendar.book(at, last) if at and calendar else at


def _write_attempts(cursor: Any, batch: BatchRules, outcomes: list[Outcome]) -> None:
    cursor.execute(
        _ATTEMPTS,
        [
            batch.id,
            batch.provider.pk if batch.provider else None,
            [o.message_id for o in outcomes],
            [o.stage for o in outcomes],
            [o.code for o in outcomes],
            [o.enhanced for o in outcomes],
            [_storable(o.text) for o in outcomes],
            [o.category for o in outcomes],
            [o.decision for o in outcomes],
            [o.duration_ms for o in outcomes],
            [o.retry_at for o in outcomes],
        ],
    )


def _write_waiting(
    cursor: Any, batch: BatchRules, outcomes: list[Outcome], first_failures: dict[int, datetime]
) -> None:
    if not outcomes:
        return
    now = timezone.now()
    cursor.execute(
        _WAITING,
        [
            batch.id,
            batch.lane,
            [o.message_id for o in outcomes],
            [int(o.state) for o in outcomes],
            [o.category for o in outcomes],
            [_storable(_words(o)) for o in outcomes],
            [o.retry_at for o in outcomes],
            [first_failures.get(o.message_id, now) for o in outcomes],
        ],
    )


def _words(outcome: Outcome) -> str:
    return f"{outcome.code} {outcome.text}" if outcome.code else outcome.text


def _storable(text: str) -> str:
    """At most 1 kB, and nothing that a terminal or a page would obey."""
    return printable(text).encode()[:1000].decode(errors="ignore")
