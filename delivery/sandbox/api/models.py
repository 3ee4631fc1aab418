"""A key of the sandbox's interface."""

from django.db import models

from delivery.sandbox.mailboxes.models import SandboxMailbox


class SandboxKey(models.Model):
    """Opens one mailbox to a program, and nothing else; only its digest is kept."""

    mailbox = models.ForeignKey(SandboxMailbox, models.CASCADE, related_name="keys")
    note = models.CharField(max_length=80, blank=True, help_text="Who uses it.")
    beginning = models.CharField(max_length=12, help_text="Shown, so that people tell their keys apart.")
    digest = models.BinaryField(unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.beginning}…"
