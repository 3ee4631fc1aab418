"""Messages that may have arrived: what is learnt of them later, and what a person decides about them.

Nothing here happens by itself but learning. Whatever changes a message moves its count in the same transaction; the
counters of its chunk may be live yet, so it is the batch's own that change: the tally adds both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from delivery.dispatch.due_retries import CHUNK
from delivery.ledger.states import NotPossible
from delivery.models import Attempt, Batch, MessageState, Waiting
from delivery.policy import mailbox_providers
from delivery.queueing import enqueue

LEFT = "left"  # the category of those a person decided to leave as they are
DECIDED = "decided"  # the category of an attempt's row that a person made
HEARD = "heard"  # and of one that was learnt after the connection


@dataclass(frozen=True, slots=True)
class Broken:
    """How a message came to be uncertain, as far as anybody knows."""

    at: datetime
    provider: str
    stage: str
    text: str


def settle_uncertain(message_ids: Iterable[int], *, as_: MessageState, because: str) -> int:
    """Move uncertain messages to ACCEPTED or REFUSED and return how many. `because` is for people, a sentence.

    One that is to be sent again, and is in no worker's hands yet, counts too: its second sending is called off.
    Any other message is left alone, so that it is safe to name too many, or the same twice.
    """
    term = as_.counter
    values: dict[str, Any] = {"ids": sorted(set(message_ids)), "state": int(as_), "because": because[:1000]}
    values |= {"heard": HEARD, "decision": term}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTLE.format(term=term, waiting=_WAITING[as_]), values)
        settled: int = cursor.fetchone()[0]
        return settled + _call_off(cursor, values, term, as_)


def send_again(batch: Batch, message_ids: list[int] | None = None, *, by: str) -> int:
    """Send uncertain messages once more, all of them by default; returns how many.

    They keep their Message-ID and say the same, whatever the batch says since. Who has the first one gets it twice:
    only a person may decide this.
    """
    _check(batch)
    lane, parameters = mailbox_providers.sql("m.email")
    before, after = _AGAIN.split("{lane}")
    chosen = [batch.pk, message_ids, message_ids]
    words = f"{by} decided to send it again."
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(before + lane + after, [*chosen, *parameters, words, DECIDED, CHUNK])
        woken, made = cursor.fetchone()
        if woken and not made:
            raise NotPossible("It has been cancelled meanwhile.")
        enqueue("delivery.tick", queue="control", expires=5)
    batch.refresh_from_db()
    return int(woken)


def leave_uncertain(batch: Batch, message_ids: list[int] | None = None, *, by: str) -> int:
    """Note that somebody looked at uncertain messages and lets them be; returns how many. They stay uncertain."""
    undecided = Waiting.objects.filter(batch=batch, state=MessageState.UNCERTAIN).exclude(category=LEFT)
    if message_ids is not None:
        undecided = undecided.filter(message_id__in=message_ids)
    with transaction.atomic():
        ids = list(undecided.select_for_update().order_by("message_id").values_list("message_id", flat=True))
        Waiting.objects.filter(message_id__in=ids).update(category=LEFT)
        words = f"{by} decided to leave it as it is."
        Attempt.objects.bulk_create(
            Attempt(message_id=id_, batch=batch, stage="", text=words, category=DECIDED, decision=LEFT) for id_ in ids
        )
    return len(ids)


def still_uncertain(batch: Batch, message_ids: Iterable[int]) -> list[int]:
    """Those of them of which nothing was learnt since, and that are not sent again."""
    found = Waiting.objects.filter(batch=batch, state=MessageState.UNCERTAIN, message_id__in=message_ids)
    return sorted(found.values_list("message_id", flat=True))


def undecided(batch_ids: Iterable[int]) -> dict[int, int]:
    """How many of each batch are uncertain and nobody has looked at yet; batches without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT batch_id, count(*) FROM delivery_waiting WHERE batch_id = ANY(%s) AND state = %s AND category <> %s"
            " GROUP BY batch_id",
            [list(batch_ids), MessageState.UNCERTAIN, LEFT],
        )
        return dict(cursor.fetchall())


