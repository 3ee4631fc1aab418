"""More than one provider may carry a batch: who was offered a chunk carries it."""

from threading import Thread
from typing import Any

from delivery.engine import recovery, turn
from delivery.ledger import tally
from delivery.models import Attempt, Message, Provider
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.server import Server
from tests.delivery.engine.test_recovery import wait_for


def second(server: Server, **changes: Any) -> Provider:
    options = {"name": "Second", "host": "127.0.0.1", "port": server.port, "security": "none", "connections": 4}
    return Provider.objects.create(**{**options, **changes})


def test_who_was_offered_a_chunk_carries_it(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    first, other = serve(), serve()
    batch = batch_of(provider_of(first), 20)
    carrier = second(other)
    offer(batch, to=carrier)
    send(batch)
    assert not first.said("MAIL"), "it was not offered to the provider the batch was launched with"
    turn.run(carrier.pk, batch.stream)
    assert len(other.accepted()) == 20
    assert set(Message.objects.values_list("provider_id", flat=True)) == {carrier.pk}
    assert tally(batch).words == "20 = 20 + 0 + 0 + 0 + 0"


def test_paused_carrier_stops_and_another_goes_on_from_there(serve: Any, provider_of: Any, batch_of: Any) -> None:
    first, other = serve(delay=0.03), serve()
    batch = batch_of(provider_of(first, connections=1), 120)
    thread = Thread(target=turn.run, args=(batch.provider_id, batch.stream))
    thread.start()
    wait_for(lambda: first.accepted())
    batch.provider.pause("Enough.")
    thread.join(60)
    assert 0 < len(first.accepted()) < 120
    offer(batch, to=second(other))
    turn.run(Provider.objects.get(name="Second").pk, batch.stream)
    assert len(first.accepted()) + len(other.accepted()) == len({*first.accepted(), *other.accepted()}) == 120
    assert tally(batch).words == "120 = 120 + 0 + 0 + 0 + 0"


def test_neither_a_rehearsal_leaves_the_sandbox_nor_real_mail_goes_there(
    serve: Any, provider_of: Any, batch_of: Any
) -> None:
    real, sandbox = serve(), serve()
    batch = batch_of(provider_of(real), 5)
    rehearsal = batch_of(second(sandbox, kind="sandbox"), ["ada@example.com"], content_id=2)
    offer(batch, to=rehearsal.provider)
    offer(rehearsal, to=batch.provider)
    for provider in (batch.provider, rehearsal.provider):
        turn.run(provider.pk, batch.stream)
    assert not real.accepted()
    assert not sandbox.accepted()
    assert (tally(batch).waiting, tally(rehearsal).waiting) == (5, 1)


def test_what_a_dead_worker_left_is_settled_under_its_provider(serve: Any, provider_of: Any, batch_of: Any) -> None:
    batch = batch_of(provider_of(serve()), 3)
    carrier = second(serve())
    batch.chunks.update(
        owner="5f0c6c5e-0000-4000-8000-000000000001",
        owner_host="elsewhere",
        lease_until="2020-01-01T00:00Z",
        window_end=3,
        offered_to=carrier.pk,
        epoch=1,
    )
    assert recovery.recover(batch.chunks.get().pk)
    assert set(Attempt.objects.values_list("provider_id", flat=True)) == {carrier.pk}
    assert set(Message.objects.values_list("provider_id", flat=True)) == {carrier.pk}
