"""Who may be written to."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone

from contacts.bulk.models import BulkChange, BulkSlice, DeletedPerson
from contacts.downloads.models import ExportJob
from contacts.erasing.models import Erasure
from contacts.fixed.models import FixedAudience, FixedMember
from contacts.grounds.models import ListBasis, Wording
from contacts.growth.models import ListChange, ListDay, LostSubscription
from contacts.guessing.models import GuessingRound
from contacts.importing.undoing.models import ImportGraver, ImportOverwritten, ImportSlice, ImportUndo
from contacts.merging.models import Merge
from contacts.preferences.models import AddressChange
from contacts.profile.models import Note, ValueChange
from contacts.profile_fields.models import FieldChange
from contacts.reach.models import AudienceCount, AudienceDay
from contacts.reachability import SUBSCRIBED
from contacts.segments.models import FieldIndex, Headcount
from contacts.signup.models import (
    SignupForm,
    SignupHour,
    SignupLetter,
    SignupRequest,
    SignupShown,
    SignupWording,
    SpentProof,
)
from contacts.suppression.models import ListSuppression
from contacts.table.models import ChosenColumns, NamePlace, PeopleBlock, SearchBlock, StaleBlock

__all__ = [  # what Django is to know and other modules import
    "AddressChange",
    "AudienceCount",
    "AudienceDay",
    "BulkChange",
    "BulkSlice",
    "ChosenColumns",
    "ConsentEvent",
    "Contact",
    "ContactQuerySet",
    "DeletedPerson",
    "Erasure",
    "ExportJob",
    "Field",
    "FieldChange",
    "FieldIndex",
    "FixedAudience",
    "FixedMember",
    "GuessingRound",
    "Headcount",
    "ImportGraver",
    "ImportJob",
    "ImportOverwritten",
    "ImportSlice",
    "ImportUndo",
    "ListBasis",
    "ListChange",
    "ListDay",
    "ListSuppression",
    "LostSubscription",
    "MailingList",
    "Merge",
    "NamePlace",
    "Note",
    "PeopleBlock",
    "SearchBlock",
    "Segment",
    "SegmentDay",
    "SignupForm",
    "SignupHour",
    "SignupLetter",
    "SignupRequest",
    "SignupShown",
    "SignupWording",
    "SpentProof",
    "StaleBlock",
    "Subscription",
    "Suppression",
    "TrackingConsent",
    "ValueChange",
    "Wording",
]


class TrackingConsent(models.TextChoices):
    UNKNOWN = "unknown", "Not asked"
    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"


class ContactQuerySet(models.QuerySet["Contact"]):
    def search(self, text: str) -> Self:
        """Those with `text` anywhere in their address or their name, whatever the case."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(email__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
            )
        return found

    def tagged(self, tag: str) -> Self:
        return self.filter(attributes__tags__contains=[tag])

    def on_list(self, list_id: int) -> Self:
        """Whoever is on that list, in whatever state."""
        return self.filter(Exists(_subscriptions(list_id=list_id)))

    def reachable(self) -> Self:
        """Subscribed to at least one list with consent that holds, not suppressed and not on a pause."""
        return self.agreed().not_paused()

    def agreed(self) -> Self:
        """Whoever can be reached, or could but for a pause."""
        return self.filter(Exists(_subscriptions().open())).not_suppressed()

    def not_suppressed(self) -> Self:
        return self.filter(~Exists(_suppressions()))

    def expired(self, list_id: int | None = None) -> Self:
        """Subscribed, to that list or any, but what they agreed to held for a time that is over."""
        there = _subscriptions(list_id=list_id) if list_id else _subscriptions()
        return self.filter(Exists(there.expired()), ~Exists(there.open()))

    def kept_off(self) -> Self:
        """Subscribed, but suppressed for each list whose consent holds: no more reachable than the `expired`."""
        for_lists = ListSuppression.objects.filter(email=Lower(OuterRef("email")))
        there = _subscriptions(state=SUBSCRIBED)
        return self.filter(Exists(for_lists), Exists(there), ~Exists(there.expired()), ~Exists(there.open()))

    def not_paused(self) -> Self:
        return self.filter(Q(paused_until=None) | Q(paused_until__lte=Now()))

    def paused(self) -> Self:
        """Whoever wants no mail for a while yet."""
        return self.filter(paused_until__gt=Now())

    def unsubscribed(self) -> Self:
        """Left every list they were on, or everything at once."""
        left = Exists(_subscriptions(state="unsubscribed")) & ~Exists(_subscriptions(state=SUBSCRIBED))
        return self.filter(left | Exists(_suppressions(reason="unsubscribed")))

    def suppressed(self) -> Self:
        return self.filter(Exists(_suppressions()))

    def on_no_list(self) -> Self:
        return self.filter(~Exists(_subscriptions()))

    def with_suppression(self) -> Self:
        """Adds `suppression_reason` (None: not suppressed)."""
        return self.annotate(suppression_reason=models.Subquery(_suppressions().values("reason")[:1]))


