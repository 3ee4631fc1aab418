"""Sums over everybody that Home reads. Made anew as a whole: see contacts.reach.counting."""

from django.db import models


class AudienceDay(models.Model):
    """People who could be reached from that day on, and those who no longer could, in the organisation's time zone.

    All days together are who can be reached now: joined - unsubscribed - bounced - complained - blocked - expired.
    """

    on = models.DateField(primary_key=True)
    joined = models.BigIntegerField()
    unsubscribed = models.BigIntegerField()
    bounced = models.BigIntegerField()
    complained = models.BigIntegerField()
    blocked = models.BigIntegerField(help_text="Suppressed by hand, or on hold.")
    expired = models.BigIntegerField(default=0, db_default=0, help_text="Their consent held for a time.")

    def __str__(self) -> str:
        return f"{self.on}"


class AudienceCount(models.Model):
    """When the days were last counted, what that cost, and by which a change since would be seen."""

    counted_at = models.DateTimeField()
    took_seconds = models.FloatField()
    seen = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.counted_at}"
