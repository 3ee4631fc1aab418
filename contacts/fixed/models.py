"""An audience that was decided at one moment, and its people."""

from collections.abc import Collection
from typing import Self

from django.db import models


class FixedAudience(models.Model):
    """Who would have received a mail at one moment. Nobody comes in later; whoever may not be written to at the time of
    sending still falls out: see contacts.audience.
    """

    chosen = models.JSONField(help_text="The contacts.audience.Audience that it is drawn from.")
    people = models.BigIntegerField(null=True, help_text="Empty: it is still being drawn up.")
    at = models.DateTimeField(null=True, help_text="The moment.")
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.people} people at {self.at}"


class FixedMemberQuerySet(models.QuerySet["FixedMember"]):
    def of_people(self, contact_ids: Collection[int]) -> Self:
        """The places of these people, by the one index there is: it begins with the audience."""
        return self.filter(audience_id__in=FixedAudience.objects.values("pk"), contact_id__in=contact_ids)


class FixedMember(models.Model):
    """A number of somebody deleted stays: it counts as gone, and is there again if the deletion is undone."""

    pk = models.CompositePrimaryKey("audience_id", "contact_id")
    audience = models.ForeignKey(FixedAudience, models.DO_NOTHING, db_constraint=False, db_index=False)
    contact_id = models.BigIntegerField()

    objects = FixedMemberQuerySet.as_manager()

    def __str__(self) -> str:
        return f"contact {self.contact_id}"