class Contact(models.Model):
    """One person's address. Its domain is stored in lower case as A-labels (RFC 5890)."""

    email = models.CharField(max_length=320)
    first_name = models.CharField(max_length=200, blank=True)
    last_name = models.CharField(max_length=200, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    # What somebody said. What is only guessed has columns of its own, so that a guess never overwrites a word.
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    guessed_language = models.CharField(max_length=12, blank=True, default="", db_default="")
    guessed_language_from = models.CharField(max_length=20, blank=True, default="", db_default="")
    guessed_time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    guessed_time_zone_from = models.CharField(max_length=20, blank=True, default="", db_default="")
    # Whether opens and clicks of this person may be counted; contacts.tracking_consent changes them.
    open_consent = models.CharField(
        max_length=8,
        choices=TrackingConsent.choices,
        default=TrackingConsent.UNKNOWN,
        db_default=TrackingConsent.UNKNOWN,
    )
    click_consent = models.CharField(
        max_length=8,
        choices=TrackingConsent.choices,
        default=TrackingConsent.UNKNOWN,
        db_default=TrackingConsent.UNKNOWN,
    )
    # No mail to lists until then, because the person asked for that; see contacts.preferences.pausing.
    paused_until = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    source = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Folded in once a minute from real (never rehearsed) human events.
    last_sent_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)
    last_clicked_at = models.DateTimeField(null=True)
    # Of the last campaigns: how many are known, and a bit for each that was opened or clicked in, the latest is bit 0.
    recent_mails = models.SmallIntegerField(default=0, db_default=0)
    recent_opened = models.BigIntegerField(default=0, db_default=0)
    recent_clicked = models.BigIntegerField(default=0, db_default=0)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_contact_per_email")]
        indexes = [
            models.Index(fields=["id"], name="contact_tagged", condition=Q(attributes__has_key="tags")),
            models.Index(
                fields=["last_clicked_at", "id"], name="contact_clicked", condition=Q(last_clicked_at__isnull=False)
            ),
            models.Index(fields=["id"], name="contact_paused", condition=Q(paused_until__isnull=False)),
            models.Index(fields=["id"], name="contact_sample", condition=Q(is_sample=True)),
        ]

    def __str__(self) -> str:
        return self.email

    def get_absolute_url(self) -> str:
        return reverse("contact", args=[self.pk])

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_paused(self) -> bool:
        return bool(self.paused_until and self.paused_until > timezone.now())

    @property
    def best_language(self) -> str:
        """What they said, else what is guessed; "" when neither is known."""
        return self.language or self.guessed_language

    @property
    def best_time_zone(self) -> str:
        return self.time_zone or self.guessed_time_zone

    @property
    def best_state(self) -> str:
        """The state of the list it is closest to; "" on no list. Reads prefetched subscriptions."""
        states = {subscription.state for subscription in self.subscriptions.all()}
        return next((state for state in ("subscribed", "unconfirmed", "unsubscribed") if state in states), "")


