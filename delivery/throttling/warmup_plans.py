"""Warm-up plans at work: the day's allowance in PostgreSQL, taken in claims and checkpoints; the day after by the tick.

Marketing mail alone is held back and counted, and never a rehearsal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation
from delivery.models import Batch, Provider, Term, WarmupDay, WarmupPlan
from delivery.policy import warmup
from delivery.policy.warmup import Decision, Yesterday
from delivery.replies.categories import HARD

AT_WORK = (WarmupPlan.State.ACTIVE, WarmupPlan.State.HELD)


# Plans


def start(*, provider: Provider | None = None, sender_domain: str = "", caps: Sequence[int]) -> WarmupPlan:
    today = _today()
    return WarmupPlan.objects.create(
        provider=provider, sender_domain=sender_domain.lower(), caps=list(caps), started_on=today, today=today
    )


def plans_of(provider: Provider, sender_domain: str) -> list[WarmupPlan]:
    """Those at work that hold back what leaves so."""
    if provider.is_sandbox:
        return []
    same = Q(provider=provider) | Q(sender_domain=sender_domain.lower()) & ~Q(sender_domain="")
    return list(_at_work().filter(same).select_related("provider"))


def plans_for(batch: Batch) -> list[WarmupPlan]:
    if batch.rehearsal or batch.stream != Batch.Stream.MARKETING or batch.provider is None:
        return []
    return plans_of(batch.provider, batch.sender_domain)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Why so many people are reached over days: of all plans that hold them back, the slowest."""

    plan: WarmupPlan
    spread: list[int]  # how many go today, tomorrow and so on, if every day goes well

    @property
    def days(self) -> int:
        """From now to the day of the last one; 0: today."""
        return len(self.spread) - 1

    @property
    def dated(self) -> list[tuple[date, int]]:
        return [(self.plan.today + timedelta(days=n), people) for n, people in enumerate(self.spread)]


def outlook(plans: Sequence[WarmupPlan], people: int) -> Outlook | None:
    """None: all may go today."""
    outlooks = [Outlook(plan, plan.spread(people)) for plan in plans]
    return max((one for one in outlooks if one.days > 0), key=lambda one: one.days, default=None)


def day_begins(day: date) -> datetime:
    return datetime.combine(day, time(), _zone())


# The allowance

# To be put where `b` is the batch and `provider` names the one who drives it.
SPENT = """EXISTS (
    SELECT 1 FROM delivery_warmupplan w
    WHERE w.state IN ('active', 'held') AND w.used >= w.caps[w.day] AND b.stream = 'marketing' AND NOT b.rehearsal
    AND (w.provider_id = %(provider)s OR (w.sender_domain = b.sender_domain AND b.sender_domain <> '')))"""


def take(cursor: Any, provider: Provider, batch_id: int, wanted: int) -> int:
    """How many of `wanted` the day still allows; they are counted. Locks the plans to the end of the transaction."""
    cursor.execute(_LEFT, {"provider": provider.pk, "batch": batch_id})
    plans = cursor.fetchall()
    granted: int = min([wanted, *(max(0, left) for _, left in plans)])
    if plans and granted:
        _count(cursor, [plan_id for plan_id, _ in plans], granted)
    return granted


def give_back(cursor: Any, provider: Provider, batch_id: int, unused: int) -> None:
    if unused > 0:
        cursor.execute(_LEFT, {"provider": provider.pk, "batch": batch_id})
        _count(cursor, [plan_id for plan_id, _ in cursor.fetchall()], -unused)


def spent(cursor: Any, provider: Provider, batch_ids: Sequence[int]) -> set[int]:
    """Batches of which nothing more may leave through this provider today."""
    cursor.execute(
        f"SELECT b.id FROM delivery_batch b WHERE b.id = ANY(%(batches)s) AND {SPENT}",  # noqa: S608
        {"batches": list(batch_ids), "provider": provider.pk},
    )
    return {row[0] for row in cursor.fetchall()}


# The day after


