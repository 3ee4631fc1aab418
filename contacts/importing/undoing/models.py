"""What imports changed, for as long as they can be undone. Everything hangs on slices: a slice of an import is one
transaction, and so is its undoing.

Ids are kept as arrays, a row for thousands of people; only what was overwritten has a row a person.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


def _ids() -> "ArrayField[list[int], list[int]]":
    return ArrayField(models.BigIntegerField(), default=list, db_default=[])


class ImportSlice(models.Model):
    job = models.ForeignKey("contacts.ImportJob", models.CASCADE, related_name="slices")
    at = models.DateTimeField(help_text="Of its transaction: whatever it wrote carries this moment until it changes.")
    mode = models.CharField(max_length=10, help_text="What became of values that were known: see plan.Mode.")
    lists = _ids()  # that it put people on
    added = _ids()  # contacts
    found = _ids()  # contacts that were known already
    joined = _ids()  # subscriptions that it made
    # Subscriptions that it ended, with what they were.
    left = _ids()
    left_state: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=12), default=list, db_default=[]
    )
    left_changed_at = ArrayField(models.DateTimeField(), default=list, db_default=[])
    suppressed = _ids()  # suppressions that it made
    also_suppressed = _ids()  # suppressions that were there and that its file names, too
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="import_slice_at")]

    def __str__(self) -> str:
        return f"slice {self.pk} of import {self.job_id}"


class ImportOverwritten(models.Model):
    """One known person whom an import changed. What was not touched is null; `was_…` is what stood there before."""

    pk = models.CompositePrimaryKey("slice_id", "contact_id")
    slice = models.ForeignKey(ImportSlice, models.DO_NOTHING, db_constraint=False, db_index=False)
    contact_id = models.BigIntegerField()
    first_name = models.TextField(null=True)
    was_first_name = models.TextField(null=True)
    last_name = models.TextField(null=True)
    was_last_name = models.TextField(null=True)
    language = models.TextField(null=True)
    was_language = models.TextField(null=True)
    time_zone = models.TextField(null=True)
    was_time_zone = models.TextField(null=True)
    attributes = models.JSONField(null=True, help_text="As the row of the file gave them.")
    was_attributes = models.JSONField(null=True)
    open_consent = models.TextField(null=True)
    was_open_consent = models.TextField(null=True)
    click_consent = models.TextField(null=True)
    was_click_consent = models.TextField(null=True)
    was_sample = models.BooleanField()
    was_updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"contact {self.contact_id} before slice {self.slice_id}"


class ImportGraver(models.Model):
    """A suppression that an import gave a graver reason."""

    slice = models.ForeignKey(ImportSlice, models.CASCADE, related_name="graver")
    suppression_id = models.BigIntegerField()
    reason = models.CharField(max_length=12)
    was_reason = models.CharField(max_length=12)
    was_detail = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"suppression {self.suppression_id} was {self.was_reason}"


class ImportUndo(models.Model):
    """The wish to undo an import: first counted, then, once somebody has seen the numbers, carried through."""

    class State(models.TextChoices):
        COUNTING = "counting", "Counting"
        READY = "ready", "Waits for your go-ahead"
        RUNNING = "running", "Undoing"
        DONE = "done", "Undone"
        FAILED = "failed", "Failed"

    job = models.OneToOneField("contacts.ImportJob", models.CASCADE, related_name="undo")
    state = models.CharField(max_length=8, choices=State.choices, default=State.COUNTING)
    counts = models.JSONField(default=dict, help_text="expected and done: see undoing.deciding.")
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(default=0)
    last_slice_id = models.BigIntegerField(default=0, help_text="The last one that was counted.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"undo of import {self.job_id}"
