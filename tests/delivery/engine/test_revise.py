"""Other words for those who are left: each message leaves with one version, and it is known with which."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from delivery import content, ledger, verp
from delivery.content import Parts, Recipient
from delivery.dispatch import tick
from delivery.engine import recovery, turn
from delivery.ledger import cancelling, tally
from delivery.models import Batch, Chunk, Message, MessageState, Waiting
from tests.delivery.engine import conftest
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.server import Server
from tests.delivery.engine.test_pause import pause_and_hang_up

DROP_AFTER_TAKING = "taken and gone"


@dataclass(frozen=True)
class Worded:
    """Its Message-ID says which content it is of."""

    content_id: int

    def envelope_from(self, recipient: Recipient) -> str:
        return verp.address(recipient.message_id, "bounces.nordlicht.example")

    def build(self, recipient: Recipient) -> bytes:
        return (
            f"To: {recipient.email}\r\nMessage-ID: <{recipient.message_id}.{self.content_id}@x>\r\n\r\nHi\r\n".encode()
        )

    def parts(self, recipient: Recipient) -> Parts:
        return Parts([], f"content {self.content_id}", "", "")


@pytest.fixture(autouse=True)
def worded(monkeypatch: pytest.MonkeyPatch) -> None:
    content.register("worded", lambda batch: Worded(batch.content_id))
    monkeypatch.setattr(conftest, "CHUNK", 7)
    monkeypatch.setattr(turn, "CHECKPOINT_SECONDS", 0.01)
    monkeypatch.setattr(turn, "_LOOK_SECONDS", 0.005)


@pytest.fixture
def paused_after(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> Callable[..., tuple[Server, Batch]]:
    def make(n: int, **rules: Any) -> tuple[Server, Batch]:
        left = [n]

        def on_dot(talk: Any) -> str | None:
            left[0] -= 1
            if left[0] == 0:
                thread = threading.Thread(target=pause_and_hang_up, args=(batch.pk,))
                thread.start()
                thread.join()
                server.behaviour.delay = 0.1  # time enough for the worker to notice, on any machine
            return rules["dot"](talk) if "dot" in rules else None

        server = serve(delay=0.01, rules=rules | {"dot": on_dot})
        now = timezone.now()
        changes: dict[str, Any] = {"content_kind": "worded", "content_id": 11, "built_at": now, "started_at": now}
        batch = batch_of(provider_of(server, connections=2), 40, **changes)
        send(batch)
        server.behaviour.delay = 0
        assert batch.state == Batch.State.PAUSED
        return server, batch

    return make


def got(server: Server) -> dict[int, int]:
    """Message to content. Nobody got two."""
    names = [name.strip("<>").partition("@")[0].split(".") for name in server.accepted()]
    assert len({message for message, _ in names}) == len(names)
    return {int(message): int(content_id) for message, content_id in names}


def go_on(batch: Batch, send: Any) -> None:
    ledger.resume(batch)
    offer(batch)
    send(batch)


@pytest.mark.parametrize("n", [7, 20])
def test_the_rest_gets_the_new_version(n: int, paused_after: Any, send: Any) -> None:
    server, batch = paused_after(n)
    first = got(server)
    assert ledger.parts(batch) == []
    assert ledger.revise(batch, 22) == 2
    go_on(batch, send)
    assert dict.fromkeys(first, 11) == {m: c for m, c in got(server).items() if c == 11}
    assert tally(batch).words == "40 = 40 + 0 + 0 + 0 + 0"
    assert [(part.version, part.content_id, part.accepted) for part in ledger.parts(batch)] == [
        (1, 11, len(first)),
        (2, 22, 40 - len(first)),
    ]
    second = set(Message.objects.filter(batch=batch, version=2).values_list("id", flat=True))
    assert second == {message for message, content_id in got(server).items() if content_id == 22}
    assert content.load(batch, 1) == Worded(11)
    assert content.load(batch) == Worded(22)


def test_who_waits_for_another_try_gets_the_new_version(paused_after: Any, send: Any) -> None:
    busy = [True]
    server, batch = paused_after(8, rcpt=lambda t: "451 later" if busy[0] and t.recipient.startswith("p1@") else None)
    assert tally(batch).deferred == 1
    ledger.revise(batch, 22)
    busy[0] = False
    ledger.resume(batch)
    Waiting.objects.update(retry_at=timezone.now())
    tick.tick()
    offer(batch)
    send(batch)
    assert tally(batch).words == "40 = 40 + 0 + 0 + 0 + 0"
    assert got(server)[batch.first_id + 1] == 22


def test_who_may_have_the_old_version_never_gets_the_new_one(paused_after: Any, send: Any) -> None:
    """Sent again on request, refused for now, tried a third time: always with the words of the first time."""
    broken = ["p2@example.org"]
    deferred: list[str] = []

    def dot(talk: Any) -> str | None:
        if talk.recipient in broken:
            broken.clear()
            return "drop"
        if talk.recipient in deferred:
            deferred.clear()
            return "451 4.3.0 later"
        return None

    server, batch = paused_after(8, dot=dot)
    uncertain = batch.first_id + 2
    assert Message.objects.get(pk=uncertain).state == MessageState.UNCERTAIN
    first = len(got(server))
    ledger.revise(batch, 22)
    deferred.append("p2@example.org")
    ledger.send_again(batch, by="Ada")
    go_on(batch, send)
    assert Message.objects.get(pk=uncertain).state == MessageState.DEFERRED
    Waiting.objects.update(retry_at=timezone.now())
    tick.tick()
    offer(batch)
    send(batch)
    assert got(server)[uncertain] == 11
    assert tally(batch).words == "40 = 40 + 0 + 0 + 0 + 0"
    assert [part.accepted for part in ledger.parts(batch)] == [first + 1, 39 - first]


def test_what_is_heard_later_counts_for_its_version(paused_after: Any, send: Any) -> None:
    server, batch = paused_after(8, dot=lambda talk: "drop" if talk.recipient == "p2@example.org" else None)
    first = len(got(server))
    ledger.revise(batch, 22)
    go_on(batch, send)
    ledger.settle_uncertain([batch.first_id + 2], as_=MessageState.ACCEPTED, because="It was opened.")
    assert [part.accepted for part in ledger.parts(batch)] == [first + 1, 39 - first]


def test_a_worker_that_dies_later_leaves_the_later_version(paused_after: Any) -> None:
    _, batch = paused_after(3)
    ledger.revise(batch, 22)
    chunk = batch.chunks.filter(is_done=False, window_end=0).last()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_chunk SET owner = gen_random_uuid(), journal = '', lease_until = now() - interval '1 s',"
            " window_end = 2 WHERE id = %s",
            [chunk.pk],
        )
    assert recovery.recover(chunk.pk)
    assert Message.objects.filter(batch=batch, state=MessageState.UNCERTAIN, version=2).count() == 2


def test_nothing_is_changed_while_something_is_on_the_wire(paused_after: Any) -> None:
    _, batch = paused_after(3)
    Chunk.objects.filter(batch=batch, is_done=False).update(owner="00000000-0000-0000-0000-000000000001")
    assert not ledger.is_quiet(batch)
    with pytest.raises(ledger.NotPossible, match="on the wire"):
        ledger.revise(batch, 22)
    Chunk.objects.filter(batch=batch).update(owner=None)
    ledger.resume(batch)
    with pytest.raises(ledger.NotPossible, match="paused"):
        ledger.revise(batch, 22)
    batch.refresh_from_db()
    assert (batch.version, batch.content_id) == (1, 11)


def test_a_changed_batch_can_be_cancelled(paused_after: Any) -> None:
    server, batch = paused_after(3)
    ledger.revise(batch, 22)
    ledger.cancel(batch)
    cancelling.settle(batch.pk)
    accepted = len(got(server))
    assert tally(batch).words == f"40 = {accepted} + 0 + 0 + 0 + {40 - accepted}"
