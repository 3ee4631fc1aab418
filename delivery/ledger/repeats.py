"""The people of a rehearsal once more, for real: those who were in it and may still be written to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from contacts import audience as audiences
from contacts.audience import Audience
from delivery.models import Batch, Chunk, Provider
from delivery.throttling import limits, warmup_plans
from delivery.throttling.warmup_plans import Outlook

_AMONG = """
SELECT contact_id, email FROM ({select}) chosen WHERE EXISTS (
    SELECT 1 FROM delivery_message m
    WHERE m.contact_id = chosen.contact_id AND m.batch_id = %s AND m.id BETWEEN %s AND %s)
"""


def select(audience: Audience, repeats_id: int | None) -> tuple[str, list[Any]]:
    """What `contacts.audience.select` gives, narrowed to the people of the batch `repeats_id` if there is one."""
    sql, parameters = audiences.select(audience)
    if repeats_id is None:
        return sql, parameters
    first, last = Batch.objects.values_list("first_id", "last_id").filter(pk=repeats_id).first() or (0, 0)
    return _AMONG.format(select=sql), [*parameters, repeats_id, first or 0, last or 0]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a rehearsal foretells of the same mail to the same people through a real way out."""

    people: int  # who were in the rehearsal and may still be written to
    left_since: int  # who were in it and may not
    lanes: list[tuple[str, int]]  # people of the rehearsal by mailbox provider, the most first
    at_least: timedelta | None  # by the provider's limits; None: it has none
    quota_left: int | None  # of its hour or day, now
    outlook: Outlook | None  # a warm-up spreads it over days


def forecast(rehearsal: Batch, provider: Provider) -> Forecast:
    sql, parameters = select(Audience.from_json(rehearsal.audience), rehearsal.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) people", parameters)  # noqa: S608
        people = int(cursor.fetchone()[0])
        quota_left = limits.quota_seen(cursor, provider)
        seconds = limits.seconds_by_quota(cursor, provider, people)
    rate = limits.Limits.of(provider).rate_per_second
    seconds = max(seconds, people / rate if rate else 0.0)
    lanes: dict[str, int] = {}
    for lane, size in Chunk.objects.filter(batch=rehearsal).values_list("lane", "size"):
        lanes[lane] = lanes.get(lane, 0) + size
    return Forecast(
        people=people,
        left_since=max(0, rehearsal.total - people),
        lanes=sorted(lanes.items(), key=lambda one: -one[1]),
        at_least=timedelta(seconds=round(seconds)) if seconds else None,
        quota_left=quota_left,
        outlook=warmup_plans.outlook(warmup_plans.plans_of(provider, rehearsal.sender_domain), people),
    )
