"""Addresses at which providers tell what became of mail."""

import json
from hashlib import blake2b
from typing import Any

from django.db import models
from django.utils import timezone

from accounts import secrets
from delivery.models.providers import Provider


class Webhook(models.Model):
    """One provider's account that reports to us. Its address holds a secret; its signing keys go in and never out."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"

    kind = models.CharField(max_length=20, help_text="Key in delivery.feedback.webhooks.catalogue.")
    label = models.CharField(max_length=80, blank=True, help_text="Tells several of one kind apart.")
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    secret_digest = models.BinaryField(max_length=16, unique=True, editable=False)
    secret_sealed = models.BinaryField(editable=False)
    password_sealed = models.BinaryField(editable=False, help_text="Of basic authentication: ours to give.")
    keys_sealed = models.BinaryField(null=True, editable=False, help_text="The provider's signing keys, as JSON.")
    keys_set_at = models.DateTimeField(null=True, editable=False)
    learnt = models.JSONField(default=dict, editable=False, help_text="Topics and certificates of Amazon's.")
    created_at = models.DateTimeField(default=timezone.now)
    last_event_at = models.DateTimeField(null=True, editable=False)
    last_refused_at = models.DateTimeField(null=True, editable=False)
    refused = models.BigIntegerField(default=0, editable=False)
    refusal = models.CharField(max_length=300, blank=True, editable=False, help_text="Why the last one was refused.")
    list_read_at = models.DateTimeField(null=True, editable=False, help_text="The provider's own suppressions.")
    list_size = models.IntegerField(default=0, editable=False)
    list_problem = models.CharField(max_length=300, blank=True, editable=False)
    silent_since = models.DateTimeField(null=True, editable=False, help_text="Mail is accepted and no event comes.")

    def __str__(self) -> str:
        return self.label or self.kind

    @property
    def source(self) -> str:
        """As what comes this way is called in the books."""
        return f"webhook {self.pk}"

    @property
    def is_paused(self) -> bool:
        return self.state == self.State.PAUSED

    @property
    def is_refused(self) -> bool:
        """What came last was refused, and nothing good has come since."""
        return self.last_refused_at is not None and (
            self.last_event_at is None or self.last_event_at < self.last_refused_at
        )

    @property
    def secret(self) -> str:
        """Of the address. Raises secrets.Unreadable."""
        return secrets.open(self.secret_sealed)

    @secret.setter
    def secret(self, plain: str) -> None:
        self.secret_sealed, self.secret_digest = secrets.seal(plain), secret_digest(plain)

    @property
    def password(self) -> str:
        """Raises secrets.Unreadable."""
        return secrets.open(self.password_sealed)

    @password.setter
    def password(self, plain: str) -> None:
        self.password_sealed = secrets.seal(plain)

    @property
    def keys(self) -> dict[str, Any]:
        """Raises secrets.Unreadable."""
        return dict(json.loads(secrets.open(self.keys_sealed))) if self.keys_sealed else {}

    @keys.setter
    def keys(self, plain: dict[str, Any]) -> None:
        self.keys_sealed = secrets.seal(json.dumps(plain)) if plain else None
        self.keys_set_at = timezone.now() if plain else None


class ProviderSuppression(models.Model):
    """Somebody on a provider's own list: it takes mail for them, and never sends it."""

    webhook = models.ForeignKey(Webhook, models.CASCADE)
    email = models.CharField(max_length=320, db_index=True)
    reason = models.CharField(max_length=12, help_text="bounced, complained, left, other")
    words = models.CharField(max_length=300, blank=True, help_text="The provider's; hostile text.")
    since = models.DateTimeField(null=True)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "email"], name="once_on_a_provider_s_list")]

    def __str__(self) -> str:
        return f"{self.reason} at {self.webhook}"


def secret_digest(plain: str) -> bytes:
    """What an address is looked up by: how long that takes tells nothing of the secret."""
    return blake2b(plain.encode(), digest_size=16, person=b"webhook").digest()
