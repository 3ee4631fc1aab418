"""Forms by which people sign up themselves, what they asked for, and what was mailed to them about it."""

import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from contacts.signup import colouring

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read as another one


def _new_key() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


class SignupFormQuerySet(models.QuerySet["SignupForm"]):
    def kept(self) -> Self:
        return self.filter(archived_at=None)


class SignupForm(models.Model):
    """One form with its public address. Words that are left empty are said in the visitor's language."""

    name = models.CharField(max_length=120)
    key = models.CharField(max_length=12, unique=True, default=_new_key, help_text="Its place in the public address.")
    lists = models.ManyToManyField("contacts.MailingList", related_name="signup_forms")
    visitor_chooses = models.BooleanField(default=False, help_text="Which of the lists; else all of them.")
    fields = models.JSONField(default=list, help_text="Each with `key` and `required`, in their order.")
    language = models.CharField(max_length=12, blank=True, help_text="Empty: the visitor's.")
    title = models.CharField(max_length=120, blank=True)
    intro = models.CharField(max_length=1000, blank=True)
    consent_text = models.CharField(max_length=400, blank=True)
    button = models.CharField(max_length=60, blank=True)
    thanks = models.CharField(max_length=1000, blank=True)
    thanks_url = models.URLField(max_length=500, blank=True)
    confirmed_url = models.URLField(max_length=500, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    sender_email = models.CharField(max_length=254, blank=True)
    mail_subject = models.CharField(max_length=200, blank=True)
    mail_text = models.CharField(max_length=3000, blank=True)
    sends_welcome = models.BooleanField(default=False)
    welcome_subject = models.CharField(max_length=200, blank=True)
    welcome_text = models.CharField(max_length=5000, blank=True)
    confirm_days = models.PositiveSmallIntegerField(default=7)
    asks_counting = models.BooleanField(default=False, help_text="Whether opens and clicks may be counted.")
    proof_of_work = models.BooleanField(default=False, help_text="Asked of browsers: see contacts.signup.robots.proof.")
    background_colour = models.CharField(max_length=7, blank=True, help_text="Empty, with the others: as all pages.")
    text_colour = models.CharField(max_length=7, blank=True)
    button_colour = models.CharField(max_length=7, blank=True)
    frame_hosts = ArrayField(models.CharField(max_length=260), default=list, blank=True)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    resumed_at = models.DateTimeField(null=True, help_text="Since when a flood before it is no reason to pause.")
    archived_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SignupFormQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("form", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.paused_at is None and self.archived_at is None

    @property
    def time_to_confirm(self) -> timedelta:
        return timedelta(days=self.confirm_days)

    @property
    def look(self) -> colouring.Look | None:
        """None where the form looks as all pages for recipients do."""
        if not self.background_colour:
            return None
        return colouring.of(self.background_colour, self.text_colour, self.button_colour)

    def pause(self, reason: str) -> None:
        self.paused_at, self.pause_reason = timezone.now(), reason[:300]
        self.save(update_fields=["paused_at", "pause_reason", "updated_at"])

    def go_on(self) -> None:
        self.paused_at, self.pause_reason, self.resumed_at = None, "", timezone.now()
        self.save(update_fields=["paused_at", "pause_reason", "resumed_at", "updated_at"])


class SignupWording(models.Model):
    """What somebody agreed to, word for word; a new row whenever the words change."""

    form = models.ForeignKey(SignupForm, models.SET_NULL, null=True, related_name="wordings")
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=12)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "digest"], name="one_row_a_wording")]

    def __str__(self) -> str:
        return f"wording {self.pk}"


class SignupRequest(models.Model):
    """Somebody typed an address into a form. Until its owner confirms, it is no contact and gets nothing else.

    Of a confirmed one the form, the contact and the times stay, without what was typed: see contacts.signup.sweeping.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Not confirmed yet"
        CONFIRMED = "confirmed", "Confirmed"
        EXPIRED = "expired", "Not confirmed in time"
        SUPPRESSED = "suppressed", "Not mailed: the address is suppressed"

    form = models.ForeignKey(SignupForm, models.CASCADE, related_name="requests")
    email = models.CharField(max_length=320)
    key = models.CharField(max_length=320, help_text="The address in lower case.")
    lists = ArrayField(models.BigIntegerField(), default=list)
    values = models.JSONField(default=dict, help_text="What else was typed, by the field's key.")
    counting = models.JSONField(default=dict, help_text="May it be counted: answers by contacts.tracking_consent.Part.")
    wording = models.ForeignKey(SignupWording, models.SET_NULL, null=True)
    language = models.CharField(max_length=12)
    way = models.CharField(max_length=5, default="page", help_text="page, frame, html")
    site = models.CharField(max_length=200, blank=True, help_text="Where it was embedded, as the browser said.")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    contact = models.ForeignKey("contacts.Contact", models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form", "key"], condition=Q(state="waiting"), name="one_waiting_signup_per_form"
            )
        ]
        indexes = [
            models.Index(fields=["form", "-id"], name="signup_of_form"),
            models.Index(fields=["key"], name="signup_of_address"),
            models.Index(fields=["expires_at"], name="signup_expiring"),
        ]

    def __str__(self) -> str:
        return f"sign-up {self.pk}"


class SignupLetter(models.Model):
    """A mail about a sign-up. Counted by its address over all forms, so that nobody is flooded."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm"
        WELCOME = "welcome"

    message_id = models.BigIntegerField(primary_key=True)
    request = models.ForeignKey(SignupRequest, models.CASCADE, related_name="letters")
    key = models.CharField(max_length=320)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="letter_to_address")]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class SignupHour(models.Model):
    """A form's numbers in one hour."""

    form = models.ForeignKey(SignupForm, models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    asked = models.IntegerField(default=0)
    confirmed = models.IntegerField(default=0)
    expired = models.IntegerField(default=0)
    refused = models.IntegerField(default=0, help_text="By the checks against robots.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "hour"], name="one_row_an_hour")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.hour}"


class SignupShown(models.Model):
    """How often a form was shown on one day of the organisation. Apart from SignupHour: a sign-up locks its row."""

    form = models.ForeignKey(SignupForm, models.CASCADE, related_name="days_shown")
    day = models.DateField()
    people = models.IntegerField(default=0)
    machines = models.IntegerField(default=0, help_text="Programs that say so, and pages fetched ahead.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "day"], name="one_row_a_day_shown")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.day}"


class SpentProof(models.Model):
    """A challenge whose solution was taken: it counts once."""

    nonce = models.CharField(max_length=64, primary_key=True)
    lapses_at = models.DateTimeField(help_text="From when on it would not be taken anyway.")

    class Meta:
        indexes = [models.Index(fields=["lapses_at"], name="proof_lapsing")]

    def __str__(self) -> str:
        return self.nonce
