"""Mails to one address, and all that is known about one of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models.functions import Lower

from contacts import merge_values
from contacts.models import Contact
from delivery import content, titles, tokens
from delivery.content import Parts, Recipient
from delivery.ledger.uncertain import DECIDED, HEARD
from delivery.models import Attempt, Batch, Feedback, Message, MessageState, Provider, SandboxMail, Waiting
from delivery.providers import health
from delivery.titles import Title
from tracking.message_log import came_back, wording
from tracking.message_log.came_back import Said
from tracking.message_log.wording import Words
from tracking.models import Event, EventKeeping, EventKind, Link
from tracking.scoring import verdicts


class NotShowable(Exception):
    """What the mail said cannot be put together any more; its words are for the user."""


@dataclass(frozen=True, slots=True)
class Listed:
    message: Message
    title: Title
    words: Words
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt in words; `reply` is the server's own, hostile text."""

    at: datetime
    stage: str
    decision: str
    why: str
    reply: str
    provider: str
    seconds: float
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    label: str
    detail: str
    is_machine: bool


def listed(email: str = "", *, before: int = 0, limit: int = 50) -> list[Listed]:
    """Mails to `email` (whatever its case; empty: to anybody), the latest first."""
    found = Message.objects.select_related("batch").order_by("-id")
    if email:
        found = found.annotate(address=Lower("email")).filter(address=email.lower())
    if before:
        found = found.filter(id__lt=before)
    messages = list(found[:limit])
    waiting = Waiting.objects.in_bulk([message.id for message in messages])
    standing = _standing(messages)
    named = titles.titles(message.batch_id for message in messages)
    return [
        as_listed(message, waiting.get(message.id), named[message.batch_id], standing.get(message.id))
        for message in messages
    ]


def similar(text: str, limit: int = 8) -> list[Contact]:
    """People somebody may mean by a part of a name or an address."""
    return list(Contact.objects.search(text).order_by("email")[:limit])


class Story:
    """A message with everything around it, each part read when it is asked for."""

    def __init__(self, message: Message) -> None:
        self.message = message

    @cached_property
    def batch(self) -> Batch:
        return self.message.batch

    @cached_property
    def waiting(self) -> Waiting | None:
        return Waiting.objects.filter(message_id=self.message.id).first()

    @cached_property
    def contact(self) -> Contact | None:
        return Contact.objects.filter(id=self.message.contact_id).first() if self.message.contact_id else None

    @cached_property
    def words(self) -> Words:
        if standing := _standing([self.message]).get(self.message.id):
            return standing
        pending = self.message.state == MessageState.PENDING
        return _words(self.message, self.waiting, health.words(self.batch) if pending else "")

    @cached_property
    def title(self) -> Title:
        return titles.titles([self.message.batch_id])[self.message.batch_id]

    @cached_property
    def carrier(self) -> Provider | None:
        """Who carried it at its last try: not always the one that it was launched through."""
        return Provider.objects.filter(pk=self.message.provider_id or 0).first()

    @cached_property
    def attempts(self) -> list[Tried]:
        """Every try but a first one that was accepted, which leaves no row; that one is told from the message."""
        rows = Attempt.objects.filter(message_id=self.message.id).select_related("provider").order_by("id")
        return [_tried(row) for row in rows]

    @cached_property
    def events(self) -> list[Happened]:
        """What readers and programs did. Complaints stand with what came back, where their report is."""
        found = Event.objects.filter(message_id=self.message.id).exclude(kind__in=CAME_BACK)
        rows = list(found.order_by("at")[:500])
        links = Link.objects.in_bulk({row.link_id for row in rows if row.link_id})
        return [as_happened(row, links.get(row.link_id)) for row in rows]

    @cached_property
    def events_gone_before(self) -> date | None:
        """The day before which single events were taken off, if this mail may have had some."""
        gone_before = EventKeeping.get().gone_before
        at = self.message.accepted_at
        return gone_before if gone_before and at and at.date() < gone_before else None

    @cached_property
    def returned(self) -> list[Said]:
        """What servers, providers and programs said of it later."""
        return came_back.of_messages([self.message.id]).get(self.message.id, [])

    @cached_property
    def sandbox_mail(self) -> SandboxMail | None:
        """A rehearsed mail as the sandbox caught it, to the byte."""
        beginning = f"<{tokens.seal(tokens.MESSAGE_ID, self.message.id)}@"
        caught = SandboxMail.objects.filter(envelope_to=self.message.email, message_id__startswith=beginning)
        return caught.defer("raw").first() if self.batch.rehearsal else None

    @property
    def is_uncertain(self) -> bool:
        return self.message.state == MessageState.UNCERTAIN

    @property
    def version(self) -> int:
        """Of what the batch says: the one that was sent, else the one that would be."""
        was_sent = self.message.state in (MessageState.ACCEPTED, MessageState.REFUSED, MessageState.UNCERTAIN)
        return self.message.version or (1 if was_sent else self.batch.version)

    @cached_property
    def parts(self) -> Parts:
        """The mail put together again, without pixel and counted links, so that looking at it counts as nothing.

        Raises NotShowable.
        """
        try:
            return content.load(self.batch, self.version).parts(self._recipient())
        except Exception as problem:
            raise NotShowable("The content of this mail is gone, or cannot be read any more.") from problem

    @property
    def shown(self) -> Parts | None:
        try:
            return self.parts
        except NotShowable:
            return None

    def _recipient(self) -> Recipient:
        person = self.contact
        values = (
            merge_values.values(
                person.email, person.first_name, person.last_name, person.best_language, person.attributes
            )
            if person
            else merge_values.values(self.message.email, "", "", "", {})
        )
        return Recipient(
            self.message.id,
            self.message.contact_id,
            self.message.email,
            values,
            opens=False,
            clicks=False,
            segments=self.message.segments or 0,
            language=self.message.language or "",
        )


