"""The figures of a campaign as stop rules see them."""

from collections.abc import Iterable
from dataclasses import asdict

from django.db import connection
from django.db.models import QuerySet

from delivery.models import Batch
from delivery.policy.stop_rules import Figures


def figures(batch: Batch) -> Figures:
    """Of the batch and those of its group: one campaign is judged as a whole, a rehearsal of it apart."""
    return of(mate.pk for mate in together(batch).only("pk"))


def of(batch_ids: Iterable[int]) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [list(batch_ids)])
        return Figures(*cursor.fetchone())


def together(batch: Batch) -> QuerySet[Batch]:
    if not batch.group:
        return Batch.objects.filter(pk=batch.pk)
    return Batch.objects.filter(group=batch.group, rehearsal=batch.rehearsal, stream=batch.stream)


def seen(batch: Batch) -> dict[str, int] | None:
    """The figures at which somebody goes on after a stop, to be remembered."""
    return asdict(figures(batch)) if batch.stop_rule else batch.resumed_at_figures


def seen_before(batch: Batch) -> Figures | None:
    """Those remembered last: figures only grow, so they are the largest."""
    known = together(batch).values_list("resumed_at_figures", flat=True)
    return max(
        (Figures(**past) for past in known if past), key=lambda past: (past.tried, past.complained), default=None
    )


# What a mailbox's server says later, by mail or through the provider, counts like its answer at once.
_FIGURES = """
SELECT coalesce(sum(b.accepted + coalesce(c.accepted, 0)), 0)::bigint,
    coalesce(sum(b.accepted + b.refused + b.uncertain + coalesce(c.tried, 0)), 0)::bigint,
    coalesce(sum(b.hard + coalesce(c.hard, 0) + coalesce(f.hard, 0)), 0)::bigint,
    coalesce(sum(b.blocked + coalesce(c.blocked, 0) + coalesce(f.blocked, 0)), 0)::bigint,
    coalesce(sum(f.complained), 0)::bigint
FROM delivery_batch b LEFT JOIN LATERAL (
    SELECT sum(accepted) AS accepted, sum(accepted + refused + uncertain) AS tried, sum(hard) AS hard,
        sum(blocked) AS blocked
    FROM delivery_chunk WHERE batch_id = b.id AND NOT is_done) c ON true
LEFT JOIN LATERAL (
    SELECT sum(hard) AS hard, sum(blocked) AS blocked, sum(complained) AS complained
    FROM delivery_feedbackcount WHERE batch_id = b.id) f ON true
WHERE b.id = ANY(%s)
"""
