"""Everything that happened with one person, told by whoever knows: other parts register their sources.

It is read page by page from the latest on: a page asks each source for no more than it shows, so that somebody with
thousands of events costs what somebody with fifty costs.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts import wording
from accounts.registry import Registry
from contacts.addresses import key
from contacts.models import ConsentEvent, Contact, ListSuppression, Suppression, TrackingConsent, TrackingConsentEvent
from contacts.suppression import lifting

T = TypeVar("T", bound=Model)
SIZE = 50
_UTC = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_AT_ONCE = 5_000  # of one moment: an import that put somebody on as many lists


@dataclass(frozen=True)
class Entry:
    at: datetime
    kind: str  # a word for the icon and the filter; see FILTERS
    title: str
    detail: str = ""
    url: str = ""
    change_url: str = ""  # where it can be changed: a note
    proof_url: str = ""  # the mail or request that told it, as it came
    beside: tuple[str, ...] = ()  # further details

    @property
    def details(self) -> list[str]:
        """Those that say something; each may stand on a line of its own."""
        return list(filter(None, (self.detail, *self.beside)))


@dataclass(frozen=True)
class Wanted:
    """What a source is asked for: its latest `limit` entries, the latest first, none after `until`, of `kinds` alone
    (empty: of all).
    """

    until: datetime | None = None
    limit: int = 200
    kinds: frozenset[str] = frozenset()

    def wants(self, *kinds: str) -> bool:
        return not self.kinds or not self.kinds.isdisjoint(kinds)


Source = Callable[[Contact, Wanted], Iterable[Entry]]

FILTERS: dict[str, tuple[str, frozenset[str]]] = {
    "mails": ("Mails", frozenset({"mail"})),
    "opens": ("Opens", frozenset({"open"})),
    "clicks": ("Clicks", frozenset({"click"})),
    "conversions": ("Conversions", frozenset({"conversion"})),
    "programs": ("By programs", frozenset({"machine"})),
    "back": ("Came back", frozenset({"bounce", "complaint", "reply"})),
    "consent": ("Consent", frozenset({"consent", "suppression", "arrival"})),
    "changes": ("Changes", frozenset({"change"})),
    "notes": ("Notes", frozenset({"note"})),
}

_sources = Registry[Source]()
# Let `source` tell its part of every person's story.
register = _sources.register


def entries(contact: Contact, wanted: Wanted | None = None) -> list[Entry]:
    """The latest of the story, the latest first."""
    wanted = wanted or Wanted()
    found = sorted(
        (entry for source in _sources for entry in source(contact, wanted)), key=attrgetter("at"), reverse=True
    )
    return found[: wanted.limit]


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    earlier: str  # what `?before=` of the next page says; empty: there is nothing earlier


def page(contact: Contact, before: str = "", filter_name: str = "", size: int = SIZE) -> Page:
    """One page of the story. `before` is what an earlier page gave as `earlier`."""
    until, skipped = _read(before)
    kinds = FILTERS[filter_name][1] if filter_name in FILTERS else frozenset()
    found = entries(contact, Wanted(until, size + skipped + 1, kinds))
    # Of the moment at which the page before ended, so many were shown; sources tell each moment in one order.
    rows = found[skipped:] if until else found
    shown = rows[:size]
    return Page(shown, _write(shown, until, skipped) if len(rows) > size else "")


def _read(before: str) -> tuple[datetime | None, int]:
    moment, _, skipped = before.partition("-")
    if not (moment.isdecimal() and skipped.isdecimal() and len(moment) < 17 and len(skipped) < 6):
        return None, 0
    return _EPOCH + timedelta(microseconds=int(moment)), min(int(skipped), _MOST_AT_ONCE)


def _write(shown: list[Entry], until: datetime | None, skipped: int) -> str:
    last = shown[-1].at
    count = sum(entry.at == last for entry in shown) + (skipped if last == until else 0)
    return f"{(last - _EPOCH) // timedelta(microseconds=1)}-{count}"


def latest(rows: "QuerySet[T]", wanted: Wanted, by: str = "at") -> "QuerySet[T]":
    """What `wanted` asks for of `rows`, whose column `by` says when it was."""
    found = rows.filter(**{f"{by}__lte": wanted.until}) if wanted.until else rows
    return found.order_by(f"-{by}", "-pk")[: wanted.limit]


_CHANNELS = {
    "import": "by an import",
    "undo": "by an undo",
    "hand": "by hand",
    "page": "on the page for recipients",
    "one-click": "by the button of their mail program",
    "complaint": "by marking a mail as spam",
    "setup": "when this was set up",
    "provider": "with the provider that carried the mail",
    "form": "by a sign-up form",
    "merge": "by merging two contacts",
}


_ACTS: dict[str, str] = {
    ConsentEvent.Kind.ASKED: "Asked for {}",
    ConsentEvent.Kind.GIVEN: "Subscribed to {}",
    ConsentEvent.Kind.WITHDRAWN: "Unsubscribed from {}",
    ConsentEvent.Kind.PAUSED: "Paused all mail",
    ConsentEvent.Kind.RESUMED: "Ended the pause of all mail",
}


_COUNTING_CHANNELS = {
    "import": "said by an import",
    "undo": "as before an import that was undone",
    "hand": "noted by hand",
    "page": "said on the page for recipients",
    "form": "said in a sign-up form",
    "before": "known from before",
    "merge": "the stricter of two that were merged",
}


@register
def _consent(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("consent"):
        return
    for event in latest(contact.consent_events.select_related("list", "by"), wanted):
        yield Entry(event.at, "consent", consent_in_words(event), proof_in_words(event))


def proof_in_words(event: ConsentEvent) -> str:
    """As it was said; what a pause says of its end is kept in UTC, and read like every other time on the page."""
    return event.text if event.kind != ConsentEvent.Kind.PAUSED else _UTC.sub(_in_the_readers_zone, event.text)


def _in_the_readers_zone(found: re.Match[str]) -> str:
    try:
        at = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return found[0]
    return wording.moment(timezone.localtime(at), timezone.localtime())


def consent_in_words(event: ConsentEvent) -> str:
    what = event.list.name if event.list else "a list that was deleted" if event.list_id else "everything"
    title = _ACTS[event.kind].format(what)
    how = _CHANNELS.get(event.channel, event.channel)
    return f"{title} {how}, {event.by}" if event.by else f"{title} {how}"


@register
def _counting(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("consent"):
        return
    for event in latest(contact.tracking_events.select_related("by"), wanted):
        yield Entry(event.at, "consent", counting_in_words(event), event.text)


def counting_in_words(event: TrackingConsentEvent) -> str:
    may = {TrackingConsent.GIVEN: "may be counted", TrackingConsent.REFUSED: "may not be counted"}
    said = may.get(TrackingConsent(event.state), "not asked")
    how = _COUNTING_CHANNELS.get(event.channel, event.channel)
    who = f"{how}, {event.by}" if event.by else how
    return f"{event.get_part_display()} {said}: {who}"


@register
def _suppression(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("suppression"):
        return
    for found in latest(Suppression.objects.filter(email=key(contact.email)), wanted, "created_at"):
        yield Entry(found.created_at, "suppression", f"Suppressed: {found.get_reason_display()}", found.detail)
    of_lists = ListSuppression.objects.filter(email=key(contact.email)).select_related("list")
    for one in latest(of_lists, wanted, "created_at"):
        yield Entry(one.created_at, "suppression", f"Suppressed for the list {one.list}", one.detail)


@register
def _lifting(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("suppression"):
        return
    for entry in lifting.lifted(key(contact.email)):
        if wanted.until and entry.at > wanted.until:
            continue
        was = dict(Suppression.Reason.choices).get(entry.detail.get("was", ""), "")
        who = f", by {entry.user}" if entry.user else ""
        of_list = f" of the list {entry.detail['list']}" if entry.detail.get("list") else ""
        title = f"May get mail{of_list} again{who}" + (f"; was: {was}" if was else "")
        yield Entry(entry.at, "suppression", title, entry.detail.get("reason", ""))


@register
def _moving(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("consent"):
        return
    changes = contact.address_changes.all()
    for change in latest(changes.exclude(confirmed_at=None), wanted, by="confirmed_at"):
        if change.confirmed_at:
            said = f"Changed their address to {change.new_email}, confirmed from there"
            yield Entry(change.confirmed_at, "consent", said, f"Before: {change.old_email}")
    for change in latest(changes.exclude(undone_at=None), wanted, by="undone_at"):
        if change.undone_at:
            yield Entry(change.undone_at, "consent", f"Put their address back to {change.old_email}")


@register
def _arrival(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if wanted.wants("arrival") and (wanted.until is None or contact.created_at <= wanted.until):
        yield Entry(contact.created_at, "arrival", "Added", contact.source)
