"""What is written, and when it goes out."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import BrandKit, Organisation
from accounts.organisation.measuring import Tracking
from campaigns.message.encoding import ascii_address
from contacts.audience import Audience, general_lists
from contacts.guessing import languages
from contacts.models import Contact, FixedAudience, MailingList, Segment
from contacts.segments import asking, compiling, rules
from contacts.segments.known import Known
from contacts.segments.rules import Group
from delivery.mailed_once import MailedOnce
from delivery.models import Batch, Provider


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def whole(self) -> "CampaignQuerySet":
        """Without the new versions of others that are being written, their translations, and templates."""
        return self.filter(revision_of=None, template=None, translation_of=None)

    def still_written(self) -> "CampaignQuerySet":
        """Whatever may still be changed: also templates, new versions, and translations of all of them."""
        return self.filter(Q(translation_of=None) | Q(translation_of__batch=None), batch=None)

    def drafts(self) -> "CampaignQuerySet":
        return self.whole().filter(batch=None)

    def scheduled(self) -> "CampaignQuerySet":
        return self.filter(batch__state__in=_BEFORE_START, batch__not_before__isnull=False)

    def under_way(self) -> "CampaignQuerySet":
        """Launched and not at its end: those paused too, those scheduled for later not."""
        begun = Q(batch__state__in=(Batch.State.SENDING, Batch.State.PAUSED))
        about_to = Q(batch__state__in=_BEFORE_START, batch__not_before=None)
        return self.filter(begun | about_to)

    def sent(self) -> "CampaignQuerySet":
        return self.filter(batch__state__in=_ENDED)

    def matching(self, words: str) -> "CampaignQuerySet":
        return self.filter(Q(name__icontains=words) | Q(subject__icontains=words))


class Stage(models.TextChoices):
    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    HELD = "held", "About to start"
    SENDING = "sending", "Sending"
    PAUSED = "paused", "Paused"
    SENT = "sent", "Sent"
    CANCELLED = "cancelled", "Cancelled"


_BEFORE_START = (Batch.State.BUILDING, Batch.State.HELD)
_ENDED = (Batch.State.DONE, Batch.State.CANCELLED)
_STAGES = {
    Batch.State.BUILDING: Stage.HELD,
    Batch.State.HELD: Stage.HELD,
    Batch.State.SENDING: Stage.SENDING,
    Batch.State.PAUSED: Stage.PAUSED,
    Batch.State.DONE: Stage.SENT,
    Batch.State.CANCELLED: Stage.CANCELLED,
}


DEFAULT_LANGUAGE = "en"


class Campaign(models.Model):
    class ContentKind(models.TextChoices):
        BLOCKS = "blocks", "Simple"
        HTML = "html", "HTML"

    WORDS = ("subject", "preheader", "content_kind", "blocks", "html", "text")
    # What a translation has from the campaign that it translates: all but its words.
    _ENVELOPE = ("name", "sender_name", "sender_email", "reply_to", "provider", "brand", "tracking", "scheduled_at")
    CHOSEN_PEOPLE = ("lists", "excluded_lists", "segments", "excluded_segments")

    name = models.CharField(max_length=200)
    lists = models.ManyToManyField(MailingList, blank=True, related_name="campaigns")
    # Said, and never meant by an empty choice: a list that is deleted must not turn into all of them.
    on_any_list = models.BooleanField(
        default=False, db_default=False, help_text="Segments or tags say who, of everybody who agreed to any list."
    )
    excluded_lists = models.ManyToManyField(MailingList, blank=True, related_name="+")
    segments = models.ManyToManyField(Segment, blank=True, related_name="campaigns", help_text="Only people in one.")
    excluded_segments = models.ManyToManyField(Segment, blank=True, related_name="+")
    tags = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, help_text="Only people on the lists who carry one."
    )
    excluded_tags = ArrayField(
        models.CharField(max_length=100), default=list, blank=True, help_text="Nobody who carries one."
    )
    fixed_audience = models.ForeignKey(
        FixedAudience,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="campaigns",
        help_text="Empty: who gets it is decided when it is sent.",
    )
    brand = models.ForeignKey(BrandKit, models.SET_NULL, null=True, blank=True, help_text="Empty: the organisation's.")
    sender_name = models.CharField(max_length=120, blank=True)
    sender_email = models.CharField(max_length=254, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    preheader = models.CharField(max_length=300, blank=True)
    content_kind = models.CharField(max_length=6, choices=ContentKind.choices, default=ContentKind.BLOCKS)
    blocks = models.JSONField(default=dict, blank=True, help_text="See campaigns.content.blocks.")
    html = models.TextField(blank=True, help_text="As written by hand.")
    text = models.TextField(blank=True, help_text="Empty: made from the HTML.")
    provider = models.ForeignKey(Provider, models.SET_NULL, null=True, blank=True, help_text="Empty: the default.")
    tracking = models.CharField(
        max_length=10,
        choices=Tracking.choices,
        blank=True,
        default="",
        db_default="",
        help_text="How opens and clicks are counted; empty: as the organisation's settings say at launch.",
    )
    scheduled_at = models.DateTimeField(null=True, blank=True)
    batch = models.OneToOneField(
        Batch, models.PROTECT, null=True, related_name="+", help_text="Its one launch; empty: a draft."
    )
    revision_of = models.OneToOneField(
        "self",
        models.CASCADE,
        null=True,
        related_name="revision",
        help_text="A paused campaign for whose remaining people this is being written.",
    )
    repeats = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        related_name="repeated_by",
        help_text="A rehearsal that this sends for real, word for word to the same people.",
    )
    language = models.CharField(
        max_length=12, default=DEFAULT_LANGUAGE, db_default=DEFAULT_LANGUAGE, help_text="That it is written in."
    )
    translation_of = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        related_name="translations",
        help_text="Whose words these are in another language, for who reads that one; see campaigns.multilingual.",
    )
    is_sample = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, help_text="Grows with every save: two editors notice each other.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["translation_of", "language"], name="one_translation_a_language")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaign", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        whole = self.translation_of or self
        return whole.batch_id is None

    @property
    def is_template(self) -> bool:
        return Template.objects.filter(campaign=self.pk).exists()

    @property
    def was_sent(self) -> bool:
        """Really, or has begun to be: what reports over several campaigns are about. A rehearsal never was."""
        return self.batch is not None and not self.batch.rehearsal and self.batch.started_at is not None

    @property
    def stage(self) -> "Stage":
        """Where it stands, in the words of its page."""
        if self.batch is None:
            return Stage.DRAFT
        if self.batch.state in _BEFORE_START and self.batch.not_before:
            return Stage.SCHEDULED
        return _STAGES[Batch.State(self.batch.state)]

    @property
    def is_rehearsal(self) -> bool:
        return self.batch is not None and self.batch.rehearsal

    @property
    def stage_words(self) -> str:
        """For one line: its stage, and that it is a rehearsal."""
        return f"{self.stage.label}, rehearsal" if self.is_rehearsal else str(self.stage.label)

    @property
    def group(self) -> str:
        """Joins all batches of this campaign: who got one of them is never mailed by another."""
        return f"campaign:{self.pk}"

    @property
    def way_out(self) -> Provider:
        """The provider that will carry it: the chosen one while it is there, else the default."""
        chosen = self.provider
        return chosen if chosen and chosen.removed_at is None else Provider.objects.default()

    @property
    def way_of_tracking(self) -> Tracking:
        """The chosen one, else the organisation's."""
        organisation = None if self.tracking else Organisation.for_page()
        return Tracking(self.tracking or (organisation.tracking if organisation else Tracking.INDIVIDUAL))

    @staticmethod
    def count_followers() -> int:
        """Drafts that leave through the default provider, whichever that is then."""
        has_none = models.Q(provider=None) | models.Q(provider__removed_at__isnull=False)
        return Campaign.objects.filter(has_none, batch=None, template=None, translation_of=None).count()

    @property
    def stamp(self) -> int:
        """Grows with every save of its words in any language: what is launched is what somebody saw."""
        return self.version + sum(self.translations.values_list("version", flat=True))

    def lock_translations(self) -> None:
        """Until the transaction ends; of a campaign that is locked itself, so that none is added meanwhile.

        Whatever locks several campaigns does so in the order of their numbers: a deadlock otherwise.
        """
        list(self.translations.order_by("pk").select_for_update().values_list("pk"))

    def in_other_languages(self) -> list["Campaign"]:
        """Its translations in the order in which they were added, each in this campaign's envelope."""
        if self.translation_of_id or self.pk is None:
            return []
        translations = list(self.translations.order_by("pk"))
        for translation in translations:
            translation.translation_of = self
            translation.take_envelope()
        return translations

    def take_envelope(self) -> None:
        """In memory; a translation has words alone."""
        if self.translation_of is not None:
            for name in self._ENVELOPE:
                setattr(self, name, getattr(self.translation_of, name))

    def as_read_by(self, contact: Contact | None) -> "Campaign":
        """The translation that this person gets, else itself. A translation is looked at as what it is."""
        others = self.in_other_languages() if contact else []
        code = (
            languages.picked(contact.best_language, [self.language, *(one.language for one in others)])
            if contact
            else ""
        )
        return next((one for one in others if one.language == code), self)

    def readers(self) -> Audience:
        """Who of its audience gets these words, in this language."""
        whole = self.translation_of or self
        others = tuple(whole.translations.values_list("language", flat=True))
        if not others:
            return self.audience()
        return replace(self.audience(), languages=(whole.language, *others), reading=self.language)

    def audience(self) -> Audience:
        """Who it goes to; while a fixed one is still being drawn up, who it would go to now. Of a translation: all of
        its campaign's."""
        if self.translation_of is not None:
            return self.translation_of.audience()
        fixed = self.fixed_audience
        if fixed is not None and fixed.people is not None:
            named = {name: fixed.chosen.get(name) for name in ("lists", "on_any_list")}
            return Audience.from_json(named | {"fixed": fixed.pk})
        return self.chosen_audience()

    @property
    def named_lists(self) -> "models.QuerySet[MailingList]":
        """Whose people it goes to: none of those that are chosen while it goes to people of any list."""
        return self.lists.none() if self.on_any_list else self.lists.all()

    @property
    def is_being_decided(self) -> bool:
        return self.fixed_audience is not None and self.fixed_audience.people is None

    def chosen_audience(self) -> Audience:
        within, without = list(self.segments.order_by("pk")), list(self.excluded_segments.order_by("pk"))
        about = asking.known() if within or without else None
        lists = tuple(self.named_lists.order_by("pk").values_list("pk", flat=True))
        on_any_list = self.on_any_list and bool(within or self.tags)
        return Audience(
            lists=general_lists() if on_any_list else lists,
            on_any_list=on_any_list,
            excluded_lists=tuple(self.excluded_lists.order_by("pk").values_list("pk", flat=True)),
            tags=tuple(self.tags),
            segments=_rules(within, about),
            excluded_segments=_rules(without, about),
            excluded_tags=tuple(self.excluded_tags),
            about=about,
        )


