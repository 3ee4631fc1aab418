"""The ledger: one row a recipient, and the chunks that workers take."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils import timezone

from accounts.organisation.measuring import Tracking
from delivery.models.providers import Provider


class MessageState(models.IntegerChoices):
    PENDING = 0, "Waiting"
    ACCEPTED = 1, "Accepted"
    DEFERRED = 2, "Waiting for another try"
    REFUSED = 3, "Refused"
    UNCERTAIN = 4, "May have arrived"
    SKIPPED = 5, "Skipped"

    @property
    def counter(self) -> str:
        """The column of chunks and batches that counts the messages in it."""
        return self.name.lower()


class BatchQuerySet(models.QuerySet["Batch"]):
    def bad_days(self) -> "BatchQuerySet":
        """Rehearsals under way to which the sandbox plays a bad day."""
        return self.filter(bad_day=True, finished_at=None, first_id__isnull=False, last_id__isnull=False)


class Batch(models.Model):
    """Messages that say the same thing: a campaign's edition (closed) or a stream of single mails (open)."""

    class Kind(models.TextChoices):
        CLOSED = "closed"
        OPEN = "open"

    class Stream(models.TextChoices):
        MARKETING = "marketing", "Marketing"
        TRANSACTIONAL = "transactional", "Transactional"

    class State(models.TextChoices):
        BUILDING = "building", "Preparing"
        HELD = "held", "About to start"  # until hold_until; Undo drops it
        SENDING = "sending", "Sending"
        PAUSED = "paused", "Paused"
        DONE = "done", "Sent"
        CANCELLED = "cancelled", "Cancelled"

    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.CLOSED)
    stream = models.CharField(max_length=13, choices=Stream.choices, default=Stream.MARKETING)
    state = models.CharField(max_length=9, choices=State.choices, default=State.BUILDING)
    state_reason = models.CharField(max_length=500, blank=True)
    group = models.CharField(max_length=40, blank=True, db_index=True, help_text="Joins editions of one campaign.")
    content_kind = models.CharField(max_length=30, help_text="Key in delivery.content.")
    content_id = models.BigIntegerField()
    version = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="Of its content; see delivery.ledger.versions."
    )
    provider = models.ForeignKey(Provider, models.PROTECT, null=True)
    is_direct = models.BooleanField(
        default=False, db_default=False, help_text="Through its provider alone, whatever routes say."
    )
    is_test = models.BooleanField(
        default=False, db_default=False, help_text="A mail that somebody here tries out: it counts in no figure."
    )
    rehearsed_for = models.ForeignKey(
        Provider,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="A real provider that was in rehearsal at launch; the sandbox carries it, for good.",
    )
    sender_domain = models.CharField(max_length=255, blank=True, db_default="", help_text="Of From: what routes go by.")
    rehearsal = models.BooleanField(help_text="Frozen at launch: nobody receives it, nobody's record changes.")
    tracking = models.CharField(
        max_length=10,
        choices=Tracking.choices,
        default=Tracking.INDIVIDUAL,
        db_default=Tracking.INDIVIDUAL,
        help_text="Frozen at launch: how opens and clicks are counted.",
    )
    bad_day = models.BooleanField(
        default=False, db_default=False, help_text="A rehearsal that meets refusals, complaints and a dead relay."
    )
    repeats_id = models.BigIntegerField(
        null=True, help_text="A rehearsal whose people alone this is for: who joined since gets nothing."
    )
    accepted_when_paused = models.BigIntegerField(null=True, help_text="What is more was on its way by then.")
    lists = ArrayField(models.BigIntegerField(), default=list, help_text="Lists an unsubscribe leaves.")
    languages = ArrayField(
        models.CharField(max_length=12),
        default=list,
        db_default=[],
        help_text="Frozen at launch: in which its content is written, its own first. Empty: one for everybody.",
    )
    people_by_language = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="Of its total. Empty: one language for everybody.",
    )
    audience = models.JSONField(default=dict, help_text="What contacts.audience compiles.")
    left_out = models.JSONField(default=dict, help_text="People left out before launch, by reason.")
    most_unapproved = models.PositiveIntegerField(
        null=True, help_text="Above so many people it would have needed an approval that it has not: it does not start."
    )
    people_unapproved = models.BigIntegerField(
        null=True,
        help_text="So many were to get it when it was held for want of an approval. Empty: it is not held for that.",
    )
    segments = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        help_text="That its content asks for, frozen at launch: `id`, `rules`. A message has a bit for each.",
    )
    hold_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    first_id = models.BigIntegerField(null=True)
    last_id = models.BigIntegerField(null=True)
    # Stored when the building ends; the terms are counted on their own and must add up to it.
    total = models.BigIntegerField(default=0)
    built_at = models.DateTimeField(null=True)
    job_queued_at = models.DateTimeField(null=True, help_text="Last time its building or clearing up was queued.")
    # Counters of ended chunks; a live chunk carries its own (see delivery.ledger.tally).
    accepted = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    deferred = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    uncertain = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    # Of the refused: what stop rules count.
    hard = models.BigIntegerField(default=0)
    blocked = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    # Set when nothing is left to do, not even to skip: what has none is what the dispatcher looks at.
    finished_at = models.DateTimeField(null=True)
    audited_at = models.DateTimeField(null=True)
    audit = models.JSONField(default=dict, help_text="What the audit takes off each term, because rows disagree.")
    paused_lanes = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="Lanes of which nothing leaves now, each with `at` and `by`: see ledger.lanes.pausing.",
    )
    stop_rule = models.CharField(max_length=10, blank=True, help_text="Why it paused itself; see policy.stop_rules.")
    resumed_at_figures = models.JSONField(null=True, help_text="Figures a person has seen and gone on after.")
    has_unproven = models.BooleanField(default=False, db_default=False, help_text="See delivery.ledger.proving.")
    unproven_seen = models.IntegerField(default=0, db_default=0, help_text="Of them, when it paused for them.")
    speed = models.FloatField(default=0, help_text="Messages a second, lately.")
    speed_done = models.BigIntegerField(default=0)
    speed_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(bad_day=False) | Q(rehearsal=True), name="bad_day_is_rehearsed")
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(finished_at__isnull=True), name="batch_unfinished"),
            models.Index(fields=["content_kind", "content_id"], name="batch_content"),
        ]

    def __str__(self) -> str:
        return f"batch {self.id}"

    @property
    def is_scheduled(self) -> bool:
        """It waits for its time; nothing of it has been made or sent."""
        return self.state == self.State.BUILDING and self.not_before is not None and self.built_at is None

    @property
    def awaits_approval(self) -> bool:
        """Nothing of it has been made: its people became more than may get it without an approval."""
        return self.state == self.State.PAUSED and self.people_unapproved is not None


