"""Rules from the database, as the server plays them."""

from django.db.models import Q
from django.utils import timezone

from delivery.sandbox.behaviour import Reader
from delivery.sandbox.simulating import playing
from delivery.sandbox.simulating.models import SandboxRule
from delivery.sandbox.simulating.playing import Effect, Rule, Stage

MOST = 100  # each is asked about every mail


def in_effect() -> list[Rule]:
    """With those that are still to begin."""
    rows = SandboxRule.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()), is_on=True)
    return [_rule(row) for row in rows[:MOST]]


def is_misbehaving() -> bool:
    now = timezone.now()
    begun = Q(starts_at=None) | Q(starts_at__lte=now)
    unruly = SandboxRule.objects.exclude(effect__in=[reader.value for reader in Reader])
    return unruly.filter(begun, Q(ends_at=None) | Q(ends_at__gt=now), is_on=True, percent__gt=0).exists()


def _rule(row: SandboxRule) -> Rule:
    return Rule(
        id=row.pk,
        effect=Effect(row.effect),
        mailbox_id=row.mailbox_id,
        pattern=playing.pattern(row.pattern),
        percent=float(row.percent),
        stage=Stage(row.stage),
        reply=row.reply,
        from_seconds=row.from_ms / 1000,
        to_seconds=row.to_ms / 1000,
        per_minute=row.per_minute,
        minutes=row.minutes,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
