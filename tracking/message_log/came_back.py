"""What came back of messages after they were accepted, in words."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.wording import day
from delivery.bounces import Kind
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.lists import keeping
from delivery.models import Feedback, FeedbackEvent, Message, ProviderSuppression, Returned, Term
from delivery.replies.categories import HARD
from tracking.message_log import wording
from tracking.message_log.wording import Words
from tracking.models import Engagement

_WAYS = {
    Returned.Way.LISTENER: "by mail to the return address",
    Returned.Way.MAILBOX: "by mail to the mailbox for returned mail",
    Returned.Way.PIPE: "handed in on the server",
    Returned.Way.WEBHOOK: "reported by the provider",
    Returned.Way.SANDBOX: "reported by the sandbox",
}
_LABELS = {
    Kind.DELAY: ("wait", "Delayed: the server tries again"),
    Kind.DELIVERED: ("good", "Delivered, the report says"),
    Kind.COMPLAINT: ("bad", "Marked as spam"),
    Kind.AUTOREPLY: ("none", "Automatic reply"),
}
_STANDING = {
    Term.SOFT: ("warn", "Accepted, then bounced for now"),
    Term.HARD: ("bad", "Accepted, then bounced for good"),
    Term.COMPLAINED: ("bad", "Accepted, then marked as spam"),
    Term.DELIVERED: ("good", "Delivered"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said of a message. `words` and `elsewhere` are hostile text."""

    at: datetime
    kind: str  # a state of the face
    label: str
    why: str
    words: str
    elsewhere: str  # "bounced at …, forwarded from …"
    way: str
    raw_url: str
    event: str  # as delivery.bounces.Kind names it, or a provider


def of_messages(ids: Collection[int]) -> dict[int, list[Said]]:
    """By message, in the order in which it was heard."""
    found: dict[int, list[Said]] = {}
    for event, said in of_events(FeedbackEvent.objects.filter(message_id__in=ids).order_by("id")[:1000]):
        found.setdefault(event.message_id, []).append(said)
    return found


def of_events(rows: Iterable[FeedbackEvent]) -> list[tuple[FeedbackEvent, Said]]:
    events = list(rows)
    emails = dict(Message.objects.filter(pk__in={event.message_id for event in events}).values_list("pk", "email"))
    return [(event, _said(event, emails.get(event.message_id, ""))) for event in events]


def standing(rows: Iterable[Feedback]) -> dict[int, Words]:
    """How accepted messages stand by it."""
    return {row.message_id: _standing(row) for row in rows}


def dropped(messages: Iterable[Message]) -> dict[int, str]:
    """Of accepted mails of which nothing was heard since: why they probably never arrived, as a half sentence."""
    found = keeping.dropping([message for message in messages if not message.batch.rehearsal])
    if found:
        heard = Engagement.objects.filter(message_id__in=list(found), is_machine=False)
        for number in set(heard.values_list("message_id", flat=True)):
            del found[number]
    return {number: _dropped(one) for number, one in found.items()}


def _dropped(one: ProviderSuppression) -> str:
    name = kinds()[one.webhook.kind].name
    if one.since is None:
        return f"{name} keeps this address on its own suppression list, so it may have been dropped"
    since = day(timezone.localdate(one.since), timezone.localdate())
    return f"{name} keeps this address on its own suppression list since {since}, so it was probably dropped"


def _said(event: FeedbackEvent, email: str) -> Said:
    kind, label = _label(event)
    forwarded = event.recipient and event.kind in (Kind.BOUNCE, Kind.DELAY)
    verb = "bounced at" if event.kind == Kind.BOUNCE else "delayed at"
    return Said(
        at=event.happened_at or event.at,
        kind=kind,
        label=label,
        why=wording.of_bounce(event.category) if event.kind in (Kind.BOUNCE, Kind.DELAY) else "",
        words=" ".join(filter(None, [event.status, event.diagnostic])),
        elsewhere=f"{verb} {event.recipient}, forwarded from {email}" if forwarded else "",
        way=_way(event),
        raw_url=reverse("returned-raw", args=[event.returned_id]) if event.returned_id else "",
        event=event.kind,
    )


def _label(event: FeedbackEvent) -> tuple[str, str]:
    if event.kind == Kind.BOUNCE:
        is_for_good = event.suppressed or (event.is_permanent and event.category in HARD)
        return ("bad", "Bounced for good") if is_for_good else ("warn", "Bounced for now")
    return (
        _LABELS.get(Kind(event.kind), ("none", "")) if event.kind in list(Kind) else ("none", f"Reported: {event.kind}")
    )


def _way(event: FeedbackEvent) -> str:
    way, server = event.source.partition(" ")[0], event.reporting_mta
    words = _WAYS[Returned.Way(way)] if way in Returned.Way.values else ""
    return ", ".join(filter(None, [f"said {server}" if server else "", words]))


def _standing(row: Feedback) -> Words:
    kind, text = _STANDING[Term(row.term)]
    return Words(kind, text, wording.of_bounce(row.category) if row.term in (Term.SOFT, Term.HARD) else "")
