"""What the built-in SMTP server caught."""

import zlib

from django.db import models

from delivery.sandbox.mailboxes.models import OWN, SandboxMailbox


class SandboxMailQuerySet(models.QuerySet["SandboxMail"]):
    def listed(self) -> "SandboxMailQuerySet":
        return self.defer("raw", "words").order_by("-id")


class SandboxMail(models.Model):
    # Without a constraint: what is on its way into a mailbox that was removed a moment ago is swept out later.
    mailbox = models.ForeignKey(
        SandboxMailbox, models.DO_NOTHING, related_name="mails", default=OWN, db_constraint=False, db_index=False
    )
    received_at = models.DateTimeField(auto_now_add=True)
    envelope_from = models.CharField(max_length=320)
    envelope_to = models.CharField(max_length=320)
    sender = models.CharField(max_length=400, blank=True)
    subject = models.CharField(max_length=1000, blank=True)
    message_id = models.CharField(max_length=200, blank=True, help_text="The Message-ID header.")
    preview = models.CharField(max_length=160, blank=True, help_text="How its text begins.")
    words = models.TextField(blank=True, help_text="Addresses, subject and text in lower case, for searching.")
    size_bytes = models.PositiveIntegerField()
    raw = models.BinaryField(help_text="zlib")

    objects = SandboxMailQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["mailbox", "id"], name="sandbox_mailbox"),
            models.Index(fields=["envelope_to"], name="sandbox_envelope_to"),
        ]

    def __str__(self) -> str:
        return f"{self.envelope_to}: {self.subject}"

    @property
    def source(self) -> bytes:
        """The mail as it came, CRLF and all."""
        return zlib.decompress(self.raw)