class Message(models.Model):
    """One mail to one address. Partitioned by id range; no index on a column that changes, fillfactor 45."""

    id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, models.DO_NOTHING, db_constraint=False, db_index=False)
    contact_id = models.BigIntegerField(null=True)
    email = models.CharField(max_length=320)
    state = models.SmallIntegerField(choices=MessageState.choices, default=MessageState.PENDING)
    attempts = models.SmallIntegerField(default=0)
    provider_id = models.IntegerField(null=True)
    reply = models.CharField(max_length=300, null=True)
    accepted_at = models.DateTimeField(null=True)
    # Of the content it was sent with, perhaps uncertainly; empty: the first, or not sent yet.
    version = models.SmallIntegerField(null=True)
    is_merged = models.BooleanField(
        default=False, db_default=False, help_text="Its person has another one of this sending: see delivery.merging."
    )
    # Of its batch's segments, a bit each: in which its person was when it was made. Empty: its content asks for none.
    segments = models.IntegerField(null=True)
    # One of its batch's, decided when it was made: no retry and no later look finds another. Empty: one for everybody.
    language = models.CharField(max_length=12, null=True)  # costs the rows of most batches nothing

    def __str__(self) -> str:
        return f"message {self.id}"


class Version(models.Model):
    """What a batch says from a moment on at which it was paused. Only batches that were changed have rows."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField()
    content_id = models.BigIntegerField()
    since = models.DateTimeField()
    # Also what is heard later of earlier versions' messages, so that the difference to the next one is exact.
    accepted_before = models.BigIntegerField(help_text="Accepted with earlier versions.")

    class Meta:
        ordering = ["batch", "version"]
        constraints = [models.UniqueConstraint(fields=["batch", "version"], name="one_row_a_version")]

    def __str__(self) -> str:
        return f"version {self.version}"


class Waiting(models.Model):
    """Beside a message that is deferred, refused, uncertain or skipped: why, and when it is tried again."""

    message_id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, models.CASCADE, db_index=False)
    state = models.SmallIntegerField(choices=MessageState.choices)
    lane = models.CharField(max_length=12, db_default="other", help_text="Of the chunk that deferred it.")
    category = models.CharField(max_length=30)
    reply = models.CharField(max_length=1000, blank=True, db_default="")
    retry_at = models.DateTimeField(null=True)
    first_failed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["batch", "lane", "retry_at"],
                condition=models.Q(retry_at__isnull=False),
                name="waiting_due_by_lane",
            ),
            models.Index(fields=["batch", "state", "message_id"], name="waiting_listed"),
        ]

    def __str__(self) -> str:
        return f"message {self.message_id}"


class Chunk(models.Model):
    """About 500 messages one worker drives at a time: by id range, or by `ids` for retries and single mails.

    Free: no owner. Offered: no owner and `offered_until` ahead, to the workers of one provider, which need not be the
    batch's own. Taken: an owner with a lease; the claim empties `offered_at` and `offered_until`. A released chunk has
    neither owner nor lease, and what is left in it is pending; the next one may be offered it to goes on from there.
    Whoever finds a lease expired goes through recovery, never straight to a new claim.
    Counters belong to its own messages until it is done; then they are added to the batch, in the same transaction.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="chunks")
    lane = models.CharField(max_length=12, db_default="other")
    not_before = models.DateTimeField(null=True)
    first_id = models.BigIntegerField(null=True)
    last_id = models.BigIntegerField(null=True)
    ids = ArrayField(models.BigIntegerField(), null=True)
    size = models.IntegerField()
    # Its messages may have arrived with this version, so they never leave with another; empty: the batch's.
    version = models.SmallIntegerField(null=True)
    offered_at = models.DateTimeField(null=True, help_text="Also the order in which to claim: fair between batches.")
    offered_until = models.DateTimeField(null=True)
    offered_to = models.IntegerField(null=True, help_text="Provider whose workers may take it, or took it last.")
    epoch = models.IntegerField(db_default=0)
    owner = models.UUIDField(null=True)
    owner_host = models.CharField(max_length=80, blank=True, db_default="")
    owner_boot = models.CharField(max_length=40, blank=True, db_default="")
    journal = models.CharField(max_length=200, blank=True, db_default="")
    lease_until = models.DateTimeField(null=True)
    flush_no = models.IntegerField(db_default=0)
    window_end = models.IntegerField(db_default=0, help_text="Index in the chunk up to which dots may be written.")
    takeovers = models.SmallIntegerField(db_default=0)
    recovery_until = models.DateTimeField(null=True, help_text="A recovery is queued; look again then.")
    is_done = models.BooleanField(db_default=False)
    quarantined = models.BooleanField(db_default=False)
    accepted = models.IntegerField(db_default=0)
    pending = models.IntegerField(db_default=0)
    deferred = models.IntegerField(db_default=0)
    refused = models.IntegerField(db_default=0)
    uncertain = models.IntegerField(db_default=0)
    skipped = models.IntegerField(db_default=0)
    hard = models.IntegerField(db_default=0)
    blocked = models.IntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "id"], condition=models.Q(is_done=False), name="chunk_live"),
            models.Index(
                fields=["batch", "id"], condition=models.Q(is_done=False, ids__isnull=False), name="chunk_gathered"
            ),
            models.Index(
                fields=["offered_at", "id"],
                condition=models.Q(is_done=False, owner__isnull=True, offered_until__isnull=False),
                name="chunk_offered",
            ),
            # Neither lease nor counters are in an index: a checkpoint's update stays HOT.
            models.Index(fields=["batch"], condition=models.Q(is_done=False, owner__isnull=False), name="chunk_taken"),
        ]

    def __str__(self) -> str:
        return f"chunk {self.id}"


