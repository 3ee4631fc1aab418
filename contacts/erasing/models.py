"""Who was erased, as far as that may be remembered."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone


class Erasure(models.Model):
    """One address that is erased: its certificate once that is done. Address and messages are then forgotten."""

    class State(models.TextChoices):
        WAITING = "waiting", "About to start"
        SETTLING = "settling", "Waiting for mails that were on their way"
        DONE = "done", "Erased"

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    address = models.CharField(max_length=320, blank=True, help_text="Only until it is done.")
    contact_id = models.BigIntegerField(null=True, help_text="Only until it is done.")
    message_ids = ArrayField(models.BigIntegerField(), default=list, help_text="Only until it is done.")
    digest = models.CharField(max_length=80, help_text="The address's salted hash, as the suppression has it.")
    reason = models.CharField(max_length=300, help_text="How they asked for it.")
    counts = models.JSONField(default=dict, help_text="By the names of contacts.erasing.registry: how many.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=~models.Q(state="done"), name="erasure_unfinished")]

    def __str__(self) -> str:
        return f"erasure {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("erasure", args=[self.pk])
