"""An audience becomes messages and chunks, by SQL alone: during the hold, or shortly before the scheduled time.

Slices commit one by one, so that a million rows hold up nobody. Whatever stops it half-way, the next run drops what is
there and begins anew: nothing of a batch can have left before its building is over.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.database import locks
from contacts import audience as audiences
from contacts.guessing import languages
from delivery import merging
from delivery.ledger import ids, repeats
from delivery.models import Batch, Chunk
from delivery.policy import mailbox_providers
from delivery.queueing import enqueue
from delivery.throttling import warmup_plans

log = logging.getLogger(__name__)

LEAD = timedelta(minutes=2)
SLICE = 50_000
# Who clicked or opened last is the least likely to complain: what a new sender is judged by.
_MOST_ENGAGED = """(
    SELECT greatest(c.last_clicked_at, c.last_opened_at) FROM contacts_contact c WHERE c.id = contact_id
) DESC NULLS LAST,"""
CHUNK = 500
_LIST_GONE = (
    "A list that it was planned with has been deleted since, so it would not reach the same people. Take it back, "
    "choose its lists again and launch it anew."
)

_LIST_ARCHIVED = (
    "A list that it goes to has been archived since, and nothing is sent to an archived list. Use the list again on "
    "its page and resume; or take it back and choose other lists."
)
_NO_LIST = (
    "There is no list any more that it could go to: all are archived, or for a contract alone. Use one again on its "
    "page and resume; or take it back and choose other people."
)
_GROWN = (
    "By now {total:,} people are to get it, and above {most:,} a campaign needs approval. It goes on once a colleague "
    "approves it."
)
_RULES_GONE = (
    "What its segment asks for has been deleted since, so it would not reach the same people. Take it back, mend the "
    "segment and launch it anew."
)


def is_due(batch: Batch, now: datetime) -> bool:
    """A scheduled audience is drawn as late as possible: people still come and go."""
    return batch.not_before is None or batch.not_before - LEAD <= now


def queue(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(job_queued_at=timezone.now())
    enqueue("delivery.build", queue="jobs", batch_id=batch.pk)


def build(batch_id: int) -> bool:
    """Make a batch's messages and chunks; True when they are there. Safe to run twice, also at the same time."""
    with locks.alone(locks.Kind.BUILDING, batch_id) as is_alone:
        batch = Batch.objects.get(pk=batch_id)
        if not is_alone or batch.state != Batch.State.BUILDING or batch.built_at:
            return False
        _clear(batch)
        audience = audiences.Audience.from_json(batch.audience)
        if problem := _problem(audience, batch.segments):
            return _hold(batch, problem)
        if audience.on_any_list:  # before anything can leave by it, as lists come and go until now
            batch.lists = list(audience.lists)
            _building(batch).update(lists=batch.lists)
        total, left_out = _collect(batch, audience)
        if _hold_unapproved(batch, total):
            return False
        if not _reserve(batch, total) or not _fill(batch, total):
            return False
        return _finish(batch, total, left_out)


def _problem(audience: audiences.Audience, segments: Sequence[Mapping[str, Any]]) -> str:
    """Why it would not reach whom it was planned for; "" when it does."""
    if audiences.missing_lists(audience):
        return _LIST_GONE
    if audiences.archived_lists(audience):
        return _LIST_ARCHIVED
    if audience.on_any_list and not audience.lists:
        return _NO_LIST
    is_gone = audiences.problem(audience) or any(audiences.problem_of_rules(one["rules"]) for one in segments)
    return _RULES_GONE if is_gone else ""


def _hold(batch: Batch, problem: str) -> bool:
    _building(batch).update(state=Batch.State.PAUSED, state_reason=problem)
    return False


def _hold_unapproved(batch: Batch, total: int) -> bool:
    """The row decides, so that an approval given while the people were counted holds nothing up."""
    if batch.most_unapproved is None or total <= batch.most_unapproved:
        return False
    reason = _GROWN.format(total=total, most=batch.most_unapproved)
    unapproved = _building(batch).filter(most_unapproved__lt=total)
    return bool(unapproved.update(state=Batch.State.PAUSED, state_reason=reason, people_unapproved=total))


def drop(batch_id: int) -> None:
    """Remove the messages of a batch that was undone. Safe to run twice."""
    batch = Batch.objects.get(pk=batch_id)
    if batch.state != Batch.State.CANCELLED or batch.started_at or batch.total:
        return
    _clear(batch)
    Batch.objects.filter(pk=batch_id, finished_at=None).update(finished_at=timezone.now())


def _clear(batch: Batch) -> None:
    """Drop what an interrupted building or an undone batch left."""
    if batch.first_id is None or batch.last_id is None:
        return
    for start in range(batch.first_id, batch.last_id + 1, SLICE):
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM delivery_message WHERE id BETWEEN %s AND %s AND batch_id = %s",
                [start, min(start + SLICE - 1, batch.last_id), batch.pk],
            )
    Chunk.objects.filter(batch=batch).delete()
    Batch.objects.filter(pk=batch.pk).update(first_id=None, last_id=None)


