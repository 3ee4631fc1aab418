"""Changes of a field that reach into every person's record."""

from django.conf import settings
from django.db import models
from django.urls import reverse


class FieldChange(models.Model):
    """One change of all values of a field, checked first where something could be lost. See changing."""

    class Act(models.TextChoices):
        KIND = "kind", "Another kind"
        RENAME = "rename", "Rename a choice"
        REMOVE = "remove", "Remove a choice"
        DELETE = "delete", "Delete the field"

    class State(models.TextChoices):
        CHECKING = "checking", "Checking"
        READY = "ready", "Ready"  # waits for the go-ahead
        RUNNING = "running", "Changing"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    field = models.ForeignKey("contacts.Field", models.SET_NULL, null=True, related_name="changes")
    key = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    act = models.CharField(max_length=6, choices=Act.choices)
    state = models.CharField(max_length=9, choices=State.choices, default=State.CHECKING)
    details = models.JSONField(default=dict, help_text="What to do: from, to, old, new, day_first, keep.")
    counts = models.JSONField(default=dict, help_text="What the check found, and how many were changed.")
    after = models.BigIntegerField(default=0, help_text="Contacts up to this id are done.")
    until = models.BigIntegerField(default=0, help_text="The last contact's id when it began.")
    problem = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True, help_text="Last sign of life of whoever works on it.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.label}: {self.get_act_display()}"

    def get_absolute_url(self) -> str:
        return reverse("field-change", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.RUNNING)
