"""Notes about a person, and what was changed by hand."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Note(models.Model):
    """What somebody here wrote down about a person. Only people who work here read it."""

    LONGEST = 5_000

    contact = models.ForeignKey("contacts.Contact", models.CASCADE, related_name="notes")
    text = models.TextField(max_length=LONGEST)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    at = models.DateTimeField(default=timezone.now)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    edited_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"note about contact {self.contact_id}"


class ValueChange(models.Model):
    """Values of a person that somebody changed in one go."""

    contact = models.ForeignKey("contacts.Contact", models.CASCADE, related_name="value_changes")
    values = models.JSONField(help_text="By the value's name in contacts.forms: before and after, as text.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"contact {self.contact_id}: {', '.join(self.values)}"
