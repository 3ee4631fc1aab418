"""What recipients say on their page about being counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.organisation.measuring import Rules
from contacts import tracking_consent
from contacts.models import SignupRequest, TrackingConsent
from contacts.signup import questions as asking
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
    choices: list[Choice]
    so_far: str = ""  # what holds while nothing was said; empty once it was


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
        found.append(_question(part, known, so_far if known == TrackingConsent.UNKNOWN else ""))
    return found


def of_request(request: SignupRequest) -> list[Question]:
    """As answered in the form, for whoever confirms it."""
    if not request.form.asks_counting:
        return []
    return [_question(part, request.counting.get(part, "")) for part in Part]


def _question(part: Part, chosen: str, so_far: str = "") -> Question:
    choices = [Choice(value, label, value == chosen) for value, label in asking.answers()]
    return Question(part, asking.words(part), choices, so_far)


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
            wording = asking.kept("page", Part(question.name))
            answered = Answer(states, Channel.PAGE.value, text=words, ip=kept, wording=wording)
            tracking_consent.record(leaver.contact, answered)
