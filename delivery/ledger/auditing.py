"""Counting the rows themselves, so that a number shown is one that is there."""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from delivery.ledger import counters
from delivery.ledger.listing import WHICH
from delivery.ledger.tallying import LIVE, SUMS, Tally, tally
from delivery.models import Batch

RECENT = timedelta(days=7)
SECONDS_A_RUN = 20.0

_COUNTED = f"SELECT b.total, {SUMS} FROM delivery_batch b {LIVE} WHERE b.id = %s"  # noqa: S608
_ROWS = (
    "SELECT "  # noqa: S608
    + ", ".join(f"count(*) FILTER (WHERE {WHICH[name]})" for name in counters.STATES)
    + """ FROM delivery_message m LEFT JOIN delivery_waiting w ON w.message_id = m.id
    WHERE m.batch_id = %s AND m.id BETWEEN %s AND %s"""
)


def audit(batch: Batch) -> Tally:
    """Recount a batch's rows and take off each term what no row bears out: it shows as unaccounted for.

    Counts and rows come from one snapshot, so a batch that is being sent may be audited too.
    """
    batch.refresh_from_db()
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(_COUNTED, [batch.pk])
        total, *counted = cursor.fetchone()
        cursor.execute(_ROWS, [batch.pk, batch.first_id, batch.last_id])
        rows = list(cursor.fetchone())
    batch.audit = disagreement(total, _named(counted), _named(rows))
    Batch.objects.filter(pk=batch.pk).update(audit=batch.audit, audited_at=Now())
    return tally(batch)


def disagreement(total: int, counted: dict[str, int], rows: dict[str, int]) -> dict[str, int]:
    """What to take off each counter. Rows are missing from it, or, all rows being there, it counts too many itself."""
    off = {name: max(0, counted[name] - rows[name]) for name in counters.STATES}
    if sum(rows.values()) == total and sum(counted.values()) > total:
        off = {name: 2 * n for name, n in off.items()}
    return {name: n for name, n in off.items() if n}


def _named(counts: list[int]) -> dict[str, int]:
    return dict(zip(counters.STATES, counts, strict=True))


def audit_recent() -> int:
    """Audit what is unfinished or finished lately, the longest unaudited first, for some seconds; returns how many."""
    until = time.monotonic() + SECONDS_A_RUN
    recent = Batch.objects.filter(
        Q(finished_at=None) | Q(finished_at__gt=timezone.now() - RECENT), built_at__isnull=False
    )
    done = 0
    for batch in recent.exclude(total=0).order_by(F("audited_at").asc(nulls_first=True))[:1000]:
        audit(batch)
        done += 1
        if time.monotonic() > until:
            break
    return done
