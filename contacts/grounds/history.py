"""What a person agreed to, list by list, with the words they read and the proof of each act."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from contacts.models import ConsentEvent, Contact, MailingList, TrackingConsent, TrackingConsentEvent, Wording
from contacts.timeline import consent_in_words, counting_in_words, proof_in_words

_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Act:
    at: datetime
    words: str
    proof: str
    ip: str
    wording: Wording | None


@dataclass(slots=True)
class Chapter:
    """Of one list, of everything at once, or of being counted."""

    title: str
    state: str = ""
    acts: list[Act] = field(default_factory=list)


def chapters(contact: Contact) -> list[Chapter]:
    """By list, the latest act first; then what was said of everything, then of being counted."""
    held = {one.list_id: one for one in contact.subscriptions.select_related("list")}
    found: dict[int | None, Chapter] = {
        one.list_id: Chapter(one.list.name, "Consent ended" if one.is_expired else one.get_state_display())
        for one in sorted(held.values(), key=lambda one: one.list.name)
    }
    names = dict(MailingList.objects.values_list("pk", "name"))
    events = contact.consent_events.select_related("list", "by", "wording").order_by("-at", "-pk")[:_MOST]
    for event in events:
        title = names.get(event.list_id, "A list that was deleted") if event.list_id else "Everything"
        found.setdefault(event.list_id, Chapter(title)).acts.append(_mail(event))
    everything = found.pop(None, None)
    return [*found.values(), *([everything] if everything else []), *_counting(contact)]


def _mail(event: ConsentEvent) -> Act:
    return Act(event.at, consent_in_words(event), proof_in_words(event), event.ip or "", event.wording)


def _counting(contact: Contact) -> Iterator[Chapter]:
    events = list(contact.tracking_events.select_related("by", "wording").order_by("-at", "-pk")[:_MOST])
    states = {"opens": contact.open_consent, "clicks": contact.click_consent}
    for part in TrackingConsentEvent.Part:
        acts = [
            Act(event.at, counting_in_words(event), event.text, event.ip or "", event.wording)
            for event in events
            if event.part == part
        ]
        yield Chapter(f"Counting {part.label.lower()}", TrackingConsent(states[part]).label, acts)
