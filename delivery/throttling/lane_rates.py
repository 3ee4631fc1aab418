"""Lanes whose servers asked for less: noted in checkpoints, kept in PostgreSQL, obeyed by all workers and the tick."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet, Sum

from delivery.models import Batch, Chunk, LanePace, Provider
from delivery.outcomes import Outcome
from delivery.policy import slowdown
from delivery.policy.slowdown import FREE, Heard, LaneRate, Slowness
from delivery.replies import Category

_TELLING = frozenset({Category.THROTTLE, Category.CONN_LIMIT, Category.BLOCK_REPUTATION, Category.SPAM_CONTENT})


def rate_of(cursor: Any, provider_id: int, lane: str) -> LaneRate:
    """As it stands; costs next to nothing while no lane is slowed."""
    known = _read(cursor, provider_id, lane, "")
    return _rate(known, _now()) if known else FREE


def tells(category: str, code: int | None) -> bool:
    """Whether a refusal says something about the pace."""
    return code is not None and category in _TELLING


def note(cursor: Any, provider: Provider, lane: str, heard: list[Heard], accepted: int) -> LaneRate:
    """Tell of a checkpoint of a lane that is slowed or is asked to be. To be the last lock of its transaction."""
    if provider.is_sandbox:
        return FREE
    now = _now()
    known = _read(cursor, provider.pk, lane, "FOR UPDATE")
    measured = _measured(cursor, provider.pk, lane) if known is None or known.rate is None else None
    new = slowdown.after(known or Slowness(), lane, heard, accepted, now, measured)
    if known is not None or new != Slowness(accepted=accepted):
        words = heard[-1].words if heard and new.heard_at == now else ""
        _write(cursor, provider.pk, lane, new, words, accepted + len(heard))
    if any(reply.category == Category.CONN_LIMIT for reply in heard):
        use_fewer_connections(cursor, provider)
    return _rate(new, now)


def use_fewer_connections(cursor: Any, provider: Provider) -> None:
    """For an hour. Once in a while: eight connections that are told at the same time mean one thing."""
    now = _now()
    if provider.fewer_until and provider.fewer_until - slowdown.FEWER_CONNECTIONS_FOR + slowdown.SETTLE > now:
        return
    provider.fewer_connections = slowdown.fewer_connections(provider.connections_now)
    provider.fewer_until = now + slowdown.FEWER_CONNECTIONS_FOR
    cursor.execute(
        "UPDATE delivery_provider SET fewer_connections = %s, fewer_until = %s WHERE id = %s",
        [provider.fewer_connections, provider.fewer_until, provider.pk],
    )


def standing(cursor: Any, provider_id: int) -> tuple[list[str], list[str]]:
    """Lanes of which nothing may be offered now, and those of which one chunk at a time may."""
    cursor.execute(_STANDING, {"provider": provider_id})
    held: list[str] = []
    slow: list[str] = []
    for lane, is_held, may_go, is_slow in cursor.fetchall():
        if is_held or not may_go:
            held.append(lane)
        elif is_slow:
            slow.append(lane)
    return held, slow


NAMES = {"gmail": "Gmail", "microsoft": "Microsoft", "yahoo": "Yahoo", "apple": "Apple", "other": "Some other servers"}


@dataclass(frozen=True, slots=True)
class Slowed:
    """A lane whose servers asked for less, for people to read."""

    name: str
    per_minute: float | None
    next_try_at: datetime | None  # nothing goes there before
    heard_at: datetime | None
    words: str  # of the server; hostile text
    people: int = 0  # who wait for it


def slowed(provider: Provider, batch: Batch | None = None) -> list[Slowed]:
    """What goes slower through a provider now; of a batch, what it concerns."""
    now = _now()
    paces = [(pace, Slowness(**{name: getattr(pace, name) for name in _FIELDS})) for pace in _paces(provider)]
    paces = [(pace, known) for pace, known in paces if not known.is_free(now)]
    if not paces:
        return []
    waiting = dict(_waiting(batch)) if batch else {}
    return [
        Slowed(
            NAMES.get(pace.lane, pace.lane),
            known.rate_at(now),
            known.held_until if known.is_held(now) else None,
            known.heard_at,
            pace.words,
            waiting.get(pace.lane, 0),
        )
        for pace, known in paces
        if batch is None or waiting.get(pace.lane)
    ]


def _paces(provider: Provider) -> QuerySet[LanePace]:
    return LanePace.objects.filter(provider=provider).order_by("lane")


def _waiting(batch: Batch) -> QuerySet[Chunk, tuple[str, int]]:
    chunks = batch.chunks.filter(is_done=False).values_list("lane")
    return chunks.annotate(people=Sum("pending"))


def _now() -> datetime:
    return datetime.now(UTC)


def _rate(known: Slowness, now: datetime) -> LaneRate:
    return LaneRate(known.rate_at(now), known.is_held(now))


_FIELDS = (
    "rate", "was", "heard_at", "changed_at", "accepted", "held_until", "ceiling", "ceiling_until", "recent"
)  # fmt: skip


def _read(cursor: Any, provider_id: int, lane: str, lock: str) -> Slowness | None:
    columns = ", ".join(_FIELDS[:-1])
    sql = f"SELECT {columns}, recent::text FROM delivery_lanepace WHERE provider_id = %s AND lane = %s {lock}"  # noqa: S608
    cursor.execute(sql, [provider_id, lane])
    row = cursor.fetchone()
    return Slowness(**dict(zip(_FIELDS, [*row[:-1], json.loads(row[-1])], strict=True))) if row else None


def _write(cursor: Any, provider_id: int, lane: str, new: Slowness, words: str, sent: int) -> None:
    values = {name: getattr(new, name) for name in _FIELDS}
    cursor.execute(
        _WRITE,
        {
            **values,
            "recent": json.dumps(new.recent),
            "provider": provider_id,
            "lane": lane,
            "words": words.replace("\x00", "")[:1000],
            "sent": sent,
            "now_rate": new.rate_at(_now()),
        },
    )


def _measured(cursor: Any, provider_id: int, lane: str) -> float | None:
    cursor.execute(_MEASURED, {"provider": provider_id, "lane": lane})
    return float(found) if (found := cursor.fetchone()[0]) else None


def heard(outcomes: Iterable[Outcome]) -> list[Heard]:
    """Of a checkpoint's outcomes those that tell something."""
    return [Heard(o.category, f"{o.code} {o.text}") for o in outcomes if tells(o.category, o.code)]