def _collect(batch: Batch, audience: audiences.Audience) -> tuple[int, dict[str, int]]:
    """Everyone who will receive, in the order of sending, in a table of this session; and who was left out, why.

    One snapshot for both, so that the sum adds up however many people come and go meanwhile.
    """
    select, parameters = repeats.select(audience, batch.repeats_id)
    lane, lane_parameters = mailbox_providers.sql("email")
    language, language_parameters = _language(batch)
    segments, of_segments, segments_parameters = _segments(batch)
    first = _MOST_ENGAGED if warmup_plans.plans_for(batch) else ""
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL work_mem = '96MB'")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.delivery_stage")
        cursor.execute(
            f"""
            CREATE TEMP TABLE delivery_stage AS
            SELECT row_number() OVER (ORDER BY lane COLLATE "C", {first} contact_id) - 1 AS n,
                contact_id, email, lane, {language} AS language, {segments} AS segments
            FROM (SELECT contact_id, email, {lane} AS lane FROM ({select}) audience) placed {of_segments}
            """,  # noqa: S608
            [*language_parameters, *lane_parameters, *parameters, *segments_parameters],
        )
        cursor.execute("CREATE UNIQUE INDEX ON delivery_stage (n)")
        cursor.execute("ANALYZE delivery_stage")
        cursor.execute("SELECT count(*) FROM delivery_stage")
        total = int(cursor.fetchone()[0])
        summary = asdict(audiences.summary(audience))
        left_out = {name: n for name, n in summary.items() if name != "will_receive"}
        if batch.repeats_id:
            left_out["joined_since"] = summary["will_receive"] - total
    return total, left_out


def _language(batch: Batch) -> tuple[str, list[Any]]:
    """SQL for the one of its languages that somebody of the audience gets; NULL where there is one for everybody."""
    if not batch.languages:
        return "NULL::varchar", []
    picked, parameters = languages.picked_sql("c", batch.languages)
    theirs = f"SELECT {picked} FROM contacts_contact c WHERE c.id = contact_id"  # noqa: S608
    return f"coalesce(({theirs}), %s)", [*parameters, batch.languages[0]]


def _segments(batch: Batch) -> tuple[str, str, list[Any]]:
    """SQL for the bits of the segments that somebody of the audience is in, what it joins, and parameters of that."""
    bits, joined, parameters = [], [], list[Any]()
    for place, segment in enumerate(batch.segments):
        sql, more = audiences.members(segment["rules"])
        bits.append(f"CASE WHEN s{place}.id IS NULL THEN 0 ELSE {1 << place} END")
        joined.append(f"LEFT JOIN ({sql}) s{place} ON s{place}.id = contact_id")
        parameters += more
    return " + ".join(bits) or "NULL::integer", " ".join(joined), parameters


def _count_languages(batch: Batch) -> dict[str, int]:
    if not batch.languages:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT language, count(*) FROM delivery_stage GROUP BY 1")
        return dict.fromkeys(batch.languages, 0) | dict(cursor.fetchall())


def _reserve(batch: Batch, total: int) -> bool:
    if not total:
        return True
    with transaction.atomic():
        first = ids.reserve(total)
        batch.first_id, batch.last_id = first, first + total - 1
        return bool(_building(batch).update(first_id=batch.first_id, last_id=batch.last_id))


def _fill(batch: Batch, total: int) -> bool:
    """Insert slice after slice; False when the batch was undone meanwhile."""
    for start in range(0, total, SLICE):
        with transaction.atomic(), connection.cursor() as cursor:
            if not _building(batch).select_for_update(no_key=True).exists():
                return False
            cursor.execute(
                """
                INSERT INTO delivery_message (id, batch_id, contact_id, email, language, segments)
                SELECT %s::bigint + n, %s, contact_id, email, language, segments
                FROM delivery_stage WHERE n >= %s AND n < %s ORDER BY n
                """,
                [batch.first_id, batch.pk, start, start + SLICE],
            )
    return True


def _finish(batch: Batch, total: int, left_out: dict[str, int]) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        now = timezone.now()
        done = _building(batch).update(
            total=total,
            left_out=left_out,
            people_by_language=_count_languages(batch),
            built_at=now,
            state=Batch.State.HELD,
        )
        if done and total:
            merging.settle_built(cursor, batch)
            cursor.execute(_CHUNKS, {"batch": batch.pk, "first": batch.first_id, "size": CHUNK})
        cursor.execute("DROP TABLE pg_temp.delivery_stage")
    log.info("batch %s: %s messages made", batch.pk, total)
    return bool(done)


def _building(batch: Batch) -> QuerySet[Batch]:
    return Batch.objects.filter(pk=batch.pk, state=Batch.State.BUILDING, built_at=None)


# Chunks are offered by id: each lane's are spread evenly over the whole, so that no lane is left alone at the end.
_CHUNKS = """
INSERT INTO delivery_chunk (batch_id, lane, first_id, last_id, size, pending)
SELECT %(batch)s, lane, %(first)s::bigint + min(n), %(first)s::bigint + max(n), count(*), count(*)
FROM (
    SELECT n, lane, (row_number() OVER (PARTITION BY lane COLLATE "C" ORDER BY n) - 1) / %(size)s AS place,
           count(*) OVER (PARTITION BY lane COLLATE "C") AS lane_size
    FROM delivery_stage
) members
GROUP BY lane, lane_size, place
ORDER BY place * %(size)s / lane_size::float, lane COLLATE "C"
"""
