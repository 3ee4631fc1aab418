"""What the built-in SMTP server caught, and how it is told to misbehave."""

import zlib

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from delivery.sandbox.mailboxes.models import OWN, SandboxMailbox

_SHARE = [MaxValueValidator(100)]


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


class SandboxRules(models.Model):
    """How the sandbox answers, for rehearsing what a provider may do to us. One row."""

    delay_min_ms = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(60_000)])
    delay_max_ms = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(60_000)])
    refused_percent = models.PositiveSmallIntegerField(default=0, validators=_SHARE)
    deferred_percent = models.PositiveSmallIntegerField(default=0, validators=_SHARE)
    dropped_percent = models.PositiveSmallIntegerField(default=0, validators=_SHARE)
    complained_percent = models.PositiveSmallIntegerField(default=0, validators=_SHARE)
    bounced_percent = models.PositiveSmallIntegerField(
        default=0, validators=_SHARE, help_text="Of the accepted: a report comes back."
    )
    soft_bounced_percent = models.PositiveSmallIntegerField(default=0, validators=_SHARE)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_sandbox_rules")]

    def __str__(self) -> str:
        return "sandbox rules"

    @classmethod
    def get(cls) -> "SandboxRules":
        return cls.objects.filter(id=1).first() or cls(id=1)

    @property
    def misbehaves(self) -> bool:
        at_once = self.refused_percent + self.deferred_percent + self.dropped_percent
        later = self.complained_percent + self.bounced_percent + self.soft_bounced_percent
        return at_once + later + self.delay_max_ms > 0
