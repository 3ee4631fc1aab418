"""Due retries become chunks of their own, in the transaction that removes their waiting row."""

from typing import Any

from delivery.models import MessageState
from delivery.policy import mailbox_providers

CHUNK = 500
MOST_A_BATCH = 2_000
MOST_FREE_CHUNKS = 8


def gather(cursor: Any) -> None:
    """Wake what is due, of batches that are being sent and lanes that are not paused; no more than workers will soon
    take up.

    What is not gathered stays in the list of those who wait, which is where its reason can be seen.
    """
    lane, parameters = mailbox_providers.sql("m.email")
    before, after = _GATHER.split("{lane}")
    lanes = list(mailbox_providers.LANES)
    cursor.execute(before + lane + after, [lanes, MOST_A_BATCH, MOST_A_BATCH, MOST_FREE_CHUNKS, *parameters, CHUNK])


_GATHER = f"""
WITH due AS (
    SELECT w.message_id FROM delivery_batch b CROSS JOIN LATERAL (
        SELECT of_lane.message_id FROM unnest(%s::text[]) AS l(lane) CROSS JOIN LATERAL (
            SELECT message_id, retry_at FROM delivery_waiting
            WHERE batch_id = b.id AND lane = l.lane AND retry_at <= statement_timestamp()
            ORDER BY retry_at LIMIT %s FOR UPDATE SKIP LOCKED) of_lane
        WHERE NOT b.paused_lanes ? l.lane ORDER BY of_lane.retry_at LIMIT %s) w
    WHERE b.finished_at IS NULL AND b.state = 'sending' AND (
        SELECT count(*) FROM delivery_chunk
        WHERE batch_id = b.id AND NOT is_done AND ids IS NOT NULL AND owner IS NULL
        AND NOT b.paused_lanes ? lane) < %s
), gone AS (
    DELETE FROM delivery_waiting w USING due WHERE w.message_id = due.message_id RETURNING w.message_id
), woken AS (
    UPDATE delivery_message m SET state = {MessageState.PENDING}
    FROM gone WHERE m.id = gone.message_id AND m.state = {MessageState.DEFERRED}
    RETURNING m.id, m.batch_id, m.version, {{lane}} AS lane
), numbered AS (
    SELECT *, (row_number() OVER (PARTITION BY batch_id, version, lane ORDER BY id) - 1) / %s AS part FROM woken
), made AS (
    INSERT INTO delivery_chunk (batch_id, version, lane, ids, size, pending)
    SELECT batch_id, version, lane, array_agg(id ORDER BY id), count(*), count(*)
    FROM numbered GROUP BY batch_id, version, lane, part
    RETURNING batch_id, size
)
UPDATE delivery_batch b SET deferred = b.deferred - s.n
FROM (SELECT batch_id, sum(size) AS n FROM made GROUP BY batch_id) s WHERE b.id = s.batch_id
"""  # noqa: S608
