"""Whether opens and clicks of a person may be counted: asked and answered apart, each answer kept as proof.

Not agreeing to be counted never costs anybody the mail, and agreeing to the mail is no agreement to be counted (Italy's
Garante 284/2026, CNIL 2026-042).
"""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Organisation, User
from accounts.organisation.measuring import Rules
from contacts.models import Contact, TrackingConsent, TrackingConsentEvent, Wording

Part = TrackingConsentEvent.Part
COLUMNS = {Part.OPENS: "open_consent", Part.CLICKS: "click_consent"}
_RULES = {Part.OPENS: "measures_unknown_opens", Part.CLICKS: "measures_unknown_clicks"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said, and where it comes from."""

    states: dict[Part, str]  # TrackingConsent; parts that are not named stay as they are
    channel: str
    text: str = ""
    by: User | None = None
    ip: str | None = None
    wording: Wording | None = None


@transaction.atomic
def record(contact: Contact, answer: Answer) -> list[Part]:
    """Take an answer down; returns the parts that changed by it. An answer given again is no further proof."""
    locked = Contact.objects.select_for_update(no_key=True).filter(pk=contact.pk).first()
    if locked is None:
        return []
    changed = [part for part, state in answer.states.items() if getattr(locked, COLUMNS[part]) != state]
    for part in changed:
        setattr(locked, COLUMNS[part], answer.states[part])
        setattr(contact, COLUMNS[part], answer.states[part])
    if changed:
        locked.save(update_fields=[*(COLUMNS[part] for part in changed), "updated_at"])
    TrackingConsentEvent.objects.bulk_create(
        TrackingConsentEvent(
            contact=locked,
            part=part,
            state=answer.states[part],
            channel=answer.channel,
            text=answer.text[:500],
            wording=answer.wording,
            by=answer.by,
            ip=answer.ip,
        )
        for part in changed
    )
    return changed


def state(contact: Contact, part: Part) -> TrackingConsent:
    return TrackingConsent(getattr(contact, COLUMNS[part]))


def is_measured(contact: Contact, part: Part, rules: Rules) -> bool:
    """Whether a mail that counts by person would count this part of theirs."""
    known = state(contact, part)
    if known == TrackingConsent.UNKNOWN:
        return rules.unknown_opens if part == Part.OPENS else rules.unknown_clicks
    return known == TrackingConsent.GIVEN


def rules() -> Rules:
    organisation = Organisation.get()
    return organisation.rules if organisation else Rules()


def measured(part: Part, contact: str) -> str:
    """SQL: whether that part of the contact under this alias may be counted by person; NULL for nobody's row too."""
    unknown = f"coalesce((SELECT o.{_RULES[part]} FROM accounts_organisation o), true)"  # noqa: S608
    return f"CASE {contact}.{COLUMNS[part]} WHEN 'refused' THEN false WHEN 'given' THEN true ELSE {unknown} END"