def turn_days() -> None:
    """Where a day is over: decide what the next one allows. Safe to run at any time, also twice at once."""
    today = _today()
    if not _at_work().filter(today__lt=today).exists():
        return
    with transaction.atomic():
        for plan in _at_work().filter(today__lt=today).select_for_update(of=("self",), skip_locked=True):
            _turn_day(plan, today)


def _turn_day(plan: WarmupPlan, today: date) -> None:
    yesterday = _figures(plan)
    decision = warmup.advance(plan.day, yesterday)
    if plan.state == WarmupPlan.State.HELD:
        decision = Decision(plan.day, "Held by hand.")
    WarmupDay.objects.create(
        plan=plan,
        date=plan.today,
        day=plan.day,
        cap=yesterday.cap,
        used=yesterday.used,
        hard=yesterday.hard,
        complaints=yesterday.complaints,
        deferred=yesterday.deferred,
        next_day=min(decision.day, len(plan.caps)),
        reason=decision.reason,
    )
    if decision.day > len(plan.caps):
        plan.state = WarmupPlan.State.FINISHED
    plan.day, plan.today, plan.used = min(decision.day, len(plan.caps)), today, 0
    plan.save(update_fields=["state", "day", "today", "used"])


def _figures(plan: WarmupPlan) -> Yesterday:
    values = {
        "hard": sorted(HARD),
        "provider": plan.provider_id,
        "domain": plan.sender_domain,
        "since": day_begins(plan.today),
        "until": day_begins(plan.today + timedelta(days=1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        hard, deferred, complaints = cursor.fetchone()
    return Yesterday(plan.cap, plan.used, hard, complaints, deferred)


def _at_work() -> QuerySet[WarmupPlan]:
    return WarmupPlan.objects.filter(state__in=AT_WORK)


def _count(cursor: Any, plan_ids: Sequence[int], n: int) -> None:
    cursor.execute(
        "UPDATE delivery_warmupplan SET used = greatest(0, used + %s) WHERE id = ANY(%s)", [n, list(plan_ids)]
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(Organisation.zone())


def _today() -> date:
    return timezone.now().astimezone(_zone()).date()


_LEFT = """
SELECT w.id, w.caps[w.day] - w.used FROM delivery_warmupplan w JOIN delivery_batch b ON b.id = %(batch)s
WHERE w.state IN ('active', 'held') AND b.stream = 'marketing' AND NOT b.rehearsal
AND (w.provider_id = %(provider)s OR (w.sender_domain = b.sender_domain AND b.sender_domain <> ''))
ORDER BY w.id FOR UPDATE OF w
"""
# Of mail that the plan covers, each message once; who was accepted and bounced later was not refused.
_FIGURES = f"""
WITH heard AS (
    SELECT count(*) FILTER (WHERE k.term = {int(Term.HARD)}) AS hard,
        count(*) FILTER (WHERE k.term = {int(Term.COMPLAINED)}) AS complained
    FROM delivery_feedback k JOIN delivery_batch b ON b.id = k.batch_id
    LEFT JOIN delivery_message m ON m.id = k.message_id
    WHERE k.at >= %(since)s AND k.at < %(until)s AND NOT b.rehearsal AND b.stream = 'marketing'
    AND (m.provider_id = %(provider)s OR (b.sender_domain = %(domain)s AND b.sender_domain <> '')))
SELECT count(DISTINCT a.message_id) FILTER (
           WHERE a.decision = 'refused' AND a.category = ANY(%(hard)s)) + (SELECT hard FROM heard),
    count(DISTINCT a.message_id) FILTER (WHERE a.decision = 'retry'), (SELECT complained FROM heard)
FROM delivery_attempt a JOIN delivery_batch b ON b.id = a.batch_id
WHERE a.at >= %(since)s AND a.at < %(until)s AND NOT b.rehearsal AND b.stream = 'marketing'
AND (a.provider_id = %(provider)s OR (b.sender_domain = %(domain)s AND b.sender_domain <> ''))
"""  # noqa: S608
