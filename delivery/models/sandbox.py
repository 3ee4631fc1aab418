"""What the built-in SMTP server caught."""

from django.db import models


class SandboxMail(models.Model):
    received_at = models.DateTimeField(auto_now_add=True)
    envelope_from = models.CharField(max_length=320)
    envelope_to = models.CharField(max_length=320)
    sender = models.CharField(max_length=400, blank=True)
    subject = models.CharField(max_length=1000, blank=True)
    message_id = models.CharField(max_length=200, blank=True, help_text="The Message-ID header.")
    size_bytes = models.PositiveIntegerField()
    raw = models.BinaryField(help_text="zlib")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["message_id"]), models.Index(fields=["envelope_to"])]

    def __str__(self) -> str:
        return f"{self.envelope_to}: {self.subject}"
