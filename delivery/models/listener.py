"""What the pages know of the listener for returned mail."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Organisation

_SILENT_AFTER = timedelta(seconds=100)  # it tells every thirty
_FULL_AFTER = timedelta(minutes=5)  # a short rush comes again by itself


class ListenerQuerySet(models.QuerySet["ReturnListener"]):
    def in_trouble(self) -> "ListenerQuerySet":
        """That was heard of and is silent, not open, or may be full still."""
        is_silent, was_full = models.Q(seen_at__lt=Now() - _SILENT_AFTER), models.Q(full_since__isnull=False)
        return self.exclude(seen_at=None).filter(is_silent | was_full | ~models.Q(problem=""))


class ReturnListener(models.Model):
    """One row. All but the earlier domains is written by the feedback process."""

    place = models.CharField(max_length=200, blank=True, help_text="Host and port, or the path of a Unix socket.")
    is_open = models.BooleanField(default=False)
    problem = models.CharField(max_length=300, blank=True, help_text="Why it is not open, and the cure.")
    since = models.DateTimeField(null=True, help_text="When it opened, or failed to.")
    seen_at = models.DateTimeField(null=True)
    refused_unknown = models.BigIntegerField(default=0, help_text="Mails for addresses that are not ours.")
    refused_limits = models.BigIntegerField(default=0, help_text="Told to come back: too many at a time.")
    not_kept = models.BigIntegerField(default=0, help_text="Told to come back: the database was away or full.")
    full_since = models.DateTimeField(null=True, help_text="Each time it told since then, it had turned servers away.")
    earlier_domains = models.JSONField(default=list, help_text="Mail that is out still comes back to them.")

    objects = ListenerQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_return_listener")]

    def __str__(self) -> str:
        return self.place

    @classmethod
    def get(cls) -> "ReturnListener":
        found = cls.objects.filter(pk=1).first()
        return found or cls.objects.get_or_create(pk=1)[0]

    def domains(self, organisation: Organisation | None) -> frozenset[str]:
        """Whose mail is taken. None while no bounce domain is set: the listener is off."""
        if organisation is None or not organisation.bounce_domain:
            return frozenset()
        of_sender = organisation.sender_email.rpartition("@")[2]  # where mail of editions before the first one returns
        return frozenset(
            each.lower() for each in (organisation.bounce_domain, of_sender, *self.earlier_domains) if each
        )

    @property
    def is_full(self) -> bool:
        return self.full_since is not None and timezone.now() - self.full_since > _FULL_AFTER

    @property
    def is_silent(self) -> bool:
        return self.seen_at is None or timezone.now() - self.seen_at > _SILENT_AFTER
