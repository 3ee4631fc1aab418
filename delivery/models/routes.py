"""Which providers carry what, in which order: an extra way for the day one breaks."""

from django.db import models

from delivery.models.ledger import Batch
from delivery.models.providers import Provider


class Route(models.Model):
    """One provider's place for mail of a stream and a sender domain; rows of equal stream and domain make a route."""

    stream = models.CharField(max_length=13, choices=Batch.Stream.choices, blank=True, help_text="Empty: any.")
    sender_domain = models.CharField(max_length=255, blank=True, help_text="Empty: any.")
    provider = models.ForeignKey(Provider, models.CASCADE)
    position = models.PositiveSmallIntegerField(default=1, help_text="Equal: they share by weight.")
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["sender_domain", "stream", "position", "provider__name"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "sender_domain", "provider"], name="provider_once_a_route")
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.stream or 'any'} mail from {self.sender_domain or 'any domain'}"