def events_by_message(ids: list[int]) -> dict[int, list[Happened]]:
    rows = list(Event.objects.filter(message_id__in=ids).exclude(kind__in=CAME_BACK).order_by("at")[:1000])
    links = Link.objects.in_bulk({row.link_id for row in rows if row.link_id})
    happened: dict[int, list[Happened]] = {}
    for row in rows:
        happened.setdefault(row.message_id, []).append(as_happened(row, links.get(row.link_id)))
    return happened


CAME_BACK = (EventKind.COMPLAINT, EventKind.BOUNCE)


def _standing(messages: Iterable[Message]) -> dict[int, Words]:
    accepted = {message.id: message for message in messages if message.state == MessageState.ACCEPTED}
    known = came_back.standing(Feedback.objects.filter(pk__in=accepted))
    dropped = came_back.dropped(message for message in accepted.values() if message.id not in known)
    return known | {number: Words("warn", "Accepted, perhaps dropped", f"{why}.") for number, why in dropped.items()}


def as_listed(message: Message, waiting: Waiting | None, title: Title, standing: Words | None = None) -> Listed:
    at = message.accepted_at or message.batch.started_at or message.batch.created_at
    return Listed(message, title, standing or _words(message, waiting), at)


def _words(message: Message, waiting: Waiting | None, holdup: str = "") -> Words:
    category = waiting.category if waiting else ""
    retry_at = waiting.retry_at if waiting else None
    paused = wording.of_pause(message.batch, message.email)
    return wording.of_message(message.state, category, retry_at, message.batch, holdup, paused)


def _tried(row: Attempt) -> Tried:
    ours = row.category in (DECIDED, HEARD)
    return Tried(
        at=row.at,
        stage=wording.STAGES.get(row.stage, row.stage),
        decision=wording.DECISIONS.get(row.decision, row.decision),
        why=row.text if ours else wording.reason(row.category) if row.decision != "accepted" else "",
        reply="" if ours else " ".join(filter(None, [str(row.code or ""), row.enhanced, row.text])),
        provider=str(row.provider or ""),
        seconds=row.duration_ms / 1000,
        next_at=row.next_attempt_at,
    )


_CHANNELS = {"page": "by the page", "one-click": "by the button of the mail program"}


def as_happened(event: Event, link: Link | None) -> Happened:
    detail = (link.label or link.url) if link else _CHANNELS.get(event.channel, event.channel)
    if event.verdict:
        detail = f"{detail} (a program: {verdicts.words(event.verdict)})".strip()
    return Happened(event.at, EventKind(event.kind).label, detail, event.is_machine)
