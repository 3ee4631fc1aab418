"""A sign-in by tokens, of a provider or of a mailbox. All secrets are sealed, and none is ever shown."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts import secrets
from delivery.markup import printable


class OAuthLogin(models.Model):
    class Service(models.TextChoices):
        GOOGLE = "google", "Google"
        MICROSOFT = "microsoft", "Microsoft"

    provider = models.OneToOneField("delivery.Provider", models.CASCADE, null=True, related_name="oauth")
    mailbox = models.OneToOneField("delivery.ReturnMailbox", models.CASCADE, null=True, related_name="oauth")
    service = models.CharField(max_length=9, choices=Service.choices)
    tenant = models.CharField(max_length=100, default="common", help_text="Of Microsoft: the directory.")
    client_id = models.CharField(max_length=200)
    client_secret_sealed = models.BinaryField(editable=False)
    as_application = models.BooleanField(default=False, help_text="Without a person: client credentials.")
    refresh_sealed = models.BinaryField(null=True, editable=False)
    access_sealed = models.BinaryField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True, help_text="No token is asked for before.")
    failing_since = models.DateTimeField(null=True)
    is_refused = models.BooleanField(default=False, help_text="Trying again is of no use: somebody has to sign in.")
    problem = models.CharField(max_length=300, blank=True)
    cure = models.CharField(max_length=300, blank=True)
    detail = models.CharField(max_length=300, blank=True, help_text="The service's words; hostile.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(provider__isnull=True) ^ Q(mailbox__isnull=True), name="oauth_login_of_one"
            )
        ]
        indexes = [
            models.Index(fields=["failing_since"], condition=Q(failing_since__isnull=False), name="oauth_failing")
        ]

    def __str__(self) -> str:
        return f"{self.get_service_display()} {self.client_id}"

    @property
    def is_ready(self) -> bool:
        """It can get tokens, as far as is known."""
        return (self.as_application or self.refresh_sealed is not None) and not self.is_refused

    def is_same(self, earlier: "OAuthLogin") -> bool:
        """Of the same person or application as when it was read earlier, whatever was sealed anew since."""
        named = ("service", "tenant", "client_id", "as_application")
        if any(getattr(self, name) != getattr(earlier, name) for name in named):
            return False
        return self.as_application or secrets.are_same(self.refresh_sealed, earlier.refresh_sealed)

    def take(self, access: str, expires_at: object, refresh: str = "") -> None:
        self.access_sealed, self.expires_at = secrets.seal(access), expires_at  # type: ignore[assignment]
        if refresh:
            self.refresh_sealed = secrets.seal(refresh)
        self.retry_at = self.failing_since = None
        self.is_refused, self.problem, self.cure, self.detail = False, "", "", ""
        self.save()

    def fails(self, problem: str, cure: str, detail: str, retry_at: object, *, is_refused: bool) -> None:
        self.problem, self.cure, self.detail = problem[:300], cure[:300], printable(detail)[:300]
        self.retry_at, self.is_refused = retry_at, is_refused  # type: ignore[assignment]
        self.failing_since = self.failing_since or timezone.now()
        self.save()
