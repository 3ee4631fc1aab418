"""A sent batch with three readers, and a reader who follows addresses the way a mail program does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.utils import timezone

from contacts.models import Contact, MailingList, Subscription
from delivery import tokens
from delivery.models import Batch, Message, MessageState, Waiting
from tracking.intake.mover import Intake
from tracking.models import Link
from tracking.public import recording, slim
from tracking.public.links import freeze

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

_ids = count(1)


@dataclass
class Sent:
    """A batch as it stands after sending."""

    batch: Batch
    messages: list[Message]
    links: list[Link]
    lists: list[MailingList]

    def contact(self, index: int = 0) -> Contact:
        return Contact.objects.get(email=self.messages[index].email)

    def open(self, index: int = 0) -> str:
        return f"/o/{tokens.seal(tokens.OPEN, self.messages[index].id)}"

    def click(self, index: int = 0, link: int = 0) -> str:
        return f"/c/{tokens.seal(tokens.CLICK, self.messages[index].id, self.links[link].id)}"

    def unsubscribe(self, index: int = 0) -> str:
        contact_id = self.messages[index].contact_id
        assert contact_id is not None
        return f"/u/{tokens.seal(tokens.UNSUBSCRIBE, contact_id, self.batch.id)}"


@dataclass
class Answer:
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def __getitem__(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Reader:
    """Sends requests through the WSGI callable as granian would hand them over."""

    def __init__(self) -> None:
        from config.wsgi import application  # after Django is set up

        self._application = application

    def __call__(
        self, method: str, path: str, body: bytes = b"", agent: str = FIREFOX, content_type: str = ""
    ) -> Answer:
        answer = Answer()

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            answer.status, answer.headers = int(status[:3]), headers

        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.77",
            "HTTP_HOST": "localhost",
            "HTTP_USER_AGENT": agent,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": content_type,
            "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": BytesIO(),
        }
        # As Django's own test client: the test's transaction lives on this connection.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            chunks = self._application(environ, start_response)
            answer.body = b"".join(chunks)
            getattr(chunks, "close", lambda: None)()
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
        return answer


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def send(db: None) -> Callable[..., Sent]:
    """Make a batch whose messages were all accepted ten minutes ago."""

    def make(*, rehearsal: bool = False, people: int = 3, links: int = 2, sample: bool = False) -> Sent:
        made = MailingList.objects.create(name=f"List {next(_ids)}")
        other = MailingList.objects.create(name=f"List {next(_ids)}")
        contacts = Contact.objects.bulk_create(
            Contact(email=f"reader{next(_ids)}@gmail.com", first_name="Rea", is_sample=sample) for _ in range(people)
        )
        Subscription.objects.bulk_create(
            Subscription(contact=contact, list=chosen) for contact in contacts for chosen in (made, other)
        )
        accepted_at = timezone.now() - timedelta(minutes=10)
        first_id = _next_id(people)
        batch = Batch.objects.create(
            rehearsal=rehearsal,
            content_kind="edition",
            content_id=1,
            lists=[made.id],
            state=Batch.State.DONE,
            total=people,
            accepted=people,
            first_id=first_id,
            last_id=first_id + people - 1,
            started_at=accepted_at,
            finished_at=accepted_at,
        )
        messages = Message.objects.bulk_create(
            Message(
                id=first_id + index,
                batch=batch,
                contact_id=contact.id,
                email=contact.email,
                state=MessageState.ACCEPTED,
                accepted_at=accepted_at,
            )
            for index, contact in enumerate(contacts)
        )
        frozen = freeze(batch, [(f"https://shop.example/{index}", f"Offer {index}") for index in range(links)])
        return Sent(batch, messages, frozen, [made, other])

    return make


@pytest.fixture
def sent(send: Callable[..., Sent]) -> Sent:
    return send()


@pytest.fixture
def uncertain(sent: Sent) -> Sent:
    """The first reader's mail may have arrived."""
    message = sent.messages[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_message SET state = %s, attempts = 1, accepted_at = NULL WHERE id = %s",
            [MessageState.UNCERTAIN, message.id],
        )
    Waiting.objects.create(message_id=message.id, batch=sent.batch, state=MessageState.UNCERTAIN, category="network")
    Batch.objects.filter(pk=sent.batch.pk).update(accepted=2, uncertain=1)
    return sent


@pytest.fixture(autouse=True)
def spools(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.SPOOL_DIR = tmp_path / "spool"
    recording._spool.cache_clear()
    slim._targets.clear()
    yield settings.SPOOL_DIR
    recording._spool()._forget()
    recording._spool.cache_clear()


@pytest.fixture
def take_in(spools: Path) -> Callable[[], int]:
    """Let the intake read what there is."""
    return lambda: Intake(spools).read_all()


def _next_id(count: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_idblock SET next_id = next_id + %s RETURNING next_id", [count])
        (after,) = cursor.fetchone() or (0,)
    return int(after) - count
