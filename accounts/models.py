"""People who work here, the organisation they work for, and what they did."""

from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

from accounts.brands import fonts
from accounts.organisation.measuring import AddressKept, Rules, Tracking


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MARKETER = "marketer", "Marketer"
    VIEWER = "viewer", "Viewer"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    email = models.EmailField(max_length=254, unique=True, help_text="Lower case.")
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    wants_summary = models.BooleanField(
        "Mail me a summary every Monday", default=False, db_default=False, help_text="Of the week before."
    )
    muted_alarms = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text="Kinds of accounts.shell.alarms that are not mailed to this person; a kind that is new is mailed.",
    )
    session_epoch = models.PositiveIntegerField(default=0, help_text="One more ends all sessions of this person.")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own, over the password and the epoch: a session ends when either has changed."""
        salt = "accounts.models.User.get_session_auth_hash"
        return salted_hmac(salt, f"{self.session_epoch} {self.password}", secret=secret, algorithm="sha256").hexdigest()

    def end_sessions(self) -> None:
        """Everywhere. The request that asked for it stays logged in by `update_session_auth_hash`."""
        User.objects.filter(pk=self.pk).update(session_epoch=models.F("session_epoch") + 1)
        Session.objects.filter(user=self).delete()
        self.refresh_from_db(fields=["session_epoch"])


class Session(AbstractBaseSession):
    """A browser's session. No user: somebody who has not logged in."""

    user = models.ForeignKey(User, models.CASCADE, null=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore  # which needs this model
        return store


class BrandKit(models.Model):
    """What mails look like and who they say they come from. Empty: as the organisation, or as each template has it."""

    class Corners(models.TextChoices):
        SQUARE = "square", "Square"
        SOFT = "soft", "Soft"
        ROUND = "round", "Round"

    COLOURS = ("colour", "accent", "background", "ink")

    name = models.CharField(max_length=200, blank=True, help_text="As recipients read it; empty: the organisation's.")
    sender_name = models.CharField(max_length=120, blank=True)
    sender_email = models.EmailField(max_length=254, blank=True)
    logo = models.CharField(max_length=200, blank=True, help_text="Storage name.")
    logo_on_dark = models.CharField(max_length=200, blank=True, help_text="Storage name.")
    colour = models.CharField(max_length=7, default="#1f4fa8")
    accent = models.CharField(max_length=7, blank=True)
    background = models.CharField(max_length=7, blank=True)
    ink = models.CharField(max_length=7, blank=True)
    heading_font = models.CharField(max_length=10, choices=fonts.CHOICES, blank=True)
    body_font = models.CharField(max_length=10, choices=fonts.CHOICES, blank=True)
    corners = models.CharField(max_length=6, choices=Corners.choices, blank=True)
    postal_address = models.TextField(max_length=500, blank=True)
    footer = models.TextField(max_length=1_000, blank=True, help_text="Plain words below the postal address.")
    social = models.JSONField(default=dict, blank=True, help_text="Addresses by network.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or "The organisation’s brand"


class ApprovalRule(models.TextChoices):
    NONE = "none", "No"
    ANYONE = "anyone", "Yes, by anyone who may send"
    SECOND = "second", "Yes, by a second person"


class Organisation(models.Model):
    """The one organisation of this installation. No row: not set up yet."""

    name = models.CharField(max_length=200)
    postal_address = models.TextField(max_length=500)
    time_zone = models.CharField(max_length=64, default="UTC")
    sender_name = models.CharField(max_length=120)
    sender_email = models.EmailField(max_length=254)
    public_url = models.URLField(blank=True, help_text="Empty: the PUBLIC_URL of the environment.")
    bounce_domain = models.CharField(
        max_length=200, blank=True, help_text="Where bounces go; empty: the domain of the sender's address."
    )
    brand = models.OneToOneField(BrandKit, models.PROTECT, null=True, help_text="Of mails that name no other.")
    second_factor_required = models.BooleanField(default=False, help_text="Of everybody who works here.")
    tracking = models.CharField(
        max_length=10, choices=Tracking.choices, default=Tracking.INDIVIDUAL, db_default=Tracking.INDIVIDUAL
    )
    measures_unknown_opens = models.BooleanField(
        default=True, db_default=True, help_text="Whether opens of people who were never asked are counted."
    )
    measures_unknown_clicks = models.BooleanField(
        default=True, db_default=True, help_text="Whether clicks of people who were never asked are counted."
    )
    address_kept = models.CharField(
        max_length=13,
        choices=AddressKept.choices,
        default=AddressKept.NEIGHBOURHOOD,
        db_default=AddressKept.NEIGHBOURHOOD,
        help_text="Of the internet addresses that opens and clicks come from.",
    )
    tracking_url = models.URLField(
        blank=True,
        default="",
        db_default="",
        help_text="Scheme and host of counted links and the pixel; empty: the public one.",
    )
    approval = models.CharField(
        max_length=6,
        choices=ApprovalRule.choices,
        default=ApprovalRule.NONE,
        db_default=ApprovalRule.NONE,
        help_text="Of a campaign, before it goes to real people.",
    )
    approval_above = models.PositiveIntegerField(
        default=0, db_default=0, help_text="People: a campaign to no more of them needs none. 0: each needs it."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> "Organisation | None":
        """With its brand."""
        return cls.objects.filter(id=1).select_related("brand").first()

    @classmethod
    def for_page(cls) -> "Organisation | None":
        """Every page asks, and few look at the brand; Django takes longer to put a query into words than to get it."""
        return next(iter(cls.objects.raw("SELECT * FROM accounts_organisation WHERE id = 1")), None)

    @classmethod
    def zone(cls) -> str:
        """The name of the time zone in which days are counted; UTC before the organisation is set up."""
        found = cls.for_page()
        return found.time_zone if found else "UTC"

    @property
    def own_brand(self) -> BrandKit:
        """The default brand, which may not be stored yet."""
        return self.brand or BrandKit()

    @property
    def address_line(self) -> str:
        """The postal address in one line."""
        return ", ".join(line.strip(" ,") for line in self.postal_address.splitlines() if line.strip(" ,"))

    @property
    def public_address(self) -> str:
        """Scheme and host that recipients reach, without a trailing slash."""
        return (self.public_url or settings.PUBLIC_URL).rstrip("/")

    @property
    def tracking_address(self) -> str:
        """The same for counted links and the pixel."""
        return self.tracking_url or self.public_address

    @property
    def rules(self) -> Rules:
        return Rules(self.measures_unknown_opens, self.measures_unknown_clicks, self.address_kept)


class Invitation(models.Model):
    class MailState(models.TextChoices):
        NONE = "", "Not mailed"
        UNDER_WAY = "under_way", "Being mailed"
        SENT = "sent", "Mailed"
        FAILED = "failed", "Mail failed"

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    mail_state = models.CharField(max_length=9, choices=MailState.choices, default=MailState.NONE, blank=True)
    mail_problem = models.CharField(max_length=300, blank=True, help_text="Holds the server's words; hostile text.")

    def __str__(self) -> str:
        return self.email


class AuditEntry(models.Model):
    """Append-only: who did what to which thing, from where."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
