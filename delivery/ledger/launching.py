"""How messages come to be: a whole audience at once, or one by one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.database import locks
from accounts.organisation.measuring import Tracking
from contacts.audience import Audience
from delivery.ledger import building, ids
from delivery.models import Batch, Chunk, Message, Provider
from delivery.routing.carriers import Carriers
from delivery.workers import turns

OFFER = timedelta(seconds=15)
_OPEN_FOR = timedelta(days=1)
MOST_SEGMENTS = 31  # bits of an integer of PostgreSQL


def launch(
    *,
    content_kind: str,
    content_id: int,
    provider: Provider,
    audience: Audience,
    lists: Sequence[int],
    group: str,
    hold_seconds: float,
    sender_domain: str = "",
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    repeats: Batch | None = None,
    before_start: Callable[[Batch], None] | None = None,
    bad_day: bool = False,
    tracking: Tracking = Tracking.INDIVIDUAL,
    languages: Sequence[str] = (),
    segments: Sequence[Mapping[str, Any]] = (),
    most_unapproved: int | None = None,
) -> Batch:
    """Send what `content` says to an audience, after a hold during which it can be undone.

    Whether it is a rehearsal is frozen here. `before_start` is called with the new batch inside the transaction, to
    freeze what belongs to it. With `not_before` the audience is drawn shortly before that time. With `repeats` only
    people of that rehearsal get it. A `bad_day` is for rehearsals alone. `tracking` says how opens and clicks count.
    `languages`, if the content is written in several, its own first: who reads one of the others gets that one.
    `segments`, those that the content asks for, at most MOST_SEGMENTS: who is in them is decided with the audience.
    If that turns out to be more than `most_unapproved` people, the batch pauses instead of starting, and says so; see
    states.limit_unapproved.
    """
    now = timezone.now()
    carrier, rehearsed_for = _way_out(provider)
    with transaction.atomic():
        batch = Batch.objects.create(
            content_kind=content_kind,
            content_id=content_id,
            provider=carrier,
            rehearsed_for=rehearsed_for,
            sender_domain=sender_domain,
            rehearsal=carrier.is_sandbox,
            bad_day=bad_day,
            tracking=tracking,
            audience=audience.to_json(),
            lists=list(lists),
            languages=list(languages),
            segments=list(segments),
            most_unapproved=most_unapproved,
            repeats_id=repeats.pk if repeats else None,
            group=group,
            hold_until=max(now + timedelta(seconds=hold_seconds), not_before or now),
            not_before=not_before,
            expires_at=expires_at,
        )
        if before_start:
            before_start(batch)
        if building.is_due(batch, now):
            building.queue(batch)
    return batch


def send_one(
    *,
    content_kind: str,
    content_id: int,
    email: str,
    contact_id: int | None = None,
    provider: Provider,
    group: str = "",
    sender_domain: str = "",
    is_direct: bool = False,
    is_test: bool = False,
) -> Message:
    """Send one transactional mail at once, past everything that waits.

    All mails of one content through one provider share an open batch for a day, so that what is summed by batches is
    known by the day. A contact gets one of a content, whatever the day: asked again, this returns the message that is
    there. `is_direct`: through this provider, whatever routes say. `is_test`: it counts in no figure.
    """
    with transaction.atomic():
        alike = _alike(content_kind, content_id, provider) | {"is_direct": is_direct, "is_test": is_test}
        if contact_id is not None:
            batches = Batch.objects.filter(**alike).exclude(state=Batch.State.CANCELLED)
            sent = Message.objects.filter(batch__in=batches, contact_id=contact_id).first()
            if sent:
                return sent
        batch = _open_batch(alike, group, sender_domain)
        message = Message.objects.create(id=ids.reserve(1), batch=batch, contact_id=contact_id, email=email)
        batch.total += 1
        batch.state = Batch.State.PAUSED if batch.state == Batch.State.PAUSED else Batch.State.SENDING
        batch.finished_at = None
        batch.first_id = batch.first_id or message.id
        batch.last_id = message.id
        batch.save(update_fields=["total", "state", "finished_at", "first_id", "last_id"])
        _offer_at_once(batch, message)
    return message


def _alike(content_kind: str, content_id: int, provider: Provider) -> dict[str, Any]:
    """What all open batches of one content through one provider have in common. Locked to the end of the transaction,
    so that two requests make one batch and count both messages."""
    carrier, rehearsed_for = _way_out(provider)
    with connection.cursor() as cursor:
        locks.hold(cursor, locks.Kind.OPEN_BATCH, f"{content_kind} {content_id} {carrier.pk}")
    return {
        "kind": Batch.Kind.OPEN,
        "stream": Batch.Stream.TRANSACTIONAL,
        "content_kind": content_kind,
        "content_id": content_id,
        "provider": carrier,
        "rehearsed_for": rehearsed_for,
    }


def _open_batch(alike: Mapping[str, Any], group: str, sender_domain: str) -> Batch:
    """One that is paused takes what comes, however old it is: what somebody stopped stays stopped the next day."""
    now = timezone.now()
    batch = Batch.objects.select_for_update(no_key=True, of=("self",)).filter(**alike).order_by("id").last()
    if batch and batch.state != Batch.State.CANCELLED:
        is_stopped = batch.state == Batch.State.PAUSED or batch.paused_lanes
        if is_stopped or batch.started_at is None or batch.started_at > now - _OPEN_FOR:
            return batch
    return Batch.objects.create(
        **alike,
        state=Batch.State.SENDING,
        rehearsal=alike["provider"].is_sandbox,
        group=group,
        sender_domain=sender_domain,
        built_at=now,
        started_at=now,
    )


def _way_out(provider: Provider) -> tuple[Provider, Provider | None]:
    """Who carries what is launched through it now; and, if that is the sandbox instead of it, itself."""
    is_in_rehearsal = Provider.objects.filter(pk=provider.pk, state=Provider.State.REHEARSAL).exists()
    return (Provider.objects.sandbox(), provider) if is_in_rehearsal else (provider, None)


def _offer_at_once(batch: Batch, message: Message) -> None:
    """To whoever carries it now; nobody: the tick offers it when somebody does."""
    chunk = Chunk.objects.create(batch=batch, ids=[message.id], size=1, pending=1)
    if batch.state != Batch.State.SENDING:
        return
    with connection.cursor() as cursor:
        carrier = Carriers(cursor).of_chunk(batch, chunk.pk)
    if carrier is not None:
        now = timezone.now()
        offered = {"offered_at": now, "offered_until": now + OFFER, "offered_to": carrier.pk}
        Chunk.objects.filter(pk=chunk.pk).update(**offered)
        turns.kick(carrier, batch.stream)