class Field(models.Model):
    """A typed attribute that contacts may carry, kept under `key` in `Contact.attributes`."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        DATE = "date", "Date"
        BOOLEAN = "boolean", "Yes or no"
        CHOICE = "choice", "One choice"
        CHOICES = "choices", "Several choices"
        URL = "url", "Web address"

    key = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TEXT)
    position = models.PositiveIntegerField(default=0)
    options = models.JSONField(default=list, db_default=[], blank=True, help_text="What may be chosen, in its order.")
    default = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="For mails, if empty.")
    help_text = models.CharField(max_length=300, blank=True, default="", db_default="")
    # As last counted in the background: see contacts.profile_fields.counting.
    people = models.BigIntegerField(null=True, help_text="Who have a value.")
    chosen = models.JSONField(default=dict, db_default={}, blank=True, help_text="Who chose what.")
    counted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("field", args=[self.pk])

    @property
    def has_options(self) -> bool:
        return self.kind in (self.Kind.CHOICE, self.Kind.CHOICES)


class MailingListQuerySet(models.QuerySet["MailingList"]):
    def not_archived(self) -> Self:
        """Those to choose from. Archived ones keep their people and what they agreed to."""
        return self.filter(archived_at=None)

    def public(self) -> Self:
        """Those that anybody may see and join."""
        return self.not_archived().filter(is_public=True)


class MailingList(models.Model):
    class OptIn(models.TextChoices):
        SINGLE = "single", "At once"
        DOUBLE = "double", "After they confirm by mail"

    name = models.CharField(max_length=120, unique=True)
    public_name = models.CharField(max_length=120, blank=True, help_text="What recipients read. Empty: the name.")
    description = models.CharField(max_length=300, blank=True, help_text="For the team alone.")
    public_description = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="What recipients read."
    )
    is_public = models.BooleanField(default=False, db_default=False, help_text="Shown to people who are not on it.")
    opt_in = models.CharField(  # of sign-up forms; who is added by hand or by an import has agreed elsewhere
        max_length=6, choices=OptIn.choices, default=OptIn.DOUBLE, db_default=OptIn.DOUBLE
    )
    # What a new campaign to it begins with; empty: as usual.
    sender_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    sender_email = models.CharField(max_length=254, blank=True, default="", db_default="")
    archived_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MailingListQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("list", args=[self.pk])

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def sender(self) -> str:
        """“Ana <ana@example.com>”; empty: the organisation's."""
        return f"{self.sender_name} <{self.sender_email}>" if self.sender_name else self.sender_email

    @property
    def name_for_recipients(self) -> str:
        return self.public_name or self.name


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def open(self) -> Self:
        """Those whose list's mail comes: subscribed, with consent that holds, and not suppressed for the list alone.

        See contacts.reachability.
        """
        address = Lower(OuterRef("contact__email"))
        kept_off = ListSuppression.objects.filter(list=OuterRef("list"), email=address)
        return self.filter(~Exists(kept_off), Q(expires_at=None) | Q(expires_at__gt=Now()), state=SUBSCRIBED)

    def expired(self) -> Self:
        return self.filter(state=SUBSCRIBED, expires_at__lte=Now())


class Subscription(models.Model):
    class State(models.TextChoices):
        SUBSCRIBED = "subscribed", "Subscribed"
        UNCONFIRMED = "unconfirmed", "Not confirmed"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"

    # Both are kept by triggers, which look them up once a statement: a foreign key does it for each row.
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="subscriptions", db_constraint=False)
    # Its constraint below begins with the list: an index of its own would be a second one.
    list = models.ForeignKey(
        MailingList, models.CASCADE, related_name="subscriptions", db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUBSCRIBED)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    # Consent that somebody gave themselves, on a page or by a form, has no end; what is implied may have one.
    is_express = models.BooleanField(default=False, db_default=False)
    expires_at = models.DateTimeField(null=True, help_text="By the list's rule: see contacts.grounds.expiring.")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "contact"], name="one_subscription_per_list")]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="subscription_ending")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.state} {self.list_id}"

    @property
    def is_expired(self) -> bool:
        return self.state == self.State.SUBSCRIBED and bool(self.expires_at and self.expires_at <= timezone.now())


