"""Ways out: who carries our mail, and how much of it."""

from django.db import models


class Provider(models.Model):
    class Kind(models.TextChoices):
        SANDBOX = "sandbox", "Sandbox"
        SMTP = "smtp", "SMTP server"

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        NONE = "none", "None (this machine only)"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SMTP)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.STARTTLS)
    username = models.CharField(max_length=255, blank=True)
    password_sealed = models.BinaryField(null=True, editable=False)
    password_set_at = models.DateTimeField(null=True, editable=False)
    connections = models.PositiveIntegerField(default=5, help_text="At the same time, over all workers.")
    messages_per_connection = models.PositiveIntegerField(default=100)
    per_second = models.PositiveIntegerField(null=True, blank=True)
    per_minute = models.PositiveIntegerField(null=True, blank=True)
    per_hour = models.PositiveIntegerField(null=True, blank=True)
    per_day = models.PositiveIntegerField(null=True, blank=True)
    is_default = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField(max_length=500, blank=True, help_text="Why it is paused, in our words.")
    state_detail = models.CharField(max_length=1000, blank=True, help_text="The server's words; hostile text.")
    tested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_provider"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_rehearsal(self) -> bool:
        """Mail through it reaches nobody."""
        return self.kind == self.Kind.SANDBOX
