"""Troubles that were noticed, and who was told of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Alert(models.Model):
    """One trouble from its beginning to its end."""

    about = models.CharField(max_length=100, help_text="What it concerns, as accounts.shell.problems names it.")
    title = models.CharField(max_length=300, help_text="May hold hostile text.")
    text = models.TextField(blank=True, help_text="Cause and cure; may hold hostile text.")
    url = models.CharField(max_length=300, blank=True, help_text="The path of the page that helps.")
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was met last.")
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about"], condition=Q(over_at=None), name="one_alert_a_trouble"),
        ]
        indexes = [models.Index(fields=["over_at"], name="alert_over")]

    def __str__(self) -> str:
        return f"{self.about}: {self.title}"


class AlertMail(models.Model):
    """News of a trouble to a person: whoever makes or takes the row is the one who mails it, at most once."""

    class News(models.TextChoices):
        BEGUN = "begun", "Alarm"
        OVER = "over", "All-clear"

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "Being mailed"  # for ever, if whoever mailed it died: it may have arrived
        SENT = "sent", "Mailed"
        FAILED = "failed", "Surely not mailed"
        UNCERTAIN = "uncertain", "May have arrived"

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    news = models.CharField(max_length=5, choices=News.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.UNDER_WAY)
    tries = models.PositiveSmallIntegerField(default=1)
    tried_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True, help_text="Holds the server's words; hostile text.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "user", "news"], name="one_mail_an_alert")]

    def __str__(self) -> str:
        return f"{self.get_news_display()} of {self.alert_id} to {self.user_id}"
