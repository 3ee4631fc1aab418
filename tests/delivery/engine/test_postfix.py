"""The engine against Postfix, as a relay and as the receiver. It takes some seconds to start."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from contacts.models import Suppression
from delivery.dispatch import tick
from delivery.ledger import tally
from delivery.models import Batch, Message, MessageState, Provider, Waiting
from delivery.transports.smtp import opening
from tests import sink
from tests.delivery.engine.certificates import Authority
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.postfix import DOMAIN, Postfix, is_possible, postfix
from tests.running import ROOT, free_port, until

pytestmark = pytest.mark.skipif(not is_possible(), reason="needs root and Postfix (Debian: apt install postfix)")

KNOWN = [f"p{n}@{DOMAIN}" for n in range(300)]
FULL = [f"full@{DOMAIN}"]
GREY = [f"grey@{DOMAIN}"]


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what Postfix passed on is kept."""
    return tmp_path_factory.mktemp("sink") / "mails"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(mails: Path, authority: Authority) -> Iterator[Postfix]:
    authority.context(host="127.0.0.1", days=30)
    certificate, port = authority.folder / "127.0.0.130.pem", free_port()
    onwards = subprocess.Popen([sys.executable, "-m", "tests.sink", str(port), str(mails)], cwd=ROOT)
    try:
        with postfix(port, known=[*KNOWN, *GREY], full=FULL, certificate=certificate) as started:
            yield started
    finally:
        onwards.kill()
        onwards.wait()


def _through(port: int, **changes: Any) -> Provider:
    options = {"name": "Postfix", "host": "127.0.0.1", "port": port, "security": "none", "connections": 4}
    return Provider.objects.create(**{**options, **changes})


def _passed_on(mails: Path, since: int, count: int) -> Counter[str]:
    until(lambda: mails.exists() and sink.count(mails) >= since + count, 60)
    return Counter(to for to, _ in list(sink.kept(mails))[since:])


def _so_far(mails: Path) -> int:
    return sink.count(mails) if mails.exists() else 0


def test_relay_passes_every_mail_on_exactly_once(server: Postfix, mails: Path, batch_of: Any, send: Any) -> None:
    before = _so_far(mails)
    batch = batch_of(_through(server.port), KNOWN)
    send(batch)
    assert tally(batch).words == "300 = 300 + 0 + 0 + 0 + 0"
    assert _passed_on(mails, before, 300) == Counter(KNOWN)


def test_receiver_with_unknown_users_full_mailboxes_and_greylisting(
    server: Postfix, mails: Path, batch_of: Any, send: Any
) -> None:
    before, unknown = _so_far(mails), [f"nobody{n}@{DOMAIN}" for n in range(3)]
    batch = batch_of(_through(server.port), [*KNOWN[:20], *unknown, *FULL, *GREY])
    send(batch)
    assert tally(batch).words == "25 = 20 + 2 + 3 + 0 + 0"
    assert set(Suppression.objects.values_list("email", flat=True)) == set(unknown)
    said = {email: row for email in [*FULL, *GREY, unknown[0]] for row in [_waiting(batch, email)]}
    assert said[FULL[0]].category == "mailbox_full"
    assert said[unknown[0]].category == "invalid_recipient"
    assert "User unknown" in said[unknown[0]].reply
    assert said[GREY[0]].category == "greylist"

    Waiting.objects.filter(retry_at__isnull=False).update(retry_at=timezone.now())
    tick.tick()
    offer(batch)
    send(batch)
    assert tally(batch).words == "25 = 21 + 1 + 3 + 0 + 0"
    assert _passed_on(mails, before, 21) == Counter([*KNOWN[:20], *GREY])


def test_relay_that_is_not_open_to_us_blames_nobody(server: Postfix, batch_of: Any, send: Any) -> None:
    batch = batch_of(_through(server.port), ["ana@elsewhere.example", "kim@elsewhere.example"])
    send(batch)
    assert not Suppression.objects.exists()
    assert tally(batch).unaccounted == 0
    assert batch.state == Batch.State.PAUSED
    assert "Relay access denied" in batch.state_reason


def test_mail_over_its_size_is_not_even_announced(server: Postfix, batch_of: Any, send: Any) -> None:
    batch = batch_of(_through(server.small_port), KNOWN[:3], content_id=10)
    send(batch)
    assert batch.state == Batch.State.PAUSED
    assert not Message.objects.filter(batch=batch, state=MessageState.ACCEPTED).exists()
    assert "Message size exceeds" not in server.log


def test_server_that_wants_encryption_says_so_and_gets_it(
    server: Postfix,
    mails: Path,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    batch_of: Any,
    send: Any,
) -> None:
    provider = _through(server.secure_port)
    batch = batch_of(provider, KNOWN[:3])
    send(batch)
    assert tally(batch).words == "3 = 0 + 3 + 0 + 0 + 0"
    provider.refresh_from_db()
    assert provider.trouble is not None
    assert "Choose STARTTLS" in provider.trouble.words

    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    opening._context.cache_clear()
    before, secured = _so_far(mails), _through(server.secure_port, name="Secured", security="starttls")
    send(batch_of(secured, KNOWN[3:6]))
    opening._context.cache_clear()
    assert _passed_on(mails, before, 3) == Counter(KNOWN[3:6])


def _waiting(batch: Batch, email: str) -> Waiting:
    message = Message.objects.get(batch=batch, email=email)
    return Waiting.objects.get(message_id=message.pk)
