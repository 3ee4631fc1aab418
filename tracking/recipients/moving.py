"""Mails and words about a change of address, in the recipient's language."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.people import mailing
from accounts.people.mailing import Mail
from contacts import addresses
from contacts.preferences import moving
from contacts.preferences.models import AddressChange
from tracking.recipients.preferences import Reader


@dataclass(frozen=True, slots=True)
class Answer:
    """To somebody who typed a new address; one of the three texts is given."""

    problem: str = ""
    mailed_to: str = ""
    must_write: bool = False  # to the organisation
    would_mail: str = ""  # in a rehearsal


def ask(reader: Reader, typed: str, organisation: Organisation | None) -> Answer:
    """Mail a link to the new address. In a rehearsal nothing is sent."""
    if reader.contact is None:
        return _rehearsed(typed)
    if organisation is None or not mailing.can_mail():
        return Answer(_("We cannot send that mail at the moment. Write to us:"), must_write=True)
    try:
        change, secret = moving.ask(reader.contact, typed, ip=reader.ip)
    except addresses.InvalidAddress:
        return Answer(_no_address())
    except moving.SameAddress:
        return Answer(_("This is your address already."))
    except moving.TooOften:
        return Answer(_("Please wait until tomorrow: this was asked for several times today."))
    _mail_link(change, secret, organisation)
    return Answer(mailed_to=change.new_email)


def _rehearsed(typed: str) -> Answer:
    try:
        return Answer(would_mail=addresses.normalise(typed.strip()))
    except addresses.InvalidAddress:
        return Answer(_no_address())


def _no_address() -> str:
    return _("This is not an e-mail address. Look for a typing error.")


def confirm(secret: str, organisation: Organisation | None) -> AddressChange:
    """Raises moving.Gone and moving.Taken. The old address is told, with a link that takes it back."""
    change, undo_secret = moving.confirm(secret)
    if organisation:
        _mail_notice(change, undo_secret, organisation)
    return change


def days_to_confirm() -> int:
    return moving.CONFIRM_WITHIN.days


def _mail_link(change: AddressChange, secret: str, organisation: Organisation) -> None:
    first = _(
        "Somebody, probably you, asked that mail of %(organisation)s goes to this address from now on. "
        "Confirm it here within %(days)s days:"
    ) % {"organisation": organisation.name, "days": days_to_confirm()}
    link = organisation.public_address + reverse("address-confirm", args=[secret])
    last = _("If it was not you, do nothing: nothing changes.")
    mailing.send(Mail(change.new_email, _("Confirm your new address"), f"{first}\n\n{link}\n\n{last}\n"))


def _mail_notice(change: AddressChange, secret: str, organisation: Organisation) -> None:
    first = _(
        "Mail of %(organisation)s to this address goes to %(address)s from now on. "
        "If you did not ask for that, put it back here within %(days)s days:"
    ) % {"organisation": organisation.name, "address": change.new_email, "days": moving.UNDO_WITHIN.days}
    link = organisation.public_address + reverse("address-back", args=[secret])
    mailing.send(Mail(change.old_email, _("Our mail goes to another address now"), f"{first}\n\n{link}\n"))
