"""Which campaigns the bits in a contact's `recent_opened` and `recent_clicked` stand for."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from contacts.models import Contact


class LastMailed(models.Model):
    """A person's last campaigns, the latest first, which is bit 0. Folding alone reads it; segments read the bits."""

    contact = models.OneToOneField(Contact, models.CASCADE, primary_key=True, db_constraint=False, related_name="+")
    batch_ids = ArrayField(models.IntegerField(), default=list)

    def __str__(self) -> str:
        return f"contact {self.contact_id}"
