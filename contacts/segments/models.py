"""What segments need of the table of contacts."""

from django.db import models


class FieldIndex(models.Model):
    """An index that segments asked for, by its name in the database: see contacts.segments.indexing."""

    name = models.CharField(max_length=60, unique=True)
    wanted_at = models.DateTimeField(help_text="When a segment last had use for it.")

    def __str__(self) -> str:
        return self.name
