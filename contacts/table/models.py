"""What the table keeps: where words are found, and who wants to see which columns."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class SearchBlock(models.Model):
    """Addresses and names of 64 contacts whose numbers follow each other, in lower case: see table.blocks."""

    block = models.BigIntegerField(primary_key=True, help_text="The contacts' numbers divided by 64.")
    words = models.TextField()

    def __str__(self) -> str:
        return f"block {self.block}"


class PeopleBlock(models.Model):
    """Of the same 64 contacts: a bit for each in each state, and what tags and lists any of them has."""

    block = models.BigIntegerField(primary_key=True, help_text="The contacts' numbers divided by 64.")
    reachable = models.BigIntegerField(
        help_text="Whether they paused their mail or not, whether their consent has ended or not."
    )
    unsubscribed = models.BigIntegerField()
    suppressed = models.BigIntegerField()
    on_no_list = models.BigIntegerField()
    tags = ArrayField(models.TextField())
    lists = ArrayField(models.BigIntegerField(), help_text="In whatever state of the subscription.")

    def __str__(self) -> str:
        return f"people of block {self.block}"


class StaleBlock(models.Model):
    """Somebody in the block came, left or changed; noted by triggers, since imports write past Django."""

    block = models.BigIntegerField()

    def __str__(self) -> str:
        return f"block {self.block}"


class NamePlace(models.Model):
    """What a contact is sorted by when the table stands by name: see table.naming. No key ties it to the contact, so
    that imports need not look it up; whose contact is gone is left out by the join, and taken away by the next fold."""

    contact = models.OneToOneField(
        "contacts.Contact", models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="name_place"
    )
    name = models.TextField(help_text="Last and first name in lower case; empty: nameless.")

    class Meta:
        indexes = [models.Index(fields=["name", "contact"], name="name_place_order")]

    def __str__(self) -> str:
        return f"{self.name} ({self.contact_id})"


class ChosenColumns(models.Model):
    class Place(models.TextChoices):
        TABLE = "table", "The table of people"
        EXPORT = "export", "An export of people"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    place = models.CharField(max_length=6, choices=Place.choices)
    keys = ArrayField(models.CharField(max_length=80))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_choice_of_columns")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.place}"
