"""What segments need of the table of contacts."""

from django.db import models


class FieldIndex(models.Model):
    """An index that segments asked for, by its name in the database: see contacts.segments.indexing."""

    name = models.CharField(max_length=60, unique=True)
    wanted_at = models.DateTimeField(help_text="When a segment last had use for it.")

    def __str__(self) -> str:
        return self.name


class Headcount(models.Model):
    """How many people came or, less than 0, went; all rows together are how many there are: see segments.everybody."""

    people = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.people:+}"
