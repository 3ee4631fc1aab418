"""People to write to, a way out, and workers' checkpoints as the engine writes them."""

from collections.abc import Callable, Sequence
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F

from contacts.audience import Audience
from contacts.models import Contact, MailingList, Subscription
from delivery import ledger
from delivery.ledger import building
from delivery.models import Batch, Chunk, MessageState, Provider

DOMAINS = ("gmail.com", "outlook.com", "yahoo.de", "icloud.com", "nordlicht.example")


@pytest.fixture
def provider(db: None) -> Provider:
    return Provider.objects.create(name="Relay", host="127.0.0.1", port=2599, connections=4)


@pytest.fixture
def people(db: None) -> Callable[[int], MailingList]:
    """A list with so many subscribers, on all the lanes."""

    def make(n: int) -> MailingList:
        mailing_list = MailingList.objects.create(name=f"Readers {uuid4()}")
        mark = uuid4().hex[:8]
        contacts = Contact.objects.bulk_create(
            Contact(email=f"p{i}.{mark}@{DOMAINS[i % len(DOMAINS)]}") for i in range(n)
        )
        Subscription.objects.bulk_create(Subscription(contact=c, list=mailing_list) for c in contacts)
        return mailing_list

    return make


def launched(provider: Provider, mailing_list: MailingList, **changes: object) -> Batch:
    options: dict[str, object] = {
        "content_kind": "test",
        "content_id": 1,
        "provider": provider,
        "audience": Audience((mailing_list.pk,)),
        "lists": [mailing_list.pk],
        "group": "campaign-1",
        "hold_seconds": 0,
    }
    return ledger.launch(**{**options, **changes})  # type: ignore[arg-type]


def built(provider: Provider, mailing_list: MailingList, **changes: object) -> Batch:
    batch = launched(provider, mailing_list, **changes)
    assert building.build(batch.pk)
    batch.refresh_from_db()
    return batch


def claim(batch: Batch) -> Chunk | None:
    """As a worker does: the chunk offered first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery_chunk SET owner = %s, epoch = epoch + 1, lease_until = now() + interval '30 s',
                offered_at = NULL, offered_until = NULL
            WHERE id = (SELECT c.id FROM delivery_chunk c JOIN delivery_batch b ON b.id = c.batch_id
                WHERE b.id = %s AND b.state = 'sending' AND NOT c.is_done AND NOT c.quarantined AND c.owner IS NULL
                AND c.offered_until > now() ORDER BY c.offered_at LIMIT 1)
            RETURNING id
            """,
            [uuid4(), batch.pk],
        )
        row = cursor.fetchone()
    return Chunk.objects.get(pk=row[0]) if row else None


def pending_of(chunk: Chunk) -> list[int]:
    ids = chunk.ids if chunk.ids is not None else range(chunk.first_id or 0, (chunk.last_id or -1) + 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM delivery_message WHERE id = ANY(%s) AND state = 0 ORDER BY id", [list(ids)])
        return [row[0] for row in cursor.fetchall()]


TERM = {1: "accepted", 2: "deferred", 3: "refused", 4: "uncertain", 5: "skipped"}


def write(chunk: Chunk, outcomes: Sequence[tuple[int, MessageState]], retry_in_seconds: float = 300) -> None:
    """Outcomes of a checkpoint: rows, waiting rows and counters in one transaction."""
    with connection.cursor() as cursor:
        for message_id, state in outcomes:
            cursor.execute(
                "UPDATE delivery_message SET state = %s, attempts = attempts + 1, accepted_at = now() WHERE id = %s",
                [int(state), message_id],
            )
            if state != MessageState.ACCEPTED:
                retry = retry_in_seconds if state == MessageState.DEFERRED else None
                cursor.execute(
                    """
                    INSERT INTO delivery_waiting (message_id, batch_id, state, category, retry_at)
                    VALUES (%s, %s, %s, 'test', now() + %s * interval '1 s')
                    """,
                    [message_id, chunk.batch_id, int(state), retry],
                )
            changes = {"pending": F("pending") - 1, TERM[state]: F(TERM[state]) + 1}
            Chunk.objects.filter(pk=chunk.pk).update(**changes)


def end(chunk: Chunk) -> None:
    chunk.refresh_from_db()
    Chunk.objects.filter(pk=chunk.pk).update(is_done=True, owner=None, lease_until=None)
    terms = ("accepted", "pending", "deferred", "refused", "uncertain", "skipped")
    Batch.objects.filter(pk=chunk.batch_id).update(**{term: F(term) + getattr(chunk, term) for term in terms})


def release(chunk: Chunk) -> None:
    Chunk.objects.filter(pk=chunk.pk).update(owner=None, lease_until=None)