class Attempt(models.Model):
    """Append-only: every try but a first-try 250."""

    message_id = models.BigIntegerField(db_index=True)
    batch = models.ForeignKey(Batch, models.CASCADE)
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, db_index=False)
    at = models.DateTimeField(db_default=Now())
    stage = models.CharField(max_length=12)
    code = models.SmallIntegerField(null=True)
    enhanced = models.CharField(max_length=12, blank=True, db_default="")
    text = models.CharField(max_length=1000, blank=True, db_default="", help_text="The server's words; hostile text.")
    category = models.CharField(max_length=30)
    # Also "again" and "left", decided by a person: see delivery.ledger.uncertain.
    decision = models.CharField(max_length=12, help_text="accepted, retry, refused, uncertain, skipped")
    duration_ms = models.IntegerField(db_default=0)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "id"], name="attempt_of_provider")]

    def __str__(self) -> str:
        return f"message {self.message_id}: {self.category}"


class Proof(models.Model):
    """A provider has accepted mail to somebody in this sending: it does not refuse everybody."""

    batch = models.ForeignKey(Batch, models.CASCADE)
    provider = models.ForeignKey(Provider, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "provider"], name="one_proof_a_provider")]

    def __str__(self) -> str:
        return f"batch {self.batch_id} through provider {self.provider_id}"


class Failure(models.Model):
    """A campaign's message that an address did not take, since the last that got through: policy.soft_bounces."""

    email = models.CharField(max_length=320, help_text="Lower case.")
    kind = models.CharField(max_length=6, choices=[("soft", "soft"), ("domain", "domain")])
    campaign = models.CharField(max_length=40, help_text="The batch's group.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["email", "kind", "campaign"], name="one_failure_a_campaign")]

    def __str__(self) -> str:
        return f"{self.email} {self.kind}"


class Turn(models.Model):
    """A task that will drive, or drives, a provider's offered chunks. Known here, never from a queue's length."""

    provider = models.ForeignKey(Provider, models.CASCADE)
    stream = models.CharField(max_length=13, choices=Batch.Stream.choices)
    queued_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "stream"], name="turn_of_provider")]

    def __str__(self) -> str:
        return f"{self.stream} turn of provider {self.provider_id}"


class MinuteCount(models.Model):
    """Messages granted to a provider in one minute: what hour and day limits are read from."""

    provider = models.ForeignKey(Provider, models.CASCADE)
    minute = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "minute"], name="one_count_a_minute")]

    def __str__(self) -> str:
        return f"{self.count} at {self.minute:%H:%M}"