def broken(message_ids: Iterable[int]) -> dict[int, Broken]:
    """What is known of each about the connection that broke."""
    tries = Attempt.objects.filter(message_id__in=list(message_ids), decision="uncertain").select_related("provider")
    return {
        row.message_id: Broken(row.at, str(row.provider or ""), row.stage, row.text) for row in tries.order_by("id")
    }


def _check(batch: Batch) -> None:
    if batch.state not in (Batch.State.SENDING, Batch.State.PAUSED, Batch.State.DONE):
        raise NotPossible("It was cancelled, so nothing of it is sent any more.")
    if batch.expires_at and batch.expires_at <= timezone.now():
        raise NotPossible("Its last time to be sent has passed.")
    if batch.provider is None or batch.provider.removed_at:
        raise NotPossible("The provider it went through has been removed.")


def _call_off(cursor: CursorWrapper, values: dict[str, Any], term: str, as_: MessageState) -> int:
    cursor.execute(_PLANNED, values)
    planned = cursor.fetchall()
    for chunk_id, message_id in planned:
        one = values | {"chunk": chunk_id, "id": message_id}
        cursor.execute(_CALL_OFF.format(term=term), one)
        if as_ == MessageState.REFUSED:
            cursor.execute(_LIST_REFUSED, one)
    return len(planned)


# What lists a message goes with it, or lists it as refused.
_WAITING = {
    MessageState.ACCEPTED: "DELETE FROM delivery_waiting w USING known WHERE w.message_id = known.message_id",
    MessageState.REFUSED: """UPDATE delivery_waiting w SET state = %(state)s, category = %(heard)s, reply = %(because)s
        FROM known WHERE w.message_id = known.message_id""",
}
# When the connection broke: nobody knows it better.
_ACCEPTED_AT = f"""CASE WHEN %(state)s = {MessageState.ACCEPTED} THEN coalesce((
        SELECT max(a.at) FROM delivery_attempt a WHERE a.message_id = m.id AND a.decision = 'uncertain'), now()) END"""  # noqa: S608
