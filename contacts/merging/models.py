"""Who was merged into whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Merge(models.Model):
    """The contact `gone_id` is `contact` now. Links in mails to it, its address in files and reports go by this row."""

    # It outlives the contact: links in mails to the old address say for ever whose they are.
    contact = models.ForeignKey("contacts.Contact", models.DO_NOTHING, related_name="merges", db_constraint=False)
    gone_id = models.BigIntegerField(unique=True)
    email = models.CharField(max_length=320, help_text="The address of the one who is gone.")
    consent_ids = ArrayField(models.BigIntegerField(), default=list, help_text="Consent events said under `email`.")
    tracking_ids = ArrayField(models.BigIntegerField(), default=list, help_text="The same of consent to be counted.")
    was = models.JSONField(default=dict, help_text="What Undo needs, as long as it may be undone; then empty.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(Lower("email"), name="merge_of_address")]

    def __str__(self) -> str:
        return f"contact {self.gone_id} into {self.contact_id}"
