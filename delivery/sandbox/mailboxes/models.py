"""A mailbox of the sandbox, and the logins whose mail it keeps."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

# What comes without a login is kept here: our own rehearsals. A number that no sequence gives.
OWN = 0
MOST_MAILS = 1_000_000
MOST_DAYS = 3_650


class SandboxMailboxQuerySet(models.QuerySet["SandboxMailbox"]):
    def own(self) -> "SandboxMailbox":
        """As it is made when it is missing."""
        return self.filter(id=OWN).first() or SandboxMailbox(id=OWN, name="Rehearsals")

    def at(self, number: int) -> "SandboxMailbox":
        """Raises DoesNotExist for any but our own."""
        return self.own() if number == OWN else self.get(pk=number)


class SandboxMailbox(models.Model):
    name = models.CharField(max_length=80)
    provider = models.OneToOneField(
        "delivery.Provider", models.SET_NULL, null=True, editable=False, help_text="Keeps what is addressed to it."
    )
    keep_mails = models.PositiveIntegerField(
        default=50_000, validators=[MinValueValidator(1), MaxValueValidator(MOST_MAILS)]
    )
    keep_days = models.PositiveIntegerField(default=30, validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)])
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SandboxMailboxQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="sandbox_mailbox_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_own(self) -> bool:
        return self.pk == OWN


class SandboxLogin(models.Model):
    """A user name and a password made by us; only their digest is kept."""

    mailbox = models.ForeignKey(SandboxMailbox, models.CASCADE, related_name="logins")
    username = models.CharField(max_length=80, unique=True)
    digest = models.BinaryField(editable=False)
    note = models.CharField(max_length=80, blank=True, help_text="Who uses it.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.username
