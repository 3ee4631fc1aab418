"""A disk that runs full stops the sending before it breaks anything, and says so."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import User
from accounts.shell import notices
from delivery.dispatch import tick
from delivery.engine import turn
from delivery.ledger import tally
from tests.delivery.engine.conftest import offer

MORE_THAN_THERE_IS_MB = 10**12


@pytest.fixture(autouse=True)
def nothing_told() -> Iterator[None]:
    cache.delete("delivery.guards.disk")
    yield
    cache.delete("delivery.guards.disk")


def notices_about(words: str) -> list[str]:
    return [notice.text for notice in notices.for_user(User()) if words in notice.text]


def test_a_short_disk_starts_no_sending_and_says_so(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, settings: Any
) -> None:
    server = serve()
    batch = batch_of(provider_of(server), 5)
    settings.DISK_RESERVE_MB = MORE_THAN_THERE_IS_MB
    send(batch)
    assert not server.talks
    batch.chunks.update(offered_at=None, offered_until=None)
    tick.tick()
    assert not batch.chunks.exclude(offered_until=None).exists()
    assert notices_about("MB left")
    settings.DISK_RESERVE_MB = 0
    assert notices_about("MB left"), "another host of ours may still be short"
    cache.delete("delivery.guards.disk")
    assert not notices_about("MB left")
    tick.tick()
    send(batch)
    assert tally(batch).words == "5 = 5 + 0 + 0 + 0 + 0"


def test_a_disk_that_gets_short_stops_what_is_under_way(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, settings: Any
) -> None:
    """Some seconds: the disk is looked at every second."""
    server = serve(delay=0.02, hold_after=5)
    batch = batch_of(provider_of(server, connections=2), 400)
    thread = Thread(target=turn.run, args=(batch.provider_id, batch.stream))
    thread.start()
    server.wait_until_held()
    settings.DISK_RESERVE_MB = MORE_THAN_THERE_IS_MB
    server.release()
    thread.join(60)
    sent = len(server.accepted())
    assert 5 <= sent < 400
    assert tally(batch).words == f"400 = {sent} + {400 - sent} + 0 + 0 + 0"
    assert not batch.chunks.filter(owner__isnull=False).exists()
    settings.DISK_RESERVE_MB = 0
    server.behaviour.delay = 0
    offer(batch)
    send(batch)
    assert tally(batch).accepted == 400
    assert not server.twice()
