"""How many workers drive a provider at a time, known from rows of their own and never from a queue's length."""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from redis.exceptions import RedisError

from delivery.models import Batch, Provider, Turn
from delivery.queueing import enqueue
from delivery.throttling import limits
from delivery.throttling.limits import Limits
from delivery.workers import slots

QUEUES = {Batch.Stream.MARKETING: "bulk", Batch.Stream.TRANSACTIONAL: "transactional"}
# A turn lasts ten seconds; one that has not begun or not ended by then got lost.
QUEUED_SECONDS = 30
RUNNING_SECONDS = 45
ENTERED_WITHIN_SECONDS = 5
MOST = 64
# What one process sends at best: a provider that takes less needs no second one.
PROCESS_RATE_PER_SECOND = 500

# At most one turn waits in the queue; each that begins brings the next while there is something for it to do.
_WANTED = """
INSERT INTO delivery_turn (provider_id, stream, queued_at)
SELECT %(provider)s, %(stream)s, statement_timestamp() WHERE
    (SELECT count(*) FILTER (WHERE started_at IS NULL) = 0 AND count(*) < %(most)s
     FROM delivery_turn WHERE provider_id = %(provider)s AND stream = %(stream)s
     AND coalesce(started_at + %(running)s * interval '1 second', queued_at + %(queued)s * interval '1 second')
         > statement_timestamp())
    AND EXISTS (
        SELECT 1 FROM delivery_chunk c JOIN delivery_batch b ON b.id = c.batch_id
        WHERE NOT c.is_done AND c.owner IS NULL AND c.offered_until > statement_timestamp()
        AND c.offered_to = %(provider)s AND b.state = 'sending' AND b.stream = %(stream)s)
    AND NOT EXISTS (
        SELECT 1 FROM delivery_breaker WHERE provider_id = %(provider)s AND state <> 'closed'
        AND next_try_at > statement_timestamp())
RETURNING id
"""


def kick(provider: Provider, stream: str) -> bool:
    """Queue one more turn if chunks are offered, none is queued yet and another one would find room."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WANTED,
            {
                "provider": provider.pk,
                "stream": stream,
                "most": most(provider),
                "queued": QUEUED_SECONDS,
                "running": RUNNING_SECONDS,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return False
    queue = QUEUES[Batch.Stream(stream)]
    ids = {"provider_id": provider.pk, "stream": str(stream), "turn_id": row[0]}
    enqueue("delivery.turn", queue=queue, expires=QUEUED_SECONDS, if_not=partial(forget, row[0]), **ids)
    return True


def most(provider: Provider) -> int:
    """How many turns of a provider are useful at a time."""
    rate = Limits.of(provider).rate_per_second
    by_rate = MOST if rate is None else 1 + int(rate // PROCESS_RATE_PER_SECOND)
    return max(1, min(provider.connections_now, by_rate, MOST))


def take(provider_id: int, stream: str, turn_id: int | None, run: Callable[[int, str], object]) -> None:
    """Do a turn that was queued, by `run`; one that is stale or was delivered twice does nothing."""
    if turn_id and not Turn.objects.filter(pk=turn_id, started_at=None).update(started_at=Now()):
        return
    provider = Provider.objects.get(pk=provider_id)
    begun = time.monotonic()
    try:
        kick(provider, stream)
        run(provider_id, stream)
    finally:
        forget(turn_id)
    # A turn that ended at once found nothing, or a server that is away: the tick brings the next one soon enough.
    if time.monotonic() - begun > 1:
        kick(provider, stream)


def running(provider_id: int) -> int:
    """Turns of a provider at work now, this one included: they share its connections."""
    return Turn.objects.filter(_is_running(), provider_id=provider_id).count()


def forget(turn_id: int | None) -> None:
    Turn.objects.filter(pk=turn_id or 0).delete()


def forget_lost() -> None:
    """Drop rows of turns that a killed worker or an emptied queue left behind: they keep others from beginning."""
    now = timezone.now()
    old = now - timedelta(seconds=QUEUED_SECONDS)
    older = now - timedelta(seconds=RUNNING_SECONDS)
    Turn.objects.filter(Q(started_at=None, queued_at__lt=old) | Q(started_at__lt=older)).delete()
    _forget_dead(now - timedelta(seconds=ENTERED_WITHIN_SECONDS))
    _forget_queued_in_a_redis_that_died()


def forget_queued() -> None:
    """Drop rows of turns that may have been in the hands of somebody who died: the tick queues them again.

    Nothing is lost by a wrong guess, because a turn without a row does nothing.
    """
    Turn.objects.filter(started_at=None).delete()


def _forget_queued_in_a_redis_that_died() -> None:
    """Redis keeps its queues, but what was sent to it in its last second, or fetched and not begun, is gone."""
    queued = Turn.objects.filter(started_at=None)
    if not queued.exists():
        return
    try:
        age_seconds = limits.connect().info("server")["uptime_in_seconds"]
    except RedisError:
        return
    queued.filter(queued_at__lt=timezone.now() - timedelta(seconds=age_seconds)).delete()


def _forget_dead(entered_by: datetime) -> None:
    """Who is in a turn holds a lock that shows it, and that ends with him: rows beyond those locks are of the dead.

    Which of them is all the same, because only their number counts.
    """
    rows = defaultdict(list)
    for turn in Turn.objects.filter(started_at__lt=entered_by).order_by("-started_at"):
        rows[turn.provider_id, turn.stream].append(turn.pk)
    if rows:
        with connection.cursor() as cursor:
            living = slots.present(cursor)
        dead = [pk for key, pks in rows.items() for pk in pks[living.get(key, 0) :]]
        Turn.objects.filter(pk__in=dead).delete()


def _is_running() -> Q:
    return Q(started_at__gt=timezone.now() - timedelta(seconds=RUNNING_SECONDS))
