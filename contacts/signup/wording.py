"""The words of a form, and the row that keeps them as they were agreed to."""

import hashlib
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Organisation
from contacts.grounds import wordings
from contacts.models import MailingList
from contacts.signup.models import SignupForm, SignupWording


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says; its own where the form leaves something empty, in the language that is active."""

    title: str
    intro: str
    consent: str
    button: str
    thanks: str


def of(form: SignupForm, organisation: Organisation | None) -> Words:
    name = organisation.name if organisation else ""
    button = form.button or _("Sign up")
    consent = form.consent_text or _(
        "By signing up you ask %(organisation)s to send you mail. You can unsubscribe in every mail."
    ) % {"organisation": name}
    return Words(form.title or _("Sign up"), form.intro, consent, button, form.thanks)


def kept(form: SignupForm, words: Words, lists: list[MailingList]) -> SignupWording:
    """One row for each text, in its language, that anybody was shown."""
    names = "; ".join(one.name_for_recipients for one in lists)
    text = f"{words.consent} [{words.title} · {names} · {words.button}]"
    language = get_language() or "en"
    digest = hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()
    found, _made = SignupWording.objects.get_or_create(
        form=form, digest=digest, defaults={"language": language, "text": text}
    )
    wordings.keep(f"form/{form.pk}", language, text)  # in the order in which visitors read them
    return found