def _rules(segments: Sequence[Segment], about: Known | None) -> tuple[Group, ...]:
    """Written out, so that a later change of a segment changes nothing that was launched."""
    return tuple(compiling.frozen(rules.read(segment.rules), about) for segment in segments) if about else ()


class Template(models.Model):
    """A mail to begin others with. Its words are a campaign of its own, which is never sent."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="template", primary_key=True)
    description = models.CharField(max_length=200, blank=True)
    archived_at = models.DateTimeField(null=True, help_text="Offered no more since.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-campaign_id"]

    def __str__(self) -> str:
        return self.campaign.name


class SavedBlock(models.Model):
    """Blocks kept under a name, for other mails; see campaigns.editor.saved_blocks."""

    name = models.CharField(max_length=120)
    blocks = models.JSONField(default=list, help_text="Of a document, without links of their own.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class WeeklySummary(MailedOnce):
    """The summary of a week to a person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="summaries")
    week = models.DateField(help_text="The Monday on which it is mailed.")
    tried_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "week"], name="one_summary_a_week")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.week}"


class DraftStep(models.Model):
    """A state of a draft's blocks that Undo or Redo leads to; the highest number of its kind comes first."""

    class Leads(models.TextChoices):
        BACK = "back"
        FORTH = "forth"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="steps")
    leads = models.CharField(max_length=5, choices=Leads.choices)
    blocks = models.JSONField(default=dict, help_text="See campaigns.content.blocks.")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Whose change it takes back."
    )
    touched = models.CharField(max_length=40, blank=True, help_text="The block that was being written.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["campaign", "leads", "id"], name="step_of_draft")]

    def __str__(self) -> str:
        return f"{self.leads} of campaign {self.campaign_id}"


class DraftVersion(models.Model):
    """What a draft said when a person had written for a while; see campaigns.drafts.versions."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="versions")
    name = models.CharField(max_length=120, blank=True, help_text="Given by somebody: such a version stays.")
    words = models.JSONField(
        null=True, help_text="By field of the campaign; empty: still written, as the draft stands."
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField()
    at = models.DateTimeField(help_text="Of its last change.")
    restores = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", help_text="The earlier one that it began as."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(words__isnull=True), name="one_version_still_written"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"version {self.pk} of campaign {self.campaign_id}"


class Edition(models.Model):
    """A campaign frozen at launch (or for a test mail): what its batch says, word for word."""

    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, related_name="editions", help_text="Empty: a draft deleted since."
    )
    batch = models.ForeignKey(Batch, models.CASCADE, null=True, related_name="+")
    version = models.PositiveSmallIntegerField(default=1, help_text="Of what its batch says.")
    language = models.CharField(max_length=12, default=DEFAULT_LANGUAGE, db_default=DEFAULT_LANGUAGE)
    translation_of = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="translations", help_text="The edition in its own language."
    )
    link_ids = ArrayField(models.BigIntegerField(), default=list, help_text="Of its links, in their order.")
    is_test = models.BooleanField(default=False)
    contact_id = models.BigIntegerField(null=True, help_text="A test mail is written as if to this contact.")
    sender_name = models.CharField(max_length=120)
    sender_email = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=10_000, help_text="With what fields say for who has no value.")
    preheader = models.CharField(max_length=10_000, blank=True)
    html = models.TextField(help_text="Inlined, with merge tags, before links are rewritten.")
    text = models.TextField()
    organisation = models.JSONField(default=dict, help_text="Name, address and public address at launch.")
    tracking = models.CharField(
        max_length=10,
        choices=Tracking.choices,
        default=Tracking.INDIVIDUAL,
        db_default=Tracking.INDIVIDUAL,
        help_text="How its opens and clicks are counted.",
    )
    attachments = models.JSONField(
        default=list, db_default=[], help_text="Files in each mail; see campaigns.attachments.attaching."
    )
    preflight = models.JSONField(null=True, help_text="What preflight said when it was frozen for a launch.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.subject

    @property
    def sender_domain(self) -> str:
        """As the From header has it; what routes go by."""
        return ascii_address(self.sender_email).rpartition("@")[2].lower()


class SharedReport(models.Model):
    """A link by which somebody without a login reads a campaign's numbers and its mail, or the table of a page under
    Reports, for some time."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, null=True, related_name="shared_reports")
    page = models.CharField(max_length=20, blank=True, default="", db_default="", help_text="Its name, of no campaign.")
    query = models.CharField(max_length=2000, blank=True, default="", db_default="", help_text="What it was asked for.")
    secret = models.CharField(max_length=22, help_text="Part of the link: numbers alone could be guessed.")
    note = models.CharField(max_length=120, blank=True, help_text="For whom.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.note or f"link {self.pk}"


class ProofSheet(models.Model):
    """What was sent, to whom and on what ground, signed; see campaigns.proof."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="proof_sheets")
    counted_to = models.BigIntegerField(default=0, help_text="The last message whose consent is counted.")
    sources = models.JSONField(default=dict, help_text="People by where their consent came from, as counted so far.")
    document = models.JSONField(default=dict, help_text="Empty: still being counted.")
    digest = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=100, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    alive_at = models.DateTimeField(auto_now_add=True, help_text="Last sign of life of whoever counts.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"proof of {self.campaign_id}"


class TestAddress(models.Model):
    """A mailbox of somebody who does not work here, asked whether test mails may come."""

    email = models.CharField(max_length=254, unique=True, help_text="With its capitals folded.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    agreed_at = models.DateTimeField(null=True)

    __test__ = False  # not one of pytest's

    def __str__(self) -> str:
        return self.email


class SeedList(models.Model):
    """Addresses that get test mails together: a mailbox at each large provider, say, or the first readers of a mail."""

    MOST = 20
    MOST_ADDRESSES = 30

    name = models.CharField(max_length=80)
    addresses = ArrayField(models.CharField(max_length=254), help_text="Normalised, each once, in the order typed.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="seed_list_names",
                violation_error_message="There is a seed list of this name. Choose another name, or change that one.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImageFolder(models.Model):
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Image(models.Model):
    """A picture of the library. Each change draws another file from the original; sent mails keep theirs."""

    name = models.CharField(max_length=200)
    storage_name = models.CharField(max_length=200, unique=True, help_text="Of the file that mails show from now on.")
    earlier_names = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text="Files that sent mails may still show."
    )
    original_path = models.CharField(
        max_length=200, blank=True, help_text="As it was uploaded, never public; empty: the file itself."
    )
    whole_name = models.CharField(
        max_length=200, blank=True, help_text="The file that shows the whole original, for cropping; empty: the file."
    )
    original_width = models.PositiveIntegerField(default=0, help_text="Upright; 0: that of the file.")
    original_height = models.PositiveIntegerField(default=0)
    crop = ArrayField(
        models.IntegerField(),
        null=True,
        blank=True,
        help_text="Left, top, width, height in pixels of the upright original.",
    )
    max_width = models.PositiveIntegerField(default=1_200, help_text="Pixels of the file, twice those shown.")
    focal_x = models.PositiveSmallIntegerField(default=50, help_text="Per cent: what must stay when it is cropped.")
    focal_y = models.PositiveSmallIntegerField(default=50)
    frames = models.PositiveSmallIntegerField(default=1, help_text="More than one: it moves.")
    folder = models.ForeignKey(ImageFolder, models.SET_NULL, null=True, blank=True, related_name="images")
    alt = models.CharField(max_length=300, blank=True)
    is_decorative = models.BooleanField(default=False, help_text="Says nothing, so it needs no words.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def all_names(self) -> list[str]:
        return [self.storage_name, *self.earlier_names]

    @property
    def lacks_alt(self) -> bool:
        return not self.alt and not self.is_decorative

    @property
    def whole(self) -> tuple[int, int]:
        """Width and height of the original."""
        return self.original_width or self.width, self.original_height or self.height
