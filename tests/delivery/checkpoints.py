"""A worker without a wire: it takes chunks and tells of outcomes by the engine's own claim and checkpoint."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from delivery.engine.bookkeeping import checkpoint, claiming
from delivery.engine.bookkeeping.claiming import Place
from delivery.models import Batch, Chunk, Message, MessageState, Provider
from delivery.outcomes import Flush, Outcome

HERE = Place("here", "today", "")
DECISIONS = {MessageState.ACCEPTED: "accepted", MessageState.DEFERRED: "retry"}


def claim(batch: Batch) -> Chunk | None:
    """The chunk that was offered first to the workers of the batch's provider."""
    assert batch.provider
    with connection.cursor() as cursor:
        claimed = claiming.claim(cursor.cursor, batch.provider, batch.stream, uuid4(), HERE, claiming.WINDOW)
    return Chunk.objects.get(pk=claimed.chunk_id) if claimed else None


def pending_of(chunk: Chunk) -> list[int]:
    rows = Message.objects.filter(pk__in=_members(chunk), state=MessageState.PENDING)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def write(chunk: Chunk, outcomes: Iterable[tuple[int, MessageState]], retry_in_seconds: float = 300) -> None:
    """A checkpoint in the middle of a chunk."""
    _flush(chunk, outcomes, retry_in_seconds)


def end(chunk: Chunk) -> None:
    _flush(chunk, ends=True)


def release(chunk: Chunk) -> None:
    members, pending = _members(chunk), set(pending_of(chunk))
    left = (place for place, member in enumerate(members) if member in pending)
    _flush(chunk, release_from=next(left, len(members)))


def _flush(
    chunk: Chunk,
    outcomes: Iterable[tuple[int, MessageState]] = (),
    retry_in_seconds: float = 0,
    *,
    ends: bool = False,
    release_from: int | None = None,
) -> None:
    states = dict(outcomes)
    tried = dict(Message.objects.filter(pk__in=states).values_list("pk", "attempts"))
    accepted = [id_ for id_, state in states.items() if state == MessageState.ACCEPTED and not tried[id_]]
    settled = [_outcome(id_, states[id_], tried[id_], retry_in_seconds) for id_ in states if id_ not in accepted]
    flush = Flush(
        chunk.pk,
        chunk.epoch,
        chunk.flush_no,
        _carrier(chunk),
        chunk.batch_id,
        granted_to=chunk.window_end,
        window_end=chunk.window_end,
        accepted=accepted,
        settled=settled,
        by_ids=chunk.ids is not None and bool(states),
        ends=ends,
        release_from=release_from,
        version=chunk.version or Batch.objects.get(pk=chunk.batch_id).version,
        is_pinned=chunk.version is not None,
    )
    with connection.cursor() as cursor:
        checkpoint.write(cursor.cursor, flush)
    chunk.refresh_from_db()


def _outcome(message_id: int, state: MessageState, attempts: int, retry_in_seconds: float) -> Outcome:
    return Outcome(
        message_id,
        f"p{message_id}@example.org",
        state,
        DECISIONS.get(state, state.counter),
        "network" if state == MessageState.UNCERTAIN else "test",
        "body",
        text="reset" if state == MessageState.UNCERTAIN else "",
        attempts=attempts,
        retry_at=timezone.now() + timedelta(seconds=retry_in_seconds) if state == MessageState.DEFERRED else None,
    )


def _members(chunk: Chunk) -> Sequence[int]:
    return chunk.ids if chunk.ids is not None else range(chunk.first_id or 0, (chunk.last_id or -1) + 1)


def _carrier(chunk: Chunk) -> Provider:
    provider = Provider.objects.filter(pk=chunk.offered_to or 0).first() or chunk.batch.provider
    assert provider
    return provider
