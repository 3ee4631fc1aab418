"""What providers and the servers behind them take of us now."""

from django.db import models

from delivery.models.providers import Provider


class LanePace(models.Model):
    """A lane whose servers asked for less, at one provider (see delivery.policy.slowdown). No row: they never did."""

    provider = models.ForeignKey(Provider, models.CASCADE)
    lane = models.CharField(max_length=12)
    rate = models.FloatField(null=True, help_text="A minute; none: no limit but the provider's own.")
    was = models.FloatField(null=True, help_text="The rate before; back there, the lane is free again.")
    heard_at = models.DateTimeField(null=True, help_text="A server asked for less, last.")
    words = models.CharField(max_length=1000, blank=True, help_text="What it said; hostile text.")
    changed_at = models.DateTimeField(null=True)
    accepted = models.BigIntegerField(default=0, help_text="Since the rate changed.")
    held_until = models.DateTimeField(null=True)
    ceiling = models.FloatField(null=True)
    ceiling_until = models.DateTimeField(null=True)
    recent = models.JSONField(default=dict)
    next_at = models.DateTimeField(null=True, help_text="When its rate allows one more; workers write it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "lane"], name="one_pace_a_lane")]

    def __str__(self) -> str:
        return f"{self.lane} through {self.provider}"


class ProviderHour(models.Model):
    """What came of the tries through a provider within an hour: see delivery.providers.hours."""

    provider = models.ForeignKey(Provider, models.CASCADE, db_index=False)
    hour = models.DateTimeField()
    slot = models.SmallIntegerField(help_text="Workers that write at the same time write to different rows.")
    accepted = models.BigIntegerField(default=0)
    deferred = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    uncertain = models.BigIntegerField(default=0)
    accepted_ms = models.BigIntegerField(default=0, help_text="Of the accepted, from the first word to the answer.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "hour", "slot"], name="one_row_an_hour_and_slot")]

    def __str__(self) -> str:
        return f"{self.provider} at {self.hour:%H}"


class RetryMinute(models.Model):
    """How many retries of a provider are booked for one minute to come."""

    provider = models.ForeignKey(Provider, models.CASCADE)
    minute = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "minute"], name="one_booking_a_minute")]

    def __str__(self) -> str:
        return f"{self.count} at {self.minute:%H:%M}"


class MailDomain(models.Model):
    """A custom domain whose MX was looked up (see delivery.throttling.mx)."""

    domain = models.CharField(max_length=255, unique=True)
    lane = models.CharField(max_length=12, default="other")
    mx = models.CharField(max_length=255, blank=True, help_text="The preferred one; hostile text.")
    looked_up_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.domain
