"""How much a new provider or sender domain may send a day, and how its days went."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from delivery.models.providers import Provider
from delivery.policy import warmup


class WarmupPlan(models.Model):
    """What a new provider or a new sender domain may send a day: see policy.warmup. Rehearsals do not count."""

    class State(models.TextChoices):
        ACTIVE = "active", "Warming up"
        HELD = "held", "Held"  # stays at its day
        FINISHED = "finished", "Warmed up"
        ENDED = "ended", "Ended"

    provider = models.ForeignKey(Provider, models.CASCADE, null=True)
    sender_domain = models.CharField(max_length=253, blank=True)
    caps = ArrayField(models.PositiveIntegerField(), help_text="Of each day, the first first.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    started_on = models.DateField()
    day = models.PositiveSmallIntegerField(default=1)
    today = models.DateField(help_text="The date that `used` belongs to, in the organisation's time zone.")
    used = models.PositiveIntegerField(default=0, help_text="Granted today: what a crash lost is not given back.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(provider__isnull=False, sender_domain="") | Q(provider__isnull=True) & ~Q(sender_domain=""),
                name="plan_of_one",
            ),
            models.UniqueConstraint(
                fields=["provider"], condition=Q(state__in=["active", "held"]), name="one_plan_a_provider"
            ),
            models.UniqueConstraint(
                fields=["sender_domain"],
                condition=Q(state__in=["active", "held"]) & ~Q(sender_domain=""),
                name="one_plan_a_domain",
            ),
        ]

    def __str__(self) -> str:
        return str(self.provider) if self.provider else self.sender_domain

    @property
    def cap(self) -> int:
        return self.caps[min(self.day, len(self.caps)) - 1]

    @property
    def left(self) -> int:
        return max(0, self.cap - self.used)

    def spread(self, people: int) -> list[int]:
        return warmup.spread(people, self.caps, self.day, self.used)


class WarmupDay(models.Model):
    """A day of a plan that is over: what it allowed, what came of it, and what followed from that."""

    plan = models.ForeignKey(WarmupPlan, models.CASCADE, related_name="days")
    date = models.DateField()
    day = models.PositiveSmallIntegerField()
    cap = models.PositiveIntegerField()
    used = models.PositiveIntegerField()
    hard = models.PositiveIntegerField()
    complaints = models.PositiveIntegerField()
    deferred = models.PositiveIntegerField()
    next_day = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-date"]
        constraints = [models.UniqueConstraint(fields=["plan", "date"], name="one_row_a_warmup_day")]

    def __str__(self) -> str:
        return f"{self.plan}, {self.date}"
