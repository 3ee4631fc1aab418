"""Addresses that mail leaves from, which blocklists are asked, and what was found."""

from typing import Any

from django.db import models

from delivery.domains.models import SendingDomain


class SendingAddress(models.Model):
    """One of the organisation's own; of a provider's shared addresses nobody here can mend anything."""

    ip = models.GenericIPAddressField(unique=True)
    note = models.CharField(max_length=80, blank=True)
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


def _listings(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in found if one.get("standing") == "listed"]
