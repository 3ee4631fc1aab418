"""A change to many people, and the slices of the set that was frozen when the change began."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse


class BulkChange(models.Model):
    class State(models.TextChoices):
        FREEZING = "freezing", "Looking up who it is"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Stopped"
        FAILED = "failed", "Failed"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    action = models.CharField(max_length=20, help_text="Of contacts.bulk.actions.")
    options = models.JSONField(default=dict, help_text="What the action needs to know: the tag, the list, the reason.")
    chosen = models.JSONField(default=dict, help_text="Whom: numbers, or the filters as an address has them.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.FREEZING)
    expected = models.BigIntegerField(help_text="How many people it was confirmed for.")
    total = models.BigIntegerField(default=0, help_text="How many the frozen set has.")
    seen = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0, help_text="Those for whom it was not so before.")
    restored = models.BigIntegerField(default=0, help_text="By Undo.")
    kept = models.BigIntegerField(default=0, help_text="Left alone by Undo: they were changed since.")
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(auto_now_add=True, help_text="Last sign of life of whoever works on it.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.action

    def get_absolute_url(self) -> str:
        return reverse("bulk-change", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


class BulkSlice(models.Model):
    """Some of the frozen set. `was` is what the action needs to take it back, None until it was done."""

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="slices")
    contact_ids = ArrayField(models.BigIntegerField())
    was = models.JSONField(null=True)
    is_undone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"slice of {self.change_id}"


class DeletedPerson(models.Model):
    """Somebody whom a change deleted, for its Undo: see contacts.bulk.deleted."""

    pk = models.CompositePrimaryKey("change_id", "contact_id")
    change = models.ForeignKey(BulkChange, models.CASCADE, db_index=False, related_name="+")
    contact_id = models.BigIntegerField(db_index=True)
    email = models.CharField(max_length=320, db_index=True, help_text="Lower case.")
    rows = models.JSONField(help_text="By table: what went with them.")

    def __str__(self) -> str:
        return f"contact {self.contact_id}"


UNDER_WAY = (BulkChange.State.FREEZING, BulkChange.State.RUNNING, BulkChange.State.UNDOING)
