"""Everything that happened with one person, told by whoever knows: other parts register their sources."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from contacts.addresses import key
from contacts.models import ConsentEvent, Contact, Suppression, TrackingConsent
from contacts.suppression import lifting


@dataclass(frozen=True)
class Entry:
    at: datetime
    kind: str  # a word for the icon and the filter: consent, suppression, mail, open, click
    title: str
    detail: str = ""
    url: str = ""


Source = Callable[[Contact], Iterable[Entry]]

_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let `source` tell its part of every person's story; it should bound what it returns. Safe to repeat."""
    if source not in _sources:
        _sources.append(source)
    return source


def entries(contact: Contact) -> list[Entry]:
    """The whole story, the latest first."""
    return sorted((entry for source in _sources for entry in source(contact)), key=attrgetter("at"), reverse=True)


_CHANNELS = {
    "import": "by an import",
    "hand": "by hand",
    "page": "on the page for recipients",
    "one-click": "by the button of their mail program",
    "complaint": "by marking a mail as spam",
    "setup": "when this was set up",
    "provider": "with the provider that carried the mail",
}


_ACTS: dict[str, str] = {
    ConsentEvent.Kind.GIVEN: "Subscribed to {}",
    ConsentEvent.Kind.WITHDRAWN: "Unsubscribed from {}",
    ConsentEvent.Kind.PAUSED: "Paused all mail",
    ConsentEvent.Kind.RESUMED: "Ended the pause of all mail",
}


_COUNTING_CHANNELS = {
    "import": "said by an import",
    "hand": "noted by hand",
    "page": "said on the page for recipients",
    "before": "known from before",
}


@register
def _consent(contact: Contact) -> Iterable[Entry]:
    for event in contact.consent_events.select_related("list", "by").order_by("-id")[:200]:
        title = _ACTS[event.kind].format(event.list.name if event.list else "everything")
        how = _CHANNELS.get(event.channel, event.channel)
        who = f"{how}, {event.by}" if event.by else how
        yield Entry(event.at, "consent", f"{title} {who}", event.text)


@register
def _counting(contact: Contact) -> Iterable[Entry]:
    for event in contact.tracking_events.select_related("by").order_by("-id")[:200]:
        may = {TrackingConsent.GIVEN: "may be counted", TrackingConsent.REFUSED: "may not be counted"}
        said = may.get(TrackingConsent(event.state), "not asked")
        how = _COUNTING_CHANNELS.get(event.channel, event.channel)
        who = f"{how}, {event.by}" if event.by else how
        yield Entry(event.at, "consent", f"{event.get_part_display()} {said}: {who}", event.text)


@register
def _suppression(contact: Contact) -> Iterable[Entry]:
    for found in Suppression.objects.filter(email=key(contact.email)):
        yield Entry(found.created_at, "suppression", f"Suppressed: {found.get_reason_display()}", found.detail)


@register
def _lifting(contact: Contact) -> Iterable[Entry]:
    for entry in lifting.lifted(key(contact.email)):
        was = dict(Suppression.Reason.choices).get(entry.detail.get("was", ""), "")
        who = f", by {entry.user}" if entry.user else ""
        title = f"May get mail again{who}" + (f"; was: {was}" if was else "")
        yield Entry(entry.at, "suppression", title, entry.detail.get("reason", ""))


@register
def _moving(contact: Contact) -> Iterable[Entry]:
    for change in contact.address_changes.exclude(confirmed_at=None).order_by("-id")[:50]:
        if change.confirmed_at:
            said = f"Changed their address to {change.new_email}, confirmed from there"
            yield Entry(change.confirmed_at, "consent", said, f"Before: {change.old_email}")
        if change.undone_at:
            yield Entry(change.undone_at, "consent", f"Put their address back to {change.old_email}")


@register
def _arrival(contact: Contact) -> Iterable[Entry]:
    yield Entry(contact.created_at, "arrival", "Added", contact.source)
