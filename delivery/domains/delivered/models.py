"""Mails that were sent to see how they arrive."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from delivery.domains.models import SendingDomain

_WAITED_FOR = timedelta(minutes=15)


def new_token() -> str:
    return secrets.token_hex(12)


class DomainMail(models.Model):
    class State(models.TextChoices):
        SENDING = "sending", "On its way"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"
        ARRIVED = "arrived", "Arrived"

    domain = models.ForeignKey(SendingDomain, models.CASCADE, related_name="mails")
    provider = models.ForeignKey("delivery.Provider", models.CASCADE, related_name="+")
    to = models.CharField(max_length=320)
    is_read_here = models.BooleanField(default=False, help_text="It goes to a mailbox that we read.")
    token = models.CharField(max_length=24, unique=True, default=new_token)
    state = models.CharField(max_length=7, choices=State.choices, default=State.SENDING)
    problem = models.CharField(max_length=500, blank=True, help_text="Holds the server's words; hostile.")
    spf = models.CharField(max_length=12, blank=True, help_text="As the mailbox said: pass, fail, none …")
    dkim = models.CharField(max_length=12, blank=True)
    dmarc = models.CharField(max_length=12, blank=True)
    passed = models.JSONField(default=list, help_text="Of spf and dkim, what passed for the From domain.")
    is_one_click_signed = models.BooleanField(
        null=True, help_text="A valid signature covers both headers of one-click unsubscribing. Empty: it had none."
    )
    said_by = models.CharField(max_length=100, blank=True, help_text="Whose Authentication-Results; hostile.")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    arrived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.domain_id} to {self.to}"

    @property
    def is_expected(self) -> bool:
        """Something may happen to it by itself, soon."""
        if timezone.now() - self.created_at > _WAITED_FOR:
            return False
        return self.state == self.State.SENDING or (self.state == self.State.SENT and self.is_read_here)

    @property
    def passes(self) -> bool:
        return self.dmarc == "pass" or (not self.dmarc and bool(self.passed))
