"""Who may get test mails through a real mail server: people who work here, and addresses whose owner agreed once.

Else anybody who may write a campaign could mail strangers past every list, suppression and stop rule.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts import audit, mailing
from accounts.models import Organisation, User
from campaigns.models import TestAddress
from contacts import addresses
from delivery.models import Provider

ASKED_AGAIN_AFTER = timedelta(days=1)
_MOST_ASKED = 10  # a person and day
_ANSWERED_WITHIN = timedelta(days=14)
_SALT = "campaigns.test_addresses"


def unknown(wanted: Iterable[str], way_out: Provider) -> list[str]:
    """Those that must agree first. None of a rehearsal: no mail of one leaves."""
    if way_out.is_rehearsal:
        return []
    here = {addresses.key(email) for email in User.objects.filter(is_active=True).values_list("email", flat=True)}
    here.update(TestAddress.objects.exclude(agreed_at=None).values_list("email", flat=True))
    return [address for address in wanted if addresses.key(address) not in here]


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
