"""Domains that mail is sent from, and what is known of them."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

# After a change the DNS needs a while; once it has settled, once a day is enough to notice what breaks.
CHECK_AFTER_MINUTES = (1, 5, 15, 60)
DAILY = timedelta(days=1)
_LATER_IF_UNKNOWN = timedelta(minutes=15)


class SendingDomainQuerySet(models.QuerySet["SendingDomain"]):
    def confirmed(self) -> Self:
        return self.exclude(confirmed_at=None)

    def due(self, now: datetime) -> Self:
        return self.confirmed().filter(next_check_at__lte=now)

    def broken(self) -> Self:
        return self.confirmed().exclude(broken_since=None)

    def not_set_up(self) -> Self:
        """Looked up, and mail from them never passed yet."""
        return self.confirmed().filter(state=SendingDomain.State.FAILS, broken_since=None, failures__gte=1)


class SendingDomain(models.Model):
    class State(models.TextChoices):
        UNKNOWN = "unknown", "Not known yet"
        PASSES = "passes", "In order"
        PARTLY = "partly", "Could be better"
        FAILS = "fails", "Mail does not pass"

    name = models.CharField(max_length=253, unique=True, help_text="As it travels: lower case, xn--.")
    confirmed_at = models.DateTimeField(null=True, help_text="An admin said that it is the organisation's.")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    selectors = models.JSONField(default=dict, help_text="Names of DKIM keys by service, as an admin entered them.")
    return_names = models.JSONField(
        default=dict, db_default={}, help_text="Of return addresses by service, as an admin chose them there."
    )
    signs = models.BooleanField(default=False, db_default=False, help_text="Its mail is signed with keys of ours.")
    tracking_url = models.URLField(blank=True, default="", help_text="Scheme and host of its mails' counted links.")
    state = models.CharField(max_length=7, choices=State.choices, default=State.UNKNOWN)
    report = models.JSONField(default=dict, help_text="What the last check found: see delivery.domains.report.")
    check_asked_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    check_step = models.PositiveSmallIntegerField(default=0, help_text="How many checks since the last change.")
    next_check_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True, help_text="Last time that a check found mail to pass.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Checks in a row that found mail to fail.")
    broken_since = models.DateTimeField(null=True, help_text="It worked before, and fails in two checks or more.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SendingDomainQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["next_check_at"], name="domain_due")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("domain", args=[self.pk])

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_being_checked(self) -> bool:
        """Asked for, and not answered; a check that got lost is not waited for."""
        asked = self.check_asked_at
        if asked is None or timezone.now() - asked > timedelta(minutes=3):
            return False
        return self.checked_at is None or self.checked_at < asked

    def ask_for_checks(self) -> None:
        """From the beginning: at once, and after 1, 5, 15 and 60 minutes."""
        now = timezone.now()
        self.check_asked_at, self.check_step, self.next_check_at = now, 0, now
        self.save(update_fields=["check_asked_at", "check_step", "next_check_at"])

    def confirm(self, by: Any) -> None:
        self.confirmed_at, self.confirmed_by = timezone.now(), by
        self.save(update_fields=["confirmed_at", "confirmed_by"])

    def take(self, report: dict[str, Any], state: str, now: datetime, *, is_silent: bool = False) -> None:
        """What a check found. Silence of name servers is no news: what was known before stays."""
        if state == self.State.UNKNOWN and is_silent and self.report:
            self.checked_at, self.next_check_at = now, now + _LATER_IF_UNKNOWN
            self.save(update_fields=["checked_at", "next_check_at"])
            return
        self.report, self.state, self.checked_at = report, state, now
        if state == self.State.FAILS:
            self.failures = min(self.failures + 1, 1000)
        elif state != self.State.UNKNOWN:
            self.failures, self.worked_at, self.broken_since = 0, now, None
        if self.failures >= 2 and self.worked_at and self.broken_since is None:
            self.broken_since = now
        self.next_check_at = now + self._until_the_next()
        self.check_step = min(self.check_step + 1, 1000)
        self.save(update_fields=_OF_A_CHECK)

    def _until_the_next(self) -> timedelta:
        if self.check_step < len(CHECK_AFTER_MINUTES):
            return timedelta(minutes=CHECK_AFTER_MINUTES[self.check_step])
        is_first_failure = (self.failures == 1 and self.worked_at is not None) or 1 in self.report["lost"].values()
        return timedelta(minutes=5) if is_first_failure else DAILY


_OF_A_CHECK = ["report", "state", "checked_at", "failures", "worked_at", "broken_since", "next_check_at", "check_step"]


class DomainLink(models.Model):
    """By which whoever runs the DNS reads a domain's records without a login."""

    domain = models.ForeignKey(SendingDomain, models.CASCADE, related_name="links")
    secret = models.CharField(max_length=40)
    note = models.CharField(max_length=120, blank=True, help_text="For whom.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.domain_id} {self.note}"


class SigningKey(models.Model):
    """A key that we sign a domain's mail with. The private half is sealed, and never shown."""

    class Kind(models.TextChoices):
        RSA = "rsa", "RSA, 2048 bits"
        ED25519 = "ed25519", "Ed25519"

    domain = models.ForeignKey(SendingDomain, models.CASCADE, related_name="signing_keys")
    selector = models.CharField(max_length=40)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    private_sealed = models.BinaryField(editable=False)
    record = models.TextField(help_text="What the DNS has to say.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["domain", "kind"], name="one_signing_key_a_kind")]

    def __str__(self) -> str:
        return f"{self.selector} {self.domain_id}"
