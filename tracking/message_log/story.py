"""What tracking adds to a person's story: every mail, what was done with it, and what came back of it."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from contacts.models import Contact
from contacts.timeline import Entry, Wanted, latest
from delivery import titles
from delivery.bounces import Kind
from delivery.models import Batch, FeedbackEvent, Message, Waiting
from tracking.message_log import came_back, messages
from tracking.models import Event, EventKind, Link

_REHEARSED = " (rehearsal)"
_BACK = {"complaint": {Kind.COMPLAINT}, "reply": {Kind.AUTOREPLY}, "mail": {Kind.DELIVERED}}
_OTHERS = {kind for kinds in _BACK.values() for kind in kinds}
_ACTS = {"open": EventKind.OPEN, "click": EventKind.CLICK, "consent": EventKind.UNSUBSCRIBE}


def entries(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    yield from _mails(contact, wanted)
    yield from _acts(contact, wanted)
    yield from _returned(contact, wanted)


def _mails(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("mail"):
        return
    at = Coalesce("accepted_at", "batch__started_at", "batch__created_at")
    mails = Message.objects.filter(contact_id=contact.pk).select_related("batch").annotate(told_at=at)
    found = list(latest(mails, wanted, "told_at"))
    waiting = Waiting.objects.in_bulk([message.id for message in found])
    named = titles.titles(message.batch_id for message in found)
    for message in found:
        listed = messages.as_listed(message, waiting.get(message.id), named[message.batch_id])
        rehearsed = _REHEARSED if message.batch.rehearsal else ""
        url = reverse("message", args=[message.id])
        if listed.at:
            yield Entry(listed.at, "mail", f"{listed.title.text}{rehearsed}", listed.words.text, url)


def _acts(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    """People and programs apart. All mails of one person are few, and the events of each are found by its number."""
    chosen = _chosen(wanted)
    if not chosen:
        return
    got = Message.objects.filter(contact_id=contact.pk).values_list("id", "batch_id", "batch__rehearsal")
    mails = {message: (batch, _REHEARSED if is_rehearsal else "") for message, batch, is_rehearsal in got}
    if not mails:
        return
    acts = Event.objects.filter(chosen, message_id__in=list(mails)).exclude(kind__in=messages.CAME_BACK)
    found = list(latest(acts, wanted))
    links = Link.objects.in_bulk({row.link_id for row in found if row.link_id})
    named = titles.titles({mails[row.message_id][0] for row in found})
    kinds = {kind.label: word for word, kind in _ACTS.items()}
    for row in found:
        act = messages.as_happened(row, links.get(row.link_id))
        kind = "machine" if act.is_machine else kinds.get(act.label, "mail")
        batch, rehearsed = mails[row.message_id]
        title = f"{act.label}: {named[batch].text}{rehearsed}"
        yield Entry(act.at, kind, title, act.detail, reverse("message", args=[row.message_id]))


def _chosen(wanted: Wanted) -> Q:
    """Empty: nothing of it is wanted."""
    acts = [Q(kind=kind) for word, kind in _ACTS.items() if wanted.wants(word)]
    chosen = Q()
    for act in acts:
        chosen |= act & Q(is_machine=False)
    return chosen | Q(is_machine=True) if wanted.wants("machine") else chosen


def _returned(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    kinds = [kind for word, named in _BACK.items() if wanted.wants(word) for kind in named]
    chosen = Q(kind__in=kinds)
    if wanted.wants("bounce"):
        chosen |= ~Q(kind__in=_OTHERS)
    elif not kinds:
        return
    told: QuerySet[FeedbackEvent] = FeedbackEvent.objects.filter(chosen, contact_id=contact.pk)
    found = list(latest(told.annotate(told_at=Coalesce("happened_at", "at")), wanted, "told_at"))
    named = titles.titles({event.batch_id for event in found})
    rehearsed = set(Batch.objects.filter(pk__in=named, rehearsal=True).values_list("pk", flat=True)) if named else set()
    words = {kind: word for word, of in _BACK.items() for kind in of}
    for event, said in came_back.of_events(found):
        kind = words.get(Kind(event.kind), "bounce") if event.kind in list(Kind) else "bounce"
        title = f"{said.label}: {named[event.batch_id].text}{_REHEARSED if event.batch_id in rehearsed else ''}"
        url = reverse("message", args=[event.message_id])
        yield Entry(said.at, kind, title, said.why, url, proof_url=said.raw_url, beside=(said.elsewhere, said.words))
