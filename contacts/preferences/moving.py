"""Somebody gets their mail at another address: asked for by a link of theirs, confirmed by a link sent to the new one.

History and consent stay with the person. What was said against mail follows them to the new address; that the old
mailbox was out of reach does not.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from contacts import addresses, consent
from contacts.models import Contact, Suppression
from contacts.preferences.models import AddressChange
from contacts.suppression import following, vacated

CONFIRM_WITHIN = timedelta(days=7)
UNDO_WITHIN = timedelta(days=30)
MOST_A_DAY = 3  # mails to one address, or for one person
_FOLLOWING = (Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.COMPLAINT, Suppression.Reason.MANUAL)


class SameAddress(Exception):
    """It is theirs already."""


class TooOften(Exception):
    """Enough mails about this were sent today."""


class Gone(Exception):
    """The link was used, is too old, was never ours, or the person has another address by now."""


class Taken(Exception):
    """Somebody else has that address."""

    def __init__(self, email: str) -> None:
        super().__init__(email)
        self.email = email


@transaction.atomic
def ask(contact: Contact, email: str, *, ip: str | None = None) -> tuple[AddressChange, str]:
    """The wish, and the secret of the link that is to be mailed to the new address.

    Raises addresses.InvalidAddress, SameAddress and TooOften. Whether the address is taken is said only to its owner.
    """
    Contact.objects.select_for_update().get(pk=contact.pk)  # so that two requests at once count each other
    new = addresses.normalise(email.strip())
    if addresses.key(new) == addresses.key(contact.email):
        raise SameAddress
    lately = AddressChange.objects.filter(asked_at__gte=timezone.now() - timedelta(days=1))
    if max(lately.filter(contact=contact).count(), lately.filter(new_email__iexact=new).count()) >= MOST_A_DAY:
        raise TooOften
    secret = secrets.token_urlsafe(24)
    change = AddressChange.objects.create(
        contact=contact, old_email=contact.email, new_email=new, confirm_digest=_digest(secret), ip=ip
    )
    return change, secret


def asked(secret: str) -> AddressChange:
    """What the link of a confirmation is about. Raises Gone."""
    return _found(
        Q(confirm_digest=_digest(secret), confirmed_at=None, asked_at__gte=timezone.now() - CONFIRM_WITHIN), "old_email"
    )


def made(secret: str) -> AddressChange:
    """What the link of a notice is about. Raises Gone."""
    since = timezone.now() - UNDO_WITHIN
    return _found(Q(undo_digest=_digest(secret), undone_at=None, confirmed_at__gte=since), "new_email")


def brought_about(secret: str, *, is_back: bool) -> AddressChange | None:
    """What the link of a confirmation, or of a notice, has done already, as long as that still holds."""
    digest = _digest(secret)
    done = Q(undo_digest=digest, undone_at__isnull=False) if is_back else Q(confirm_digest=digest, undone_at=None)
    since = timezone.now() - UNDO_WITHIN
    try:
        return _found(done & Q(confirmed_at__gte=since), "old_email" if is_back else "new_email")
    except Gone:
        return None


@transaction.atomic
def confirm(secret: str) -> tuple[AddressChange, str]:
    """The change, and the secret of the link by which the old address may take it back. Raises Gone and Taken."""
    change = asked(secret)
    _switch(change.contact, change.new_email)
    _carry_over(change.old_email, change.new_email)
    detail = "Moved to another address"
    consent.suppress(change.old_email, Suppression.Reason.MANUAL, source=vacated.MOVED, detail=detail)
    undo_secret = secrets.token_urlsafe(24)
    change.confirmed_at, change.undo_digest = timezone.now(), _digest(undo_secret)
    change.save(update_fields=["confirmed_at", "undo_digest"])
    return change, undo_secret


@transaction.atomic
def undo(secret: str) -> AddressChange:
    """Raises Gone and Taken."""
    change = made(secret)
    _switch(change.contact, change.old_email)
    _carry_over(change.new_email, change.old_email)
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    return change


def _found(wanted: Q, present: str) -> AddressChange:
    """Locked inside a transaction. `present`: the address that the person must still have."""
    changes = AddressChange.objects.select_related("contact").filter(wanted)
    if transaction.get_connection().in_atomic_block:
        changes = changes.select_for_update()
    change = changes.first()
    if change is None or addresses.key(change.contact.email) != addresses.key(getattr(change, present)):
        raise Gone
    return change


def _switch(contact: Contact, email: str) -> None:
    contact.email = email
    try:
        with transaction.atomic():
            contact.save(update_fields=["email", "updated_at"])
    except IntegrityError:  # one contact an address, whatever its case
        raise Taken(email) from None


def _carry_over(old: str, new: str) -> None:
    vacated.take_again(new)
    said = Suppression.objects.filter(email=addresses.key(old), reason__in=_FOLLOWING)
    if against := said.exclude(source__in=vacated.SOURCES).first():
        consent.suppress(new, Suppression.Reason(against.reason), source=against.source, detail=against.detail)
    following.follow(old, new)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
