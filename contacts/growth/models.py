"""Sums of joining and leaving. Everything that changes a list is noted by triggers (see the migration
`list_growth`): imports write past Django, and a person deleted takes their subscriptions along.
"""

from django.db import models


class ListChange(models.Model):
    """What one statement changed and `ListDay` does not show yet. No list: look who cannot be reached."""

    list_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(help_text="The quarter of an hour, so that a day can begin in any time zone.")
    joined = models.BigIntegerField(default=0)
    unsubscribed = models.BigIntegerField(default=0)
    deleted = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"list {self.list_id} {self.at}"


class ListDay(models.Model):
    """One day of a list in the organisation's time zone. All days together are who can be reached on it now:
    joined + back - unsubscribed - deleted - lost."""

    list = models.ForeignKey("contacts.MailingList", models.CASCADE, related_name="days", db_index=False)
    on = models.DateField()
    joined = models.BigIntegerField(default=0)
    back = models.BigIntegerField(default=0, help_text="Their suppression was lifted, or they agreed once more.")
    unsubscribed = models.BigIntegerField(default=0)
    deleted = models.BigIntegerField(default=0, help_text="The contact was deleted.")
    lost = models.BigIntegerField(
        default=0, help_text="Bounced, complained or suppressed while on the list, or consent ended."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "on"], name="one_day_per_list")]

    def __str__(self) -> str:
        return f"{self.list_id} {self.on}"


class LostSubscription(models.Model):
    """Subscribed, but suppressed or without consent that holds: counted as lost, until that ends."""

    subscription_id = models.BigIntegerField(primary_key=True)
    list_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"subscription {self.subscription_id}"