_WRITE = f"""
INSERT INTO delivery_lanepace (provider_id, lane, words, next_at, {", ".join(_FIELDS)})
VALUES (%(provider)s, %(lane)s, %(words)s, statement_timestamp() + %(sent)s * interval '60 s' / %(now_rate)s::float8,
        {", ".join(f"%({name})s" for name in _FIELDS)})
ON CONFLICT (provider_id, lane) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _FIELDS)},
    words = CASE excluded.words WHEN '' THEN delivery_lanepace.words ELSE excluded.words END,
    next_at = excluded.next_at
"""  # noqa: S608
# One is offered a second early: claiming it takes a moment, and the pace is kept by whoever sends it.
_STANDING = """
SELECT lane, coalesce(held_until > statement_timestamp(), false),
       coalesce(next_at <= statement_timestamp() + interval '1 second', true) OR NOT slow, slow
FROM (
    SELECT *, rate IS NOT NULL OR coalesce(ceiling_until > statement_timestamp(), false) AS slow
    FROM delivery_lanepace WHERE provider_id = %(provider)s) l
"""
# Of what is being sent through the provider, the lane's part of the chunks in hand.
_MEASURED = """
SELECT 60 * count(*) FILTER (WHERE c.lane = %(lane)s)::float8 / nullif(count(*), 0) * (
    SELECT sum(speed) FROM delivery_batch b WHERE b.id = ANY(array_agg(c.batch_id)))
FROM delivery_chunk c WHERE c.offered_to = %(provider)s AND NOT c.is_done AND c.owner IS NOT NULL
"""
