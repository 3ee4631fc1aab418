"""Who may get test mails through a real mail server: people who work here, and addresses whose owner agreed once.

Else anybody who may write a campaign could mail strangers past every list, suppression and stop rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from accounts.people import mailing
from campaigns.models import TestAddress
from contacts import addresses
from delivery.models import Provider

ASKED_AGAIN_AFTER = timedelta(days=1)
_MOST_ASKED = 10  # a person and day
_ANSWERED_WITHIN = timedelta(days=14)
_SALT = "campaigns.test_addresses"


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether test mails may come to an address through a real mail server."""

    address: str
    works_here: bool
    asked: TestAddress | None

    @property
    def is_given(self) -> bool:
        return self.works_here or (self.asked is not None and self.asked.agreed_at is not None)

    @property
    def kind(self) -> str:
        """Of the mark beside it."""
        return "good" if self.is_given else "wait" if self.asked else "none"

    @property
    def words(self) -> str:
        if self.works_here:
            return "Works here"
        return "Agreed" if self.is_given else "Asked, no answer yet" if self.asked else "Not asked yet"


def unknown(wanted: Iterable[str], way_out: Provider) -> list[str]:
    """Those that must agree first. None of a rehearsal: no mail of one leaves."""
    if way_out.is_rehearsal:
        return []
    return [one.address for one in consents(wanted) if not one.is_given]


def consents(wanted: Iterable[str]) -> list[Consent]:
    """Of each of these addresses, in their order."""
    here = {addresses.key(email) for email in User.objects.filter(is_active=True).values_list("email", flat=True)}
    asked = {one.email: one for one in TestAddress.objects.all()}
    return [Consent(one, addresses.key(one) in here, asked.get(addresses.key(one))) for one in wanted]


def ask(address: str, *, by: User) -> str:
    """Ask whoever reads that mailbox, at most once a day; returns what was done, in words."""
    if not mailing.can_mail():
        return "Not sent: nobody who works here has this address, and no mail server is ready to ask its owner."
    since = timezone.now() - ASKED_AGAIN_AFTER
    kept = TestAddress.objects.filter(email=addresses.key(address))
    if kept.filter(asked_at__gt=since).exists():
        return "Not sent: its owner was asked and has not agreed yet."
    if TestAddress.objects.filter(asked_by=by, asked_at__gt=since).count() >= _MOST_ASKED:
        return f"Not sent: you have asked {_MOST_ASKED} owners of addresses today. Go on tomorrow."
    asked = {"asked_at": timezone.now(), "asked_by": by}
    found, _ = TestAddress.objects.update_or_create(email=addresses.key(address), defaults=asked)
    audit.record(by, "test_address.asked", address)
    organisation = Organisation.objects.get(id=1)
    link = organisation.public_address + reverse("test-address", args=[signing.dumps(found.pk, salt=_SALT)])
    text = (
        f"{by} writes campaigns at {organisation} and would like to send test mails of them to you.\n\n"
        f"If you agree, say so here within {_ANSWERED_WITHIN.days} days:\n\n{link}\n\n"
        "If you do not know what this is about, do nothing: you get none.\n"
    )
    mailing.send(mailing.Mail(address, f"Test mails from {organisation}?", text))
    return "Not sent yet: its owner was asked by mail. Send the test again once they have agreed."


def of_token(token: str) -> TestAddress | None:
    """Whom the link asks. It stays good for those who agreed, so that they can take it back."""
    try:
        number = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    found = TestAddress.objects.filter(pk=number).select_related("asked_by").first()
    return found if found and (found.agreed_at or found.asked_at > timezone.now() - _ANSWERED_WITHIN) else None


def agree(found: TestAddress, request: HttpRequest) -> None:
    if TestAddress.objects.filter(pk=found.pk, agreed_at=None).update(agreed_at=timezone.now()):
        audit.record(request, "test_address.agreed", found.email)


def take_back(found: TestAddress, request: HttpRequest) -> None:
    if TestAddress.objects.exclude(agreed_at=None).filter(pk=found.pk).update(agreed_at=None):
        audit.record(request, "test_address.taken_back", found.email)