class ConsentEvent(models.Model):
    """Append-only proof of who agreed to, or left, what (GDPR art. 7(1)): the database refuses to change or delete it,
    unless the person themselves is deleted. See contacts.grounds.history.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked for it"  # on a form; nothing holds before the address has confirmed
        GIVEN = "given", "Subscribed"
        WITHDRAWN = "withdrawn", "Unsubscribed"
        PAUSED = "paused", "Paused"  # both of everything: consent itself stays as it was
        RESUMED = "resumed", "Ended the pause"

    # A log that is read by contact, but for the few who left: nothing further to pay for at a million rows.
    contact = models.ForeignKey(Contact, models.DO_NOTHING, related_name="consent_events", db_constraint=False)
    list = models.ForeignKey(
        MailingList, models.DO_NOTHING, null=True, db_index=False, db_constraint=False, help_text="Empty: everything."
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=20, help_text="import, hand, page, one-click, complaint, setup, form")
    text = models.CharField(max_length=500, blank=True, help_text="How it was said: the proof.")
    wording = models.ForeignKey(Wording, models.DO_NOTHING, null=True, db_index=False, db_constraint=False)
    ip = models.GenericIPAddressField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_index=False, db_constraint=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(kind="withdrawn"), name="consent_withdrawn")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.kind}"


class TrackingConsentEvent(models.Model):
    """Append-only proof of who agreed to, or refused, that opens or clicks of theirs are counted."""

    class Part(models.TextChoices):
        OPENS = "opens", "Opens"
        CLICKS = "clicks", "Clicks"

    contact = models.ForeignKey(Contact, models.DO_NOTHING, related_name="tracking_events", db_constraint=False)
    part = models.CharField(max_length=6, choices=Part.choices)
    state = models.CharField(max_length=8, choices=TrackingConsent.choices, help_text="What holds from then on.")
    channel = models.CharField(max_length=20, help_text="import, hand, page, before")
    text = models.CharField(max_length=500, blank=True, help_text="The words that were agreed to, or how it was said.")
    wording = models.ForeignKey(Wording, models.DO_NOTHING, null=True, db_index=False, db_constraint=False)
    ip = models.GenericIPAddressField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_index=False, db_constraint=False)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.contact_id} {self.part} {self.state}"


class Suppression(models.Model):
    """An address that gets no marketing mail, whoever adds it again. Outlives its contact."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed from everything"
        HARD_BOUNCE = "hard_bounce", "Address does not exist"
        SOFT_BOUNCE = "soft_bounce", "Out of reach for weeks"
        COMPLAINT = "complaint", "Marked as spam"
        MANUAL = "manual", "Added by hand"
        HELD = "held", "On hold for review"  # see contacts.suppression.holding

    email = models.CharField(max_length=320, unique=True, help_text="Lower case.")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    detail = models.CharField(max_length=1000, blank=True, help_text="Raw reply or source; hostile text.")
    source = models.CharField(
        max_length=60, blank=True, help_text="page, one-click, smtp, bounce, complaint, failing, import, hand"
    )
    message_id = models.BigIntegerField(null=True)
    is_erased = models.BooleanField(
        default=False, db_default=False, help_text="`email` is a salted hash: see contacts.erasing."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["email"], condition=models.Q(is_erased=True), name="suppression_erased"),
            models.Index(
                fields=["created_at"], condition=models.Q(source__in=("smtp", "bounce")), name="suppression_answered"
            ),
            models.Index(fields=["email"], condition=models.Q(reason="held"), name="suppression_held"),
        ]

    def __str__(self) -> str:
        return self.email


class Segment(models.Model):
    """People found by rules whenever it is asked: see contacts.segments. It is no consent, so it only narrows lists."""

    name = models.CharField(max_length=120, unique=True)
    rules = models.JSONField(default=dict, help_text="See contacts.segments.rules.")
    people = models.BigIntegerField(null=True, help_text="When it was last counted.")
    reachable = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("segment", args=[self.pk])


class SegmentDay(models.Model):
    """How many a segment held at the end of a day, or lately today."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="days")
    day = models.DateField()
    people = models.BigIntegerField()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.day}"


class ImportJob(models.Model):
    class State(models.TextChoices):
        READING = "reading", "Reading"  # a workbook or an archive, which become a table first
        UPLOADED = "uploaded", "Uploaded"  # waits for the mapping of columns
        CHECKING = "checking", "Checking"  # dry run
        READY = "ready", "Ready"  # waits for the go-ahead
        RUNNING = "running", "Importing"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    file_name = models.CharField(max_length=200)
    storage_name = models.CharField(max_length=200)
    size_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    options = models.JSONField(default=dict, help_text="encoding, delimiter, mapping, lists, update mode, consent")
    counts = models.JSONField(default=dict, help_text="expected and done: new, updated, invalid by reason, ...")
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(default=0)
    problem = models.TextField(blank=True)
    refused_storage_name = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True, help_text="Last sign of life of whoever works on it.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])


def _subscriptions(**conditions: Any) -> SubscriptionQuerySet:
    return Subscription.objects.filter(contact=OuterRef("pk"), **conditions)


def _suppressions(**conditions: Any) -> models.QuerySet[Suppression]:
    return Suppression.objects.filter(email=Lower(OuterRef("email")), **conditions)
