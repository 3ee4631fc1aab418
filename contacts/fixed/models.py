"""An audience that was decided at one moment, and its people."""

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


class FixedMember(models.Model):
    """A number of somebody deleted stays: it counts as gone, and is there again if the deletion is undone."""

    pk = models.CompositePrimaryKey("audience_id", "contact_id")
    audience = models.ForeignKey(FixedAudience, models.DO_NOTHING, db_constraint=False, db_index=False)
    contact_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"contact {self.contact_id}"
