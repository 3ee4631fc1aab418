"""Troubles that were noticed, and who was told of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from delivery.mailed_once import MailedOnce


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


class AlertMail(MailedOnce):
    """News of a trouble to a person."""

    class News(models.TextChoices):
        BEGUN = "begun", "Alarm"
        OVER = "over", "All-clear"

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    news = models.CharField(max_length=5, choices=News.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "user", "news"], name="one_mail_an_alert")]

    def __str__(self) -> str:
        return f"{self.get_news_display()} of {self.alert_id} to {self.user_id}"
