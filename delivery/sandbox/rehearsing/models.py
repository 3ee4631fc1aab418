"""Mails of a provider in rehearsal that its allow-list lets out."""

from django.db import models

from delivery.models.providers import Provider
from delivery.models.sandbox import SandboxMail


class SandboxRelay(models.Model):
    """One kept mail, to be handed to the real provider once. It is never tried again by itself."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "May have arrived"  # whoever was handing it over was stopped
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"

    mail = models.OneToOneField(
        SandboxMail, models.DO_NOTHING, primary_key=True, related_name="relay", db_constraint=False
    )
    provider = models.ForeignKey(Provider, models.CASCADE)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=500, blank=True, help_text="The server's words; hostile text.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["mail"], condition=models.Q(state="waiting"), name="sandbox_relay_waiting"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
