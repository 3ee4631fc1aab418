"""The line under the tally: accepted = delivered + bounced for good + bounced for now + complained + no word."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from delivery.feedback import by_hour
from delivery.ledger import tallying
from delivery.models import Batch, Term

_COUNTERS = tuple(term.counter for term in Term)


@dataclass(frozen=True, slots=True)
class SecondLine:
    """What has been heard of the accepted so far; each term counts messages, and each message stands in one."""

    accepted: int
    delivered: int = 0
    soft: int = 0
    hard: int = 0
    complained: int = 0

    @property
    def heard(self) -> int:
        return self.delivered + self.soft + self.hard + self.complained

    @property
    def no_word(self) -> int:
        """Nothing came back of these, which is how most delivered mail behaves. Never below nought: a report may be
        quicker than the count of the accepted by half a second."""
        return max(0, self.accepted - self.heard)


@dataclass(frozen=True, slots=True)
class Moved:
    """A message and where it is to stand, unless it stands at something that weighs more."""

    message_id: int
    batch_id: int
    lane: str
    term: int
    category: str
    is_blocked: bool


def of(batches: Collection[Batch]) -> SecondLine:
    """Of several batches together: a campaign's editions."""
    tallies = tallying.tallies(batches)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [[batch.pk for batch in batches]])
        sums = cursor.fetchone()
    return SecondLine(sum(tally.accepted for tally in tallies.values()), *sums)


def move(given: Iterable[Moved]) -> set[int]:
    """Rows and counts, in the caller's transaction, one caller at a time; returns the batches that changed."""
    heaviest: dict[int, Moved] = {}
    for moved in given:
        known = heaviest.get(moved.message_id)
        if known is None or moved.term > known.term:
            heaviest[moved.message_id] = moved
    if not heaviest:
        return set()
    rows = heaviest.values()
    with connection.cursor() as cursor:
        given_rows = [[row.message_id, row.batch_id, row.lane, row.term, row.category, row.is_blocked] for row in rows]
        cursor.execute(_MOVE, [json.dumps(given_rows)])
        return {row[0] for row in cursor.fetchall()}


_SUMS = f"""
SELECT {", ".join(f"coalesce(sum({name}), 0)::bigint" for name in _COUNTERS)}
FROM delivery_feedbackcount WHERE batch_id = ANY(%s)
"""  # noqa: S608
_CHANGE = ", ".join(f"sum((new_term = {term})::int - (old_term = {term})::int) AS {term.counter}" for term in Term)
_ADDED = ", ".join(f"{name} = f.{name} + excluded.{name}" for name in (*_COUNTERS, "blocked"))
_MOVE = f"""
WITH given AS (
    SELECT (g ->> 0)::bigint AS message_id, (g ->> 1)::bigint AS batch_id, g ->> 2 AS lane, (g ->> 3)::smallint AS term,
        g ->> 4 AS category, (g ->> 5)::boolean AS is_blocked
    FROM jsonb_array_elements(%s::jsonb) g
), changed AS (
    SELECT g.*, coalesce(f.term, 0) AS old_term, coalesce(f.is_blocked, false) AS was_blocked,
        f.at AS old_at, coalesce(f.lane, g.lane) AS counted_lane
    FROM given g LEFT JOIN delivery_feedback f ON f.message_id = g.message_id
    WHERE f.message_id IS NULL OR f.term < g.term
), moved AS (
    INSERT INTO delivery_feedback AS f (message_id, batch_id, lane, term, category, is_blocked, at)
    SELECT message_id, batch_id, counted_lane, term, category, is_blocked, now() FROM changed
    ON CONFLICT (message_id) DO UPDATE SET term = excluded.term, category = excluded.category,
        is_blocked = excluded.is_blocked, at = excluded.at
), sums AS (
    SELECT batch_id, counted_lane, {_CHANGE.replace("new_term", "term")},
        sum(is_blocked::int - was_blocked::int) AS blocked
    FROM changed GROUP BY batch_id, counted_lane
), by_hour AS ({by_hour.moved("changed")})
INSERT INTO delivery_feedbackcount AS f (batch_id, lane, {", ".join(_COUNTERS)}, blocked)
SELECT batch_id, counted_lane, {", ".join(_COUNTERS)}, blocked FROM sums
ON CONFLICT (batch_id, lane) DO UPDATE SET {_ADDED} RETURNING batch_id
"""  # noqa: S608
