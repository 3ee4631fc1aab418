"""What recipients say on their page about being counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.organisation.measuring import Rules
from contacts import tracking_consent
from contacts.grounds import wordings
from contacts.models import TrackingConsent
from contacts.tracking_consent import Answer, Part
from tracking.intake import reading_places
from tracking.unsubscribing import Channel, Leaver


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One part, in the recipient's language."""

    name: str
    words: str
    choices: tuple[Choice, Choice]
    so_far: str  # what holds while nothing was said; empty once it was


def questions(leaver: Leaver, rules: Rules) -> list[Question]:
    """None to ask of somebody who is no longer stored: nothing of theirs is counted."""
    if leaver.contact is None:
        return []
    found = []
    for part in Part:
        known = tracking_consent.state(leaver.contact, part)
        counted = tracking_consent.is_measured(leaver.contact, part, rules)
        so_far = (
            _("You have not said so far. Until you do, it is counted.")
            if counted
            else _("You have not said so far. Until you do, it is not counted.")
        )
        choices = (
            Choice(TrackingConsent.GIVEN, _("Yes, you may count it"), known == TrackingConsent.GIVEN),
            Choice(TrackingConsent.REFUSED, _("No, do not count it"), known == TrackingConsent.REFUSED),
        )
        found.append(Question(part, _words(part), choices, so_far if known == TrackingConsent.UNKNOWN else ""))
    return found


@transaction.atomic
def answer(leaver: Leaver, said: Mapping[str, str], ip: str | None) -> None:
    """Take effect at once, for the mails of before too. Of a rehearsal nothing is changed. Safe to repeat."""
    if leaver.contact is None or leaver.is_spared:
        return
    rules = tracking_consent.rules()
    kept = reading_places.kept(ip or "", rules.address_kept)
    for question in questions(leaver, rules):
        chosen = next((choice for choice in question.choices if choice.value == said.get(question.name)), None)
        if chosen:
            words = f"{question.words} – {chosen.label}"
            states = {Part(question.name): chosen.value}
            asked = f"{question.words} [{' · '.join(choice.label for choice in question.choices)}]"
            wording = wordings.keep(f"page/{question.name}", get_language() or "en", asked)
            answered = Answer(states, Channel.PAGE.value, text=words, ip=kept, wording=wording)
            tracking_consent.record(leaver.contact, answered)


def _words(part: Part) -> str:
    return _("Whether you open our mail") if part == Part.OPENS else _("Which links in it you follow")
