"""What a cancelled batch has not sent becomes skipped, chunk by chunk, with its reason and its count."""

from django.db import connection, transaction

from delivery.ledger import counters
from delivery.models import Batch, MessageState

CHUNKS_AT_ONCE = 20
RETRIES_AT_ONCE = 5_000


def settle(batch_id: int) -> None:
    """Skip all that no worker holds. What one holds, it gives back at its next checkpoint; the tick calls again."""
    while _step(batch_id, _SKIP_PENDING, CHUNKS_AT_ONCE):
        pass
    while _step(batch_id, _SKIP_DEFERRED, RETRIES_AT_ONCE):
        pass


def _step(batch_id: int, sql: str, limit: int) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        if not Batch.objects.filter(pk=batch_id, state=Batch.State.CANCELLED).exists():
            return False
        cursor.execute(sql, {"batch": batch_id, "limit": limit})
        return bool(cursor.rowcount > 0)


# One statement, one snapshot: what is counted is what was changed. A member of a range that was tried is a retry, and
# pending again only as part of another chunk, which a worker may hold.
_SKIP_PENDING = f"""
WITH taken AS (
    SELECT id, first_id, last_id, ids FROM delivery_chunk
    WHERE batch_id = %(batch)s AND NOT is_done AND owner IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), member AS (
    SELECT t.id AS chunk_id, m.id FROM taken t JOIN delivery_message m ON m.id BETWEEN t.first_id AND t.last_id
    WHERE m.batch_id = %(batch)s AND m.state = {MessageState.PENDING} AND m.attempts = 0
    UNION ALL
    SELECT t.id, m.id FROM taken t JOIN delivery_message m ON m.id = ANY(t.ids)
    WHERE m.batch_id = %(batch)s AND m.state = {MessageState.PENDING}
), skipped AS (
    UPDATE delivery_message m SET state = {MessageState.SKIPPED}
    FROM member WHERE m.id = member.id AND m.state = {MessageState.PENDING}
    RETURNING m.id, member.chunk_id
), listed AS (
    INSERT INTO delivery_waiting (message_id, batch_id, state, category)
    SELECT id, %(batch)s, {MessageState.SKIPPED}, 'cancelled' FROM skipped
    ON CONFLICT (message_id) DO UPDATE SET state = {MessageState.SKIPPED}, category = 'cancelled', retry_at = NULL
), counted AS (
    SELECT t.id, count(s.id) AS n FROM taken t LEFT JOIN skipped s ON s.chunk_id = t.id GROUP BY t.id
), ended AS (
    UPDATE delivery_chunk c SET is_done = true, offered_at = NULL, offered_until = NULL,
        pending = c.pending - counted.n, skipped = c.skipped + counted.n
    FROM counted WHERE c.id = counted.id
    RETURNING {counters.columns("c")}
)
UPDATE delivery_batch b SET {counters.added("b", "e")}
FROM (SELECT {counters.summed()} FROM ended HAVING count(*) > 0) e
WHERE b.id = %(batch)s
"""  # noqa: S608
_SKIP_DEFERRED = f"""
WITH due AS (
    SELECT message_id FROM delivery_waiting WHERE batch_id = %(batch)s AND retry_at IS NOT NULL
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), skipped AS (
    UPDATE delivery_message m SET state = {MessageState.SKIPPED}
    FROM due WHERE m.id = due.message_id AND m.state = {MessageState.DEFERRED} RETURNING m.id
), listed AS (
    UPDATE delivery_waiting w SET state = {MessageState.SKIPPED}, category = 'cancelled', retry_at = NULL
    FROM due WHERE w.message_id = due.message_id
)
UPDATE delivery_batch b SET deferred = b.deferred - s.n, skipped = b.skipped + s.n
FROM (SELECT count(skipped.id) AS n FROM due LEFT JOIN skipped ON skipped.id = due.message_id HAVING count(*) > 0) s
WHERE b.id = %(batch)s
"""  # noqa: S608
