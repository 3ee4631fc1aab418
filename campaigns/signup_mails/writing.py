"""From a form's settings to the frozen words of its mails, in the language of whoever asked."""

import hashlib
import json
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation
from campaigns.message.encoding import one_line
from campaigns.signup_mails.models import SignupMail
from contacts.models import SignupForm, SignupRequest

Kind = SignupMail.Kind


class NotSetUp(Exception):
    """There is no organisation that could send anything."""


def frozen(request: SignupRequest, kind: str) -> SignupMail:
    """The row that says it; the same one as long as nothing changes. Raises NotSetUp."""
    organisation = Organisation.get()
    if organisation is None:
        raise NotSetUp
    form = request.form
    with translation.override(request.language):
        says = _confirmation(form, organisation) if kind == Kind.CONFIRM else _welcome(form, organisation)
    says |= _sender(form, organisation) | {
        "form_id": form.pk,
        "form_name": form.name,
        "kind": kind,
        "language": request.language,
        "organisation": _organisation(organisation),
    }
    digest = hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()
    found, _made = SignupMail.objects.get_or_create(digest=digest, defaults=says)
    return found


def _confirmation(form: SignupForm, organisation: Organisation) -> dict[str, Any]:
    text = form.mail_text or _(
        "Somebody, we hope you, signed up with this address for mail of %(organisation)s. Press the button to confirm."
    ) % {"organisation": organisation.name}
    footer = _("You did not ask for this? Then do nothing: nobody is signed up, and no reminder comes.")
    return {
        "subject": one_line(form.mail_subject or _("Please confirm your sign-up")),
        "words": {"text": text, "button": _("Confirm"), "footer": footer, "leave": ""},
    }


def _welcome(form: SignupForm, organisation: Organisation) -> dict[str, Any]:
    text = form.welcome_text or _("You are signed up for mail of %(organisation)s. Thank you.") % {
        "organisation": organisation.name
    }
    return {
        "subject": one_line(form.welcome_subject or _("You are signed up")),
        "words": {"text": text, "button": "", "footer": "", "leave": _("Unsubscribe")},
    }


def _sender(form: SignupForm, organisation: Organisation) -> dict[str, str]:
    return {
        "sender_name": form.sender_name or organisation.sender_name,
        "sender_email": form.sender_email or organisation.sender_email,
    }


def _organisation(organisation: Organisation) -> dict[str, str]:
    return {
        "name": organisation.name,
        "postal_address": organisation.address_line,
        "public_address": organisation.public_address,
        "bounce_domain": organisation.bounce_domain,
        "colour": organisation.own_brand.colour,
    }
