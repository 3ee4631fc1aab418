"""Changes of address that people asked for themselves."""

from django.db import models


class AddressChange(models.Model):
    """Asked for on a page, confirmed at the new address. Only digests of the links' secrets are kept."""

    contact = models.ForeignKey("contacts.Contact", models.CASCADE, related_name="address_changes")
    old_email = models.CharField(max_length=320)
    new_email = models.CharField(max_length=320)
    confirm_digest = models.CharField(max_length=64, unique=True)
    undo_digest = models.CharField(max_length=64, blank=True, db_index=True)
    ip = models.GenericIPAddressField(null=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.contact_id} to {self.new_email}"