_SETTLE = f"""
WITH known AS (
    SELECT message_id FROM delivery_waiting WHERE message_id = ANY(%(ids)s) AND state = {MessageState.UNCERTAIN}
    ORDER BY 1 FOR UPDATE
), listed AS ({{waiting}}
), settled AS (
    UPDATE delivery_message m SET state = %(state)s, accepted_at = {_ACCEPTED_AT}
    FROM known WHERE m.id = known.message_id AND m.state = {MessageState.UNCERTAIN}
    RETURNING m.id, m.batch_id, m.provider_id, coalesce(m.version, 1) AS version
), told AS (
    INSERT INTO delivery_attempt (message_id, batch_id, provider_id, stage, text, category, decision)
    SELECT id, batch_id, provider_id, '', %(because)s, %(heard)s, %(decision)s FROM settled
), earlier AS (
    UPDATE delivery_version v SET accepted_before = v.accepted_before + s.n
    FROM (SELECT later.id, count(*) AS n FROM settled JOIN delivery_version later ON later.batch_id = settled.batch_id
          AND later.version > settled.version GROUP BY later.id) s
    WHERE v.id = s.id AND %(state)s = {MessageState.ACCEPTED}
), counted AS (
    UPDATE delivery_batch b SET uncertain = b.uncertain - s.n, {{term}} = b.{{term}} + s.n
    FROM (SELECT batch_id, count(*) AS n FROM settled GROUP BY batch_id) s WHERE b.id = s.batch_id
)
SELECT count(*) FROM settled
"""  # noqa: S608
# A chunk that a worker holds, or is taking up right now, is out of reach: the second one may be on its way.
_PLANNED = f"""
SELECT c.id, m.id FROM delivery_message m
JOIN delivery_chunk c ON c.batch_id = m.batch_id AND NOT c.is_done AND m.id = ANY(c.ids) AND c.owner IS NULL
WHERE m.id = ANY(%(ids)s) AND m.state = {MessageState.PENDING} AND m.attempts > 0
AND (SELECT decision FROM delivery_attempt a WHERE a.message_id = m.id ORDER BY a.id DESC LIMIT 1) = 'again'
ORDER BY c.id, m.id FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608
_CALL_OFF = f"""
WITH settled AS (
    UPDATE delivery_message m SET state = %(state)s, accepted_at = {_ACCEPTED_AT}
    WHERE m.id = %(id)s AND m.state = {MessageState.PENDING}
    RETURNING m.id, m.batch_id, m.provider_id, coalesce(m.version, 1) AS version
), told AS (
    INSERT INTO delivery_attempt (message_id, batch_id, provider_id, stage, text, category, decision)
    SELECT id, batch_id, provider_id, '', %(because)s, %(heard)s, %(decision)s FROM settled
), earlier AS (
    UPDATE delivery_version v SET accepted_before = v.accepted_before + 1
    FROM settled s WHERE v.batch_id = s.batch_id AND v.version > s.version AND %(state)s = {MessageState.ACCEPTED}
), struck AS (
    UPDATE delivery_chunk c SET ids = array_replace(c.ids, s.id, 0), pending = c.pending - 1
    FROM settled s WHERE c.id = %(chunk)s
)
UPDATE delivery_batch b SET {{term}} = b.{{term}} + 1 FROM settled s WHERE b.id = s.batch_id
"""  # noqa: S608
_LIST_REFUSED = f"""
INSERT INTO delivery_waiting (message_id, batch_id, state, category, reply)
SELECT id, batch_id, {MessageState.REFUSED}, %(heard)s, %(because)s FROM delivery_message
WHERE id = %(id)s AND state = {MessageState.REFUSED}
"""  # noqa: S608
# A batch that is through begins once more, unless it was cancelled in this very moment: then no chunk is made of them.
_AGAIN = f"""
WITH chosen AS (
    SELECT message_id FROM delivery_waiting
    WHERE batch_id = %s AND state = {MessageState.UNCERTAIN} AND (%s::bigint[] IS NULL OR message_id = ANY(%s))
    ORDER BY 1 FOR UPDATE
), gone AS (
    DELETE FROM delivery_waiting w USING chosen WHERE w.message_id = chosen.message_id RETURNING w.message_id
), woken AS (
    UPDATE delivery_message m SET state = {MessageState.PENDING}, version = coalesce(m.version, 1)
    FROM gone WHERE m.id = gone.message_id AND m.state = {MessageState.UNCERTAIN}
    RETURNING m.id, m.batch_id, m.version, {{lane}} AS lane
), told AS (
    INSERT INTO delivery_attempt (message_id, batch_id, stage, text, category, decision)
    SELECT id, batch_id, '', %s, %s, 'again' FROM woken
), numbered AS (
    SELECT *, (row_number() OVER (PARTITION BY batch_id, version, lane ORDER BY id) - 1) / %s AS part FROM woken
), begun AS (
    UPDATE delivery_batch b SET uncertain = b.uncertain - s.n, finished_at = NULL,
        state = CASE b.state WHEN 'done' THEN 'sending' ELSE b.state END
    FROM (SELECT batch_id, count(*) AS n FROM woken GROUP BY batch_id) s
    WHERE b.id = s.batch_id AND b.state IN ('sending', 'paused', 'done')
    RETURNING b.id
), made AS (
    INSERT INTO delivery_chunk (batch_id, version, lane, ids, size, pending)
    SELECT batch_id, version, lane, array_agg(n.id ORDER BY n.id), count(*), count(*)
    FROM numbered n JOIN begun ON begun.id = n.batch_id GROUP BY batch_id, version, lane, part
    RETURNING size
)
SELECT (SELECT count(*) FROM woken), coalesce((SELECT sum(size) FROM made), 0)
"""  # noqa: S608
