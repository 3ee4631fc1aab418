"""Mailboxes in which returned mail lies."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from accounts import secrets
from delivery.markup import printable
from delivery.models.providers import Provider

_FAILURES_SHOWN = 2  # one may be a server that restarts
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 30))
_WAIT_AFTER_REFUSED_LOGIN = timedelta(minutes=30)  # some servers lock an account after a few wrong passwords


class ReturnMailboxQuerySet(models.QuerySet["ReturnMailbox"]):
    def due(self) -> Self:
        return self.filter(is_paused=False, next_poll_at__lte=timezone.now())

    def in_trouble(self) -> Self:
        return self.filter(is_paused=False, failures__gte=_FAILURES_SHOWN)


class ReturnMailbox(models.Model):
    class Protocol(models.TextChoices):
        IMAP = "imap", "IMAP"
        POP3 = "pop3", "POP3"

    class LoginBy(models.TextChoices):
        PASSWORD = "password", "Password or app password"
        TOKEN = "token", "Access token (OAuth 2)"

    class Afterwards(models.TextChoices):
        MOVE = "move", "Move it into the folder “Tallypost”"
        MARK = "mark", "Leave it there, marked as read"

    Security = Provider.Security

    name = models.CharField(max_length=80, unique=True)
    protocol = models.CharField(max_length=4, choices=Protocol.choices, default=Protocol.IMAP)
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=255)
    login_by = models.CharField(max_length=8, choices=LoginBy.choices, default=LoginBy.PASSWORD)
    secret_sealed = models.BinaryField(null=True, editable=False)
    secret_set_at = models.DateTimeField(null=True, editable=False)
    folder = models.CharField(max_length=200, default="INBOX")
    afterwards = models.CharField(max_length=4, choices=Afterwards.choices, default=Afterwards.MOVE)
    is_paused = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    uid_validity = models.BigIntegerField(null=True, editable=False, help_text="IMAP: which numbering of the folder.")
    last_uid = models.BigIntegerField(default=0, editable=False, help_text="IMAP: read up to there.")
    next_poll_at = models.DateTimeField(default=timezone.now, editable=False, help_text="While it is read: in a while.")
    read_at = models.DateTimeField(null=True, editable=False, help_text="Last time that nothing went wrong.")
    taken = models.BigIntegerField(default=0, editable=False, help_text="Reports about mails of ours.")
    looked_at = models.BigIntegerField(default=0, editable=False, help_text="All mails, ours or not.")
    taken_at = models.DateTimeField(null=True, editable=False)
    behind = models.BigIntegerField(default=0, editable=False, help_text="Mails that the next polls look at.")
    failures = models.PositiveSmallIntegerField(default=0, editable=False, help_text="In a row.")
    failing_since = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False, help_text="In our words.")
    cure = models.CharField(max_length=500, blank=True, editable=False)
    detail = models.CharField(max_length=500, blank=True, editable=False, help_text="The server's words; hostile.")

    objects = ReturnMailboxQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_poll_at"], name="mailbox_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """As delivery.models.Returned names it."""
        return f"mailbox {self.pk}"

    @property
    def secret(self) -> str:
        """Opened for whoever logs in with it. Raises secrets.Unreadable."""
        return secrets.open(self.secret_sealed) if self.secret_sealed else ""

    @secret.setter
    def secret(self, plain: str) -> None:
        self.secret_sealed = secrets.seal(plain) if plain else None
        self.secret_set_at = timezone.now() if plain else None

    @property
    def is_imap(self) -> bool:
        return self.protocol == self.Protocol.IMAP

    @property
    def is_in_trouble(self) -> bool:
        return not self.is_paused and self.failures > 0

    def begin_anew(self) -> None:
        """Of another folder or server: what was read there says nothing of this one."""
        self.uid_validity, self.last_uid, self.behind, self.read_at = None, 0, 0, None
        self.save(update_fields=["uid_validity", "last_uid", "behind", "read_at"])
        self.known_mails.all().delete()
        self.try_again()

    def try_again(self) -> None:
        """What was found out with other settings says nothing of these."""
        self.works()
        self.next_poll_at = timezone.now()
        self.save(update_fields=["next_poll_at"])

    def works(self) -> None:
        self.failures, self.failing_since = 0, None
        self.problem = self.cure = self.detail = ""
        self.save(update_fields=_TROUBLE)

    def fails(self, problem: str, cure: str, detail: str, *, is_login: bool = False) -> None:
        """Tried again by itself, less and less often."""
        wait = _WAIT_AFTER_REFUSED_LOGIN if is_login else _WAITS[min(self.failures, len(_WAITS) - 1)]
        self.failures = min(self.failures + 1, 1000)
        self.failing_since = self.failing_since or timezone.now()
        self.next_poll_at = timezone.now() + wait
        self.problem, self.cure, self.detail = problem[:500], cure[:500], printable(detail)[:500]
        self.save(update_fields=[*_TROUBLE, "next_poll_at"])


_TROUBLE = ["failures", "failing_since", "problem", "cure", "detail"]


class KnownMail(models.Model):
    """A mail that a POP3 mailbox still holds and that was looked at: POP3 has no flag and no number that stays."""

    mailbox = models.ForeignKey(ReturnMailbox, models.CASCADE, db_index=False, related_name="known_mails")
    digest = models.BinaryField(max_length=16, help_text="Of its UIDL.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "digest"], name="known_mail_once")]

    def __str__(self) -> str:
        return f"mailbox {self.mailbox_id}"
