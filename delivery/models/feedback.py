"""What comes back after a message was accepted: as it came, what it says, and what has become of the message."""

from django.db import models
from django.utils import timezone

from delivery.models.ledger import Batch
from delivery.models.providers import Provider
from delivery.policy import aftermath


class Returned(models.Model):
    """One mail or one provider's request, as it came. Kept before whoever brought it is told that it arrived."""

    class Way(models.TextChoices):
        LISTENER = "listener", "Return address"
        MAILBOX = "mailbox", "Mailbox"
        PIPE = "pipe", "Command"
        WEBHOOK = "webhook", "Provider"
        SANDBOX = "sandbox", "Sandbox"

    class State(models.TextChoices):
        WAITING = "waiting", "Not read yet"
        COUNTED = "counted", "Counted"
        NOTHING = "nothing", "Changes nothing"
        NOT_OURS = "not_ours", "Not about a mail of ours"
        HELD = "held", "Waits for somebody to look"
        UNREADABLE = "unreadable", "Could not be read"

    way = models.CharField(max_length=8, choices=Way.choices)
    source = models.CharField(max_length=80, help_text='The way, and which one of several: "mailbox 3", "webhook 2".')
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, help_text="Whose request it is.")
    form = models.CharField(max_length=30, default="mail", help_text="Key in delivery.feedback.forms.")
    envelope_to = models.CharField(max_length=320, blank=True)
    raw = models.BinaryField(help_text="Hostile.")
    digest = models.BinaryField(max_length=16, unique=True, help_text="Of form and content: what comes twice is one.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    words = models.CharField(max_length=300, blank=True, help_text="What became of it, for people.")
    received_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, default=timezone.now, help_text="When to read it; empty: done.")
    tries = models.SmallIntegerField(default=0)
    is_believed = models.BooleanField(default=False, help_text="Somebody looked: however many it suppresses.")
    would_suppress = models.SmallIntegerField(
        db_default=0, default=0, help_text="Of one that is held: how many people."
    )

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(due_at__isnull=False), name="returned_due"),
            models.Index(fields=["source", "-id"], name="returned_by_source"),
            models.Index(fields=["id"], condition=models.Q(state="held"), name="returned_held"),
            models.Index(fields=["received_at"], name="returned_received"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.form}"


class Term(models.IntegerChoices):
    """Where an accepted message stands by what came back of it; what weighs more has the higher number.

    By weight and not by time, because reports arrive in any order.
    """

    DELIVERED = aftermath.DELIVERED, "Delivered"
    SOFT = aftermath.SOFT, "Bounced, may work later"
    HARD = aftermath.HARD_TERM, "Bounced for good"
    COMPLAINED = aftermath.COMPLAINED, "Marked as spam"

    @property
    def counter(self) -> str:
        return self.name.lower()


class FeedbackEvent(models.Model):
    """One thing that was said of one message. The same said twice, or by two ways, is one row."""

    message_id = models.BigIntegerField()
    batch = models.ForeignKey(Batch, models.CASCADE, db_constraint=False)
    contact_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=12, help_text="See delivery.bounces.Kind; a provider may say more.")
    is_permanent = models.BooleanField(default=False)
    category = models.CharField(max_length=30, blank=True, db_default="")
    status = models.CharField(max_length=12, blank=True, db_default="", help_text="RFC 3463.")
    diagnostic = models.CharField(max_length=1000, blank=True, db_default="", help_text="The server's words; hostile.")
    recipient = models.CharField(max_length=320, blank=True, db_default="", help_text="Where it is another address.")
    reporting_mta = models.CharField(max_length=255, blank=True, db_default="")
    source = models.CharField(max_length=80)
    returned = models.ForeignKey(Returned, models.SET_NULL, null=True, db_constraint=False)
    suppressed = models.BooleanField(default=False)
    gives_up_at = models.DateTimeField(null=True, help_text="Of a delay: after that, silence is a failure.")
    happened_at = models.DateTimeField(null=True, help_text="By the report.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "kind", "is_permanent"], name="one_event_of_a_kind")
        ]
        indexes = [
            models.Index(fields=["contact_id", "id"], name="feedback_of_contact"),
            models.Index(fields=["source", "at"], condition=models.Q(suppressed=True), name="feedback_suppressed"),
            models.Index(
                fields=["gives_up_at"], condition=models.Q(gives_up_at__isnull=False), name="feedback_delayed"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.message_id}: {self.kind}"


class Feedback(models.Model):
    """Where an accepted message stands since something came back of it."""

    message_id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, models.CASCADE, db_index=False, db_constraint=False)
    lane = models.CharField(max_length=12)
    term = models.SmallIntegerField(choices=Term.choices)
    category = models.CharField(max_length=30, blank=True, db_default="")
    is_blocked = models.BooleanField(db_default=False, help_text="Of the soft: refused as spam.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "term", "message_id"], name="feedback_listed"),
            models.Index(fields=["at"], name="feedback_at"),
        ]

    def __str__(self) -> str:
        return f"message {self.message_id}"


class FeedbackCount(models.Model):
    """How many of a batch's messages stand where, by mailbox provider: changed with each row above."""

    batch = models.ForeignKey(Batch, models.CASCADE, db_index=False, related_name="feedback_counts")
    lane = models.CharField(max_length=12)
    delivered = models.BigIntegerField(db_default=0)
    soft = models.BigIntegerField(db_default=0)
    hard = models.BigIntegerField(db_default=0)
    complained = models.BigIntegerField(db_default=0)
    blocked = models.BigIntegerField(db_default=0, help_text="Of the soft: refused as spam.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "lane"], name="one_feedback_count_a_lane")]

    def __str__(self) -> str:
        return f"batch {self.batch_id} {self.lane}"


class FeedbackHour(models.Model):
    """How many messages stand where, by the hour in which that came back: what trends read.

    Of the batches that count in trends. See delivery.feedback.by_hour.
    """

    hour = models.DateTimeField(primary_key=True)
    delivered = models.BigIntegerField(db_default=0)
    soft = models.BigIntegerField(db_default=0)
    hard = models.BigIntegerField(db_default=0)
    complained = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.hour}"


class LaneDay(models.Model):
    """How a batch that takes longer than a day stood at one mailbox provider when a day began.

    What is more at the next one came of that day. See delivery.deliverability.days.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, db_index=False)
    lane = models.CharField(max_length=12)
    on = models.DateField()
    # As delivery.policy.advice.Figures has them.
    accepted = models.BigIntegerField(db_default=0)
    refused = models.BigIntegerField(db_default=0)
    hard = models.BigIntegerField(db_default=0)
    soft = models.BigIntegerField(db_default=0)
    complained = models.BigIntegerField(db_default=0)
    dead = models.BigIntegerField(db_default=0)
    blocked = models.BigIntegerField(db_default=0)
    put_off = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "on", "lane"], name="one_standing_a_lane_and_day")]

    def __str__(self) -> str:
        return f"batch {self.batch_id} {self.lane} on {self.on}"
