"""What readers did."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from delivery.models import Batch
from tracking.cohorts.models import ClickChange, Cohort, MailedMonth
from tracking.conversions.models import Conversion, Goal
from tracking.recent.models import LastMailed

__all__ = [  # what Django is to know and other modules import
    "Breakdown",
    "ClickChange",
    "Cohort",
    "Conversion",
    "Engagement",
    "Event",
    "EventKind",
    "FoldedChunk",
    "Goal",
    "Hourly",
    "LastMailed",
    "Link",
    "MailedMonth",
    "Rollup",
    "Spool",
    "Unfolded",
]


class EventKind(models.IntegerChoices):
    OPEN = 1, "Opened"
    CLICK = 2, "Clicked"
    UNSUBSCRIBE = 3, "Unsubscribed"
    COMPLAINT = 4, "Marked as spam"
    BOUNCE = 5, "Bounced"


def first_version() -> list[int]:
    return [1]


class Link(models.Model):
    """A click's target, immutable. The address in a mail carries only its id."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="links")
    url = models.TextField()
    label = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_signed = models.BooleanField(
        default=False, db_default=False, help_text="Whose address gets the sign of tracking.conversions.signs."
    )
    versions = ArrayField(models.SmallIntegerField(), default=first_version, help_text="Of the mail, that have it.")
    language = models.CharField(
        max_length=12, blank=True, default="", db_default="", help_text="Of the mail that has it, where it has several."
    )

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.url


class Event(models.Model):
    """One act of a reader or a machine, partitioned by month of `at`. Written by the intake alone."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.SmallIntegerField(choices=EventKind.choices)
    message_id = models.BigIntegerField()
    batch = models.ForeignKey(Batch, models.DO_NOTHING, db_constraint=False, db_index=False)
    link_id = models.BigIntegerField(default=0)
    is_machine = models.BooleanField(default=False)
    verdict = models.CharField(max_length=30, blank=True, help_text="Why it counts as a machine.")
    channel = models.CharField(max_length=12, blank=True, help_text="Unsubscribes: page, one-click.")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    client = models.CharField(max_length=60, blank=True, db_default="", help_text="See tracking.clients.")
    device = models.CharField(max_length=8, blank=True, db_default="")
    country = models.CharField(max_length=2, blank=True, db_default="", help_text="Two letters; empty: not known.")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.message_id}"


class Engagement(models.Model):
    """First of its kind, by whom: decides what is unique. One row per message, kind, link and machine."""

    message_id = models.BigIntegerField()
    # Checking it took PostgreSQL a fifth of what storing an event takes; the batch is there, as its message is.
    batch = models.ForeignKey(Batch, models.CASCADE, db_constraint=False, db_index=False)
    kind = models.SmallIntegerField(choices=EventKind.choices)
    link_id = models.BigIntegerField(default=0, help_text="0: any link")
    is_machine = models.BooleanField()
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "kind", "link_id", "is_machine"], name="first_of_its_kind")
        ]
        indexes = [models.Index(fields=["batch", "kind", "link_id", "message_id"], name="engagement_listed")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.message_id}"


class Rollup(models.Model):
    """Sums a report reads: by batch, hour, kind, link and machine; link 0 is any link."""

    batch = models.ForeignKey(Batch, models.CASCADE)
    hour = models.DateTimeField()
    kind = models.SmallIntegerField(choices=EventKind.choices)
    link_id = models.BigIntegerField(default=0)
    is_machine = models.BooleanField()
    total = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "hour", "kind", "link_id", "is_machine"], name="one_rollup_per_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.hour}"


class Hourly(models.Model):
    """The same sums over all batches that count in trends: real ones, of marketing. See tracking.intake.hourly.

    Several rows may stand for one hour, because the intakes only ever add rows; the fold makes one of them.
    """

    hour = models.DateTimeField()
    kind = models.SmallIntegerField(choices=EventKind.choices)
    is_machine = models.BooleanField()
    total = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    is_folded = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "kind", "is_machine"], condition=models.Q(is_folded=True), name="one_folded_hour"
            )
        ]
        indexes = [
            models.Index(fields=["hour"], name="hourly_hour"),
            models.Index(fields=["id"], condition=models.Q(is_folded=False), name="hourly_unfolded"),
        ]

    def __str__(self) -> str:
        return f"{self.hour} {self.get_kind_display()}"


class Breakdown(models.Model):
    """The same sums by one other property: the mailbox's lane, the mail's language, an unsubscribe's channel, consent
    to tracking, why it was a machine; and what openings and clicks of people tell of the reader (intake.traits)."""

    class By(models.TextChoices):
        LANE = "lane"
        CHANNEL = "channel"
        CONSENT = "consent"
        VERDICT = "verdict"
        CLIENT = "client"
        DEVICE = "device"
        COUNTRY = "country"
        LANGUAGE = "language"

    batch = models.ForeignKey(Batch, models.CASCADE)
    kind = models.SmallIntegerField(help_text="An event's kind; 0: accepted.")
    by = models.CharField(max_length=8, choices=By.choices)
    value = models.CharField(max_length=60)
    is_machine = models.BooleanField(default=False)
    total = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "kind", "by", "value", "is_machine"], name="one_breakdown")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.by} {self.value}"


class Tagging(models.Model):
    """A tag that the people of a list of a report get, slice by slice, and may lose again; see tracking.tagging."""

    class State(models.TextChoices):
        RUNNING = "running", "Being tagged"
        DONE = "done", "Tagged"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+")
    term = models.CharField(max_length=30, help_text="Of tracking.reports.people.")
    narrow = models.JSONField(default=dict, help_text="Its filters, moments as text.")
    query = models.CharField(max_length=1000, help_text="Term and filters as the list's address has them.")
    tag = models.CharField(max_length=100)
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    after = models.BigIntegerField(default=0, help_text="The last message whose person was looked at.")
    seen = models.BigIntegerField(default=0)
    tagged = models.BigIntegerField(default=0, help_text="Who carried it before is not counted.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    alive_at = models.DateTimeField(auto_now_add=True, help_text="Last sign of life of whoever works on it.")

    def __str__(self) -> str:
        return self.tag


class TaggedSlice(models.Model):
    """Whom one slice of it tagged: exactly these lose the tag again."""

    tagging = models.ForeignKey(Tagging, models.CASCADE, related_name="slices")
    contact_ids = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"slice of {self.tagging_id}"


class Unfolded(models.Model):
    """What the intake saw of a contact and the contact's own columns do not show yet."""

    contact_id = models.BigIntegerField()
    message_id = models.BigIntegerField(null=True, help_text="Empty: the last campaigns are looked up anew.")
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"contact {self.contact_id}"


