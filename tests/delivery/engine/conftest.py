"""A batch to send, an SMTP server to send it to, and the engine in this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Contact
from delivery.engine import process, turn
from delivery.models import Batch, Message, Provider
from delivery.transports.smtp import opening
from tests.delivery.engine import plain
from tests.delivery.engine.certificates import Authority
from tests.delivery.engine.server import Behaviour, Server

CHUNK = 500
plain.register()


@pytest.fixture(autouse=True)
def engine_of_this_process(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.JOURNAL_DIR = tmp_path / "journal"
    plain.register()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turn, "TURN_SECONDS", 60.0)  # also a busy machine gets done what a test has one turn do
        yield
    process.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server that behaves as told; it stops with the test."""
    with ExitStack() as stack:

        def start(**behaviour: Any) -> Server:
            log = tmp_path / f"accepted-{len(list(tmp_path.iterdir()))}.log"
            return stack.enter_context(Server(log, Behaviour(**behaviour)))

        yield start


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """Signs certificates, and the engine believes it."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    opening._context.cache_clear()
    yield made
    opening._context.cache_clear()


@pytest.fixture
def provider_of() -> Callable[..., Provider]:
    def make(server: Server, **changes: Any) -> Provider:
        options = {"name": "Relay", "host": "127.0.0.1", "port": server.port, "security": "none", "connections": 4}
        Provider.objects.all().delete()
        return Provider.objects.create(**{**options, **changes})

    return make


@pytest.fixture
def batch_of() -> Callable[..., Batch]:
    """A batch that is being sent, all of its chunks offered."""
    return make_batch


def make_batch(provider: Provider, people: int | list[str], **changes: Any) -> Batch:
    addresses = [f"p{i}@example.org" for i in range(people)] if isinstance(people, int) else people
    contacts = Contact.objects.bulk_create(Contact(email=a, first_name=f"N{i}") for i, a in enumerate(addresses))
    options: dict[str, Any] = {
        "state": "sending",
        "content_kind": plain.KIND,
        "content_id": 1,
        "provider": provider,
        "rehearsal": provider.is_rehearsal,
        "total": len(addresses),
    }
    batch = Batch.objects.create(**{**options, **changes})
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_idblock SET next_id = next_id + %s RETURNING next_id - %s", [len(addresses)] * 2
        )
        first = cursor.fetchone()[0]
    Message.objects.bulk_create(
        Message(id=first + i, batch=batch, contact_id=contact.pk, email=contact.email)
        for i, contact in enumerate(contacts)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO delivery_chunk (batch_id, first_id, last_id, size, pending)
            SELECT %(batch)s, s, least(s + %(chunk)s, %(end)s) - 1, least(s + %(chunk)s, %(end)s) - s,
                   least(s + %(chunk)s, %(end)s) - s
            FROM generate_series(%(first)s::bigint, %(end)s::bigint - 1, %(chunk)s) s
            """,
            {"batch": batch.pk, "chunk": CHUNK, "first": first, "end": first + len(addresses)},
        )
    batch.first_id, batch.last_id = first, first + len(addresses) - 1
    batch.save()
    offer(batch)
    return batch


def offer(batch: Batch, to: Provider | None = None) -> None:
    """As the dispatcher does, for an hour."""
    now = timezone.now()
    batch.chunks.filter(is_done=False, owner=None).update(
        offered_at=now, offered_until=now + timedelta(hours=1), offered_to=to.pk if to else batch.provider_id
    )


@pytest.fixture
def send() -> Callable[..., None]:
    """Take turns until nothing offered is left to do, at most so many."""

    def run(batch: Batch, turns: int = 1) -> None:
        for _ in range(turns):
            turn.run(batch.provider_id or 0, batch.stream)
            batch.refresh_from_db()

    return run
