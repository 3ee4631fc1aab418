"""What is known of the hosts that links of mails lead to."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone

from accounts.egress.fetching import Validity
from delivery.domains.models import CHECK_AFTER_MINUTES, DAILY

_AGAIN_AFTER_A_FAILURE = timedelta(minutes=5)
_AHEAD = timedelta(days=14)


class LinkHostQuerySet(models.QuerySet["LinkHost"]):
    def broken(self) -> Self:
        return self.exclude(broken_since=None)

    def first_that_leads_here(self, addresses: Iterable[str]) -> str:
        """Empty where all that are given are broken; one that nothing is known of leads here."""
        given = [address for address in addresses if address]
        broken = set(self.broken().filter(address__in=given).values_list("address", flat=True)) if given else set()
        return next((address for address in given if address not in broken), "")


class LinkHost(models.Model):
    address = models.CharField(max_length=200, unique=True, help_text="Scheme and host.")
    worked_at = models.DateTimeField(null=True, help_text="Last time that it was found to lead here.")
    certificate_ends_at = models.DateTimeField(null=True, help_text="Of the certificate that was shown then.")
    renewed_by = models.DateTimeField(null=True, help_text="When somebody is told that nobody has renewed it.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="Checks in a row.")
    broken_since = models.DateTimeField(null=True, help_text="It worked before, and fails in two checks or more.")
    why = models.CharField(max_length=400, blank=True, help_text="Of the last failure; may hold hostile text.")
    cure = models.CharField(max_length=400, blank=True)
    checked_at = models.DateTimeField(null=True)
    check_step = models.PositiveSmallIntegerField(default=0, help_text="How many checks since the last change.")
    next_check_at = models.DateTimeField(default=timezone.now)

    WHILE_BROKEN = timedelta(minutes=15)

    objects = LinkHostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_check_at"], name="link_host_due")]

    def __str__(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def has_ended(self) -> bool:
        return self.certificate_ends_at is not None and self.certificate_ends_at <= timezone.now()

    @property
    def ends_soon(self) -> bool:
        return self.renewed_by is not None and self.renewed_by <= timezone.now()

    def works(self, certificate: Validity | None, now: datetime) -> None:
        self.failures, self.worked_at, self.broken_since, self.why, self.cure = 0, now, None, "", ""
        self.certificate_ends_at = certificate.until if certificate else None
        self.renewed_by = _renewed_by(certificate) if certificate else None
        self._checked(now, self._until_the_next(now))

    def fails(self, why: str, cure: str, now: datetime) -> None:
        """A host that never led here, such as a public address that cannot be reached from this machine, is no news."""
        self.failures = min(self.failures + 1, 1000)
        self.why, self.cure = why[:400], cure[:400]
        if self.failures >= 2 and self.worked_at and self.broken_since is None:
            self.broken_since = now
        later = _AGAIN_AFTER_A_FAILURE if self.failures == 1 else self.WHILE_BROKEN if self.worked_at else DAILY
        self._checked(now, later)

    def _until_the_next(self, now: datetime) -> timedelta:
        if self.check_step < len(CHECK_AFTER_MINUTES):
            return timedelta(minutes=CHECK_AFTER_MINUTES[self.check_step])
        ends = self.certificate_ends_at
        return min(DAILY, max(ends - now, timedelta()) + timedelta(minutes=1)) if ends else DAILY

    def _checked(self, now: datetime, later: timedelta) -> None:
        self.checked_at, self.next_check_at = now, now + later
        self.check_step = min(self.check_step + 1, 1000)
        self.save(update_fields=_OF_A_CHECK)


_OF_A_CHECK = [
    *("worked_at", "certificate_ends_at", "renewed_by", "failures", "broken_since"),
    *("why", "cure", "checked_at", "check_step", "next_check_at"),
]


def _renewed_by(certificate: Validity) -> datetime:
    """Two weeks before its end, or later where it is not made for months: a third of its time before."""
    return certificate.until - min(_AHEAD, (certificate.until - certificate.since) / 3)
