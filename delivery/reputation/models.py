"""Addresses that mail leaves from, which blocklists are asked, and what was found."""

from typing import Any

from django.db import models
from django.db.models import Q

from delivery.domains.models import SendingDomain
from delivery.models.providers import Provider
from delivery.policy import advice


class SendingAddress(models.Model):
    """One of the organisation's own; of a provider's shared addresses nobody here can mend anything."""

    ip = models.GenericIPAddressField(unique=True)
    note = models.CharField(max_length=80, blank=True)
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, help_text="Whose mail leaves from it.")
    reverse_name = models.CharField(max_length=253, blank=True, help_text="By its PTR record; hostile.")
    leads_back = models.BooleanField(null=True, help_text="That name has this address; empty: not known.")
    lists = models.JSONField(default=list, help_text="Of delivery.reputation.lists.Verdict.")
    checked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["ip"]

    def __str__(self) -> str:
        return self.ip

    @property
    def listings(self) -> list[dict[str, Any]]:
        return _listings(self.lists)


class DomainListing(models.Model):
    """What blocklists say of a sending domain."""

    domain = models.OneToOneField(SendingDomain, models.CASCADE, primary_key=True, related_name="listing")
    lists = models.JSONField(default=list)
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.domain_id}"

    @property
    def listings(self) -> list[dict[str, Any]]:
        return _listings(self.lists)


class AskedBlocklist(models.Model):
    """One that an admin switched on, having read its terms. No row: it is not asked."""

    key = models.CharField(max_length=20, primary_key=True, help_text="In delivery.reputation.lists.")
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key


class MailboxFigure(models.Model):
    """What a mailbox provider showed of a domain (Google) or an address (Microsoft), from an uploaded file."""

    domain = models.ForeignKey(SendingDomain, models.CASCADE, null=True, db_index=False, related_name="mailbox_figures")
    address = models.ForeignKey(SendingAddress, models.CASCADE, null=True, db_index=False, related_name="figures")
    begins_at = models.DateTimeField()
    day = models.DateField(help_text="UTC: the middle of its time.")
    complained = models.FloatField(null=True, help_text="A share, as the provider counts it; empty: it says nothing.")
    is_most = models.BooleanField(default=False, help_text="It is less than that.")
    mails = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=6, blank=True, help_text="green, yellow, red; high, medium, low, bad.")
    traps = models.BigIntegerField(null=True, help_text="Mails to addresses that nobody has.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(domain__isnull=True) ^ Q(address__isnull=True), name="figure_of_one"),
            models.UniqueConstraint(fields=["domain", "begins_at"], name="one_figure_a_domain"),
            models.UniqueConstraint(fields=["address", "begins_at"], name="one_figure_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.domain or self.address} on {self.day}"

    @property
    def complaint_kind(self) -> str:
        return advice.complaint_kind(None if self.is_most and self.complained == advice.LOOK_AT else self.complained)

    @property
    def verdict_kind(self) -> str:
        return verdict_kind(self.verdict)


def _listings(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in found if one.get("standing") == "listed"]


def verdict_kind(verdict: str) -> str:
    """A state of the face."""
    return {"green": "good", "high": "good", "medium": "warn", "yellow": "warn"}.get(verdict, "bad")
