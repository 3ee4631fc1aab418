"""What a draft was made from."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models

from campaigns.models import Campaign

_MOST_NOTES = 40


class MailImport(models.Model):
    class Kind(models.TextChoices):
        PASTED = "pasted", "Pasted"
        FILE = "file", "A file"
        ZIP = "zip", "A ZIP file"
        ADDRESS = "address", "A web address"

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="mail_import")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    name = models.CharField(max_length=400, blank=True, help_text="Of the file, or the address.")
    html = models.TextField(blank=True, help_text="As it came, but for addresses of pictures; hostile.")
    mjml = models.TextField(blank=True, help_text="What the HTML was compiled from.")
    notes = models.JSONField(default=list, help_text="What was done with it, in sentences.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.source} {self.name}".strip()

    @property
    def source(self) -> str:
        """What it was made from, within a sentence."""
        return _SOURCES[self.Kind(self.kind)]

    def note(self, sentences: Iterable[str]) -> None:
        """Each is said once."""
        self.notes = list(dict.fromkeys([*self.notes, *sentences]))[:_MOST_NOTES]
        self.save(update_fields=["notes"])


_SOURCES = {
    MailImport.Kind.PASTED: "pasted text",
    MailImport.Kind.FILE: "a file",
    MailImport.Kind.ZIP: "a ZIP file",
    MailImport.Kind.ADDRESS: "a web address",
}
