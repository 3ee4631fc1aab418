"""An export as a job."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse


class ExportJob(models.Model):
    class State(models.TextChoices):
        RUNNING = "running", "Being written"
        DONE = "done", "Ready"
        CANCELLED = "cancelled", "Stopped"
        FAILED = "failed", "Failed"
        GONE = "gone", "No longer kept"

    query = models.TextField(blank=True, help_text="The filters as an address has them.")
    columns = ArrayField(models.CharField(max_length=80))
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    total = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    storage_name = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(auto_now_add=True, help_text="Last sign of life of whoever works on it.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"export {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("contacts-export-job", args=[self.pk])