class CompanyAct(models.Model):
    """An open or click soon after acceptance, under a key of batch, company, place and program; kept for minutes."""

    key = models.BigIntegerField()
    at = models.DateTimeField()
    message_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="company_acts")]

    def __str__(self) -> str:
        return f"message {self.message_id}"


class FoldedChunk(models.Model):
    """A finished chunk whose accepted messages show in `last_sent_at`."""

    chunk_id = models.BigIntegerField(primary_key=True)
    in_cohorts = models.BooleanField(default=False, db_default=False, help_text="See tracking.cohorts.")

    class Meta:
        indexes = [
            models.Index(fields=["chunk_id"], condition=models.Q(in_cohorts=False), name="chunk_for_cohorts"),
        ]

    def __str__(self) -> str:
        return f"chunk {self.chunk_id}"


class Spool(models.Model):
    """How far the intake has read a spool file; moved in the transaction that stores its events."""

    name = models.CharField(max_length=200, unique=True, help_text="The file's name, unlike any other.")
    offset = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class EventKeeping(models.Model):
    """How long single events are kept. No row: for ever."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    months = models.PositiveSmallIntegerField("Months", null=True, help_text="Empty: for ever.")
    keeps_tables = models.BooleanField(
        default=False, help_text="What was taken off stays, as tables beside the others."
    )
    gone_before = models.DateField(null=True, help_text="Single events before this day were taken off.")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_event_keeping")]

    def __str__(self) -> str:
        return f"{self.months} months" if self.months else "for ever"

    @classmethod
    def get(cls) -> "EventKeeping":
        return cls.objects.filter(id=1).first() or cls()
