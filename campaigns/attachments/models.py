from django.conf import settings
from django.db import models

from campaigns.models import Campaign


class Attachment(models.Model):
    """A file of a campaign, or the calendar file of one of its events, which is written anew for each launch."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=150, help_text="As readers see it, with its ending.")
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    path = models.CharField(max_length=200, blank=True, help_text="In the storage; empty: a calendar file.")
    event = models.CharField(max_length=40, blank=True, help_text="The block whose calendar file it is.")
    is_linked = models.BooleanField(default=False, help_text="Not in the mail: a link leads to it.")
    public_name = models.CharField(
        max_length=22, blank=True, db_index=True, help_text="In its address; copies share it."
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
