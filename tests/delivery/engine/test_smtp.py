"""The engine against servers that behave in every way real ones do."""

import asyncio
import socket
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from contacts.models import Contact, Suppression
from delivery.ledger import tally
from delivery.models import Attempt, Breaker, Message, MessageState, Provider, Waiting
from delivery.transports import size_limits
from delivery.transports.smtp import opening
from tests.delivery.engine.certificates import Authority
from tests.delivery.engine.server import DROP, SILENT
from tests.lateness import Lateness


def only(local: str, words: str) -> Any:
    return lambda talk: words if talk.recipient.startswith(f"{local}@") else None


def once(words: str, after: int = 0) -> Any:
    """Say it one time, to the first who comes after so many."""
    seen = []

    def rule(talk: Any) -> str | None:
        seen.append(talk)
        return words if len(seen) == after + 1 else None

    return rule


CHAINED = ["PIPELINING", "SIZE 10485760"]
BOTH_WAYS = pytest.mark.parametrize("features", [CHAINED, ["SIZE 10485760"], []], ids=["chained", "steps", "bare"])


@BOTH_WAYS
def test_server_that_takes_everything(features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(features=features)
    batch = batch_of(provider_of(server), 300)
    send(batch)
    assert len(server.accepted()) == 300
    assert not server.twice()
    assert tally(batch).words == "300 = 300 + 0 + 0 + 0 + 0"


def test_a_redis_that_is_silent_holds_up_no_other_mail(settings: Any) -> None:
    """What a new server says of its SIZE is noted there."""

    async def note() -> None:
        noting = asyncio.ensure_future(size_limits.note("mail.example", silent.getsockname()[1], {"SIZE": "1000"}))
        await asyncio.sleep(0)
        assert not noting.done(), "whatever else was to be done had to wait for it"
        await noting
        silent.close()  # and with it the connection that still waits

    with socket.create_server(("127.0.0.1", 0)) as silent:
        location = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
        asyncio.run(note())


def test_what_redis_was_away_for_is_noted_at_the_next_ehlo(settings: Any) -> None:
    relay = Provider(name="Relay", host=f"{uuid4().hex}.example", port=25)
    usual = settings.CACHES
    at_once = {"LOCATION": "redis://127.0.0.1:1/0", "OPTIONS": {"retry": Retry(NoBackoff(), 0)}}
    settings.CACHES = {"default": {**usual["default"], **at_once}}
    asyncio.run(size_limits.note(relay.host, relay.port, {"SIZE": "1000"}))
    settings.CACHES = usual
    asyncio.run(size_limits.note(relay.host, relay.port, {"SIZE": "1000"}))
    assert size_limits.of(relay) == 1000


def test_server_that_knows_only_helo(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(rules={"ehlo": lambda _: "502 5.5.1 not implemented"})
    batch = batch_of(provider_of(server), 20)
    send(batch)
    assert tally(batch).accepted == 20


@BOTH_WAYS
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_temporary_refusal_waits_for_another_try(
    stage: str, features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    rule = once("451 4.3.0 local error", 3) if stage == "mail" else only("p3", "451 4.3.0 local error")
    server = serve(features=features, rules={stage: rule})
    batch = batch_of(provider_of(server, connections=1), 20)
    send(batch)
    assert tally(batch).words == "20 = 19 + 1 + 0 + 0 + 0"
    waiting = Waiting.objects.get()
    assert waiting.state == MessageState.DEFERRED
    assert waiting.retry_at
    assert 200 < (waiting.retry_at - waiting.first_failed_at).total_seconds() < 400
    attempt = Attempt.objects.get()
    expected = "body" if stage == "dot" else stage
    assert (attempt.stage, attempt.code, attempt.enhanced, attempt.decision) == (expected, 451, "4.3.0", "retry")
    assert not Suppression.objects.exists()


@BOTH_WAYS
def test_mailbox_that_does_not_exist_is_suppressed(
    features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(features=features, rules={"rcpt": only("p3", "550 5.1.1 <p3@example.org>: user unknown")})
    batch = batch_of(provider_of(server), 20)
    send(batch)
    assert tally(batch).words == "20 = 19 + 0 + 1 + 0 + 0"
    suppressed = Suppression.objects.get()
    assert (suppressed.email, suppressed.reason) == ("p3@example.org", "hard_bounce")
    assert "user unknown" in suppressed.detail


def test_rehearsal_suppresses_sample_contacts_alone(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(rules={"rcpt": lambda _: "550 5.1.1 user unknown"})
    batch = batch_of(provider_of(server, kind="sandbox"), 3)
    Contact.objects.filter(email="p1@example.org").update(is_sample=True)
    send(batch)
    assert tally(batch).refused == 3
    assert list(Suppression.objects.values_list("email", flat=True)) == ["p1@example.org"]


def test_refusal_of_the_content_suppresses_nobody(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(rules={"dot": only("p3", "554 5.7.1 message looks like spam")})
    batch = batch_of(provider_of(server), 20)
    send(batch)
    assert tally(batch).words == "20 = 19 + 0 + 1 + 0 + 0"
    assert not Suppression.objects.exists()


@BOTH_WAYS
def test_server_that_says_354_to_nobody_gets_no_empty_mail(
    features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(features=features, rules={"rcpt": only("p3", "550 5.1.1 no"), "data": lambda _: "354 go"})
    batch = batch_of(provider_of(server, connections=1), 10)
    send(batch)
    assert tally(batch).words == "10 = 9 + 0 + 1 + 0 + 0"
    assert len({name for name in server.accepted() if name != "<none>"}) == 9


@BOTH_WAYS
@pytest.mark.parametrize("stage", ["greeting", "mail", "rcpt", "data", "body"])
def test_connection_lost_before_the_dot_is_made_good(
    stage: str, features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """Small bodies may be on the wire entirely when the connection goes, and are uncertain then."""
    server = serve(features=features, rules={stage: once(DROP, 0 if stage == "greeting" else 5)})
    batch = batch_of(provider_of(server, connections=2), 100)
    send(batch, turns=2)
    line = tally(batch)
    assert line.accepted + line.uncertain == 100
    assert line.uncertain <= (1 if stage == "body" or features == CHAINED else 0)
    assert not server.twice()


def test_connection_lost_in_the_middle_of_a_large_body_is_made_good(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """The dot never left: that is known, and nothing is uncertain."""
    server = serve(features=["PIPELINING"], rules={"body": once(DROP)})
    batch = batch_of(provider_of(server, connections=1), 3, content_id=20_000)
    send(batch)
    assert tally(batch).words == "3 = 3 + 0 + 0 + 0 + 0"


@BOTH_WAYS
def test_connection_lost_after_the_dot_is_uncertain_and_never_sent_again(
    features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(features=features, rules={"dot": only("p3", "taken and gone")})
    batch = batch_of(provider_of(server, connections=2), 50)
    send(batch, turns=2)
    assert tally(batch).words == "50 = 49 + 0 + 0 + 1 + 0"
    assert len(server.accepted()) == 50
    assert not server.twice()
    assert Message.objects.get(state=MessageState.UNCERTAIN).email == "p3@example.org"


def test_silence_after_the_dot_is_uncertain(
    serve: Any, provider_of: Any, batch_of: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "DOT_SECONDS", 2.0)
    server = serve(rules={"dot": only("p3", SILENT)})
    batch = batch_of(provider_of(server, connections=2), 20)
    send(batch, turns=2)
    assert tally(batch).words == "20 = 19 + 0 + 0 + 1 + 0"


@BOTH_WAYS
def test_server_that_closes_after_some_messages_gets_them_all(
    features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    rule = {"mail": lambda talk: "421 4.7.0 enough for one connection" if talk.accepted >= 7 else None}
    server = serve(features=features, rules=rule)
    batch = batch_of(provider_of(server, connections=2), 60)
    send(batch)
    assert tally(batch).words == "60 = 60 + 0 + 0 + 0 + 0"
    assert not server.twice()


def test_connection_carries_as_many_messages_as_allowed(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    batch = batch_of(provider_of(server, connections=2, messages_per_connection=8), 60)
    send(batch)
    assert tally(batch).accepted == 60
    assert max(talk.accepted for talk in server.talks) == 8
    assert server.most_open <= 2
    assert server.said("QUIT") >= 6  # two connections may share the rest


def test_no_more_connections_than_allowed(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(delay=0.002)  # else the first connection may have sent all before the third is seen
    send(batch_of(provider_of(server, connections=3), 500))
    assert server.most_open == 3


@BOTH_WAYS
def test_message_larger_than_the_server_takes_is_not_offered(
    features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(features=[f for f in features if f == "PIPELINING"] + ["SIZE 2000"])
    batch = batch_of(provider_of(server), 3, content_id=4)
    send(batch)
    assert server.said("MAIL") == 0
    assert tally(batch).refused >= 1
    assert batch.state == "paused"
    assert "size" in batch.state_reason


@pytest.mark.parametrize(
    "words", ["250-2.0.0 long\r\n250-and\r\n250 2.0.0 good", "250-taken\r\n250 as 4711"], ids=["three", "two"]
)
@BOTH_WAYS
def test_replies_of_many_lines(
    words: str, features: Any, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(features=features, rules={"dot": lambda _: words, "mail": lambda _: words})
    batch = batch_of(provider_of(server), 50)
    send(batch)
    assert tally(batch).accepted == 50


def test_reply_that_nobody_asked_for_closes_the_connection(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(rules={"dot": lambda talk: "250 ok\r\n250 and once more" if talk.accepted == 2 else None})
    batch = batch_of(provider_of(server, connections=1), 20)
    send(batch)
    line = tally(batch)
    assert not server.twice()
    assert line.unaccounted == 0
    assert len(server.talks) > 1


def test_acceptance_before_the_dot_is_not_believed(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve(features=["PIPELINING"], rules={"data": once("354 go\r\n250 2.0.0 taken already")})
    batch = batch_of(provider_of(server, connections=1), 10)
    send(batch)
    assert tally(batch).words == "10 = 10 + 0 + 0 + 0 + 0"
    assert len(server.accepted()) == 10


def test_refusal_in_the_middle_of_the_body_settles_the_message(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(features=["PIPELINING"], rules={"body": once("552 5.3.4 too much for us")})
    batch = batch_of(provider_of(server, connections=1), 2, content_id=20_000)
    send(batch)
    line = tally(batch)
    assert line.refused == 1
    assert line.uncertain == 0


def test_garbage_closes_the_connection_and_the_turn_says_so(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(rules={"greeting": lambda _: "HTTP/1.1 400 Bad Request"})
    provider = provider_of(server)
    batch = batch_of(provider, 3)
    send(batch)
    provider.refresh_from_db()
    assert tally(batch).words == "3 = 0 + 3 + 0 + 0 + 0"
    assert "cannot be used" in Breaker.objects.get().words
    assert batch.chunks.get().owner is None


def test_server_that_is_down_costs_nothing_but_time(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    provider = provider_of(server, port=9)
    batch = batch_of(provider, 3)
    send(batch)
    provider.refresh_from_db()
    assert provider.state == "active"
    assert Breaker.objects.get().words == "127.0.0.1 cannot be used at the moment: nothing listens on its port."
    Provider.objects.update(port=server.port)
    send(batch)
    assert tally(batch).accepted == 3
    assert Breaker.objects.get().words == ""


def test_address_with_international_local_part_is_skipped(
    serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve()
    batch = batch_of(provider_of(server), ["søren@example.org", "a> b@example.org", "ok@example.org"])
    send(batch)
    assert tally(batch).words == "3 = 1 + 0 + 0 + 0 + 2"
    assert server.said("RCPT") == 1


# Encryption and login


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("methods", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH=LOGIN"])
def test_mail_goes_encrypted_after_a_login(
    security: str, methods: str, authority: Authority, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(
        context=authority.context(), implicit_tls=security == "tls", features=["PIPELINING", methods, "SIZE 1000000"]
    )
    provider = provider_of(server, security=security, username="ada")
    provider.password = "secret"
    provider.save()
    batch = batch_of(provider, 200)
    send(batch)
    assert tally(batch).words == "200 = 200 + 0 + 0 + 0 + 0"
    assert all(talk.secure and talk.logged_in == "ada" for talk in server.talks)


def test_wrong_password_stops_all_mail_through_it_at_once(
    authority: Authority, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    server = serve(context=authority.context(), features=["AUTH PLAIN"])
    provider = provider_of(server, security="starttls", username="ada")
    provider.password = "wrong"
    provider.save()
    batch = batch_of(provider, 20)
    send(batch, turns=3)
    provider.refresh_from_db()
    assert not provider.is_paused, "nobody paused it: it heals by itself"
    assert provider.trouble.state == "open"
    assert "password" in provider.trouble.words
    assert "535" in provider.trouble.detail
    assert "wrong" not in provider.trouble.detail
    assert provider.trouble.next_try_at > timezone.now() + timedelta(minutes=59)
    assert len(server.talks) == 1
    assert tally(batch).words == "20 = 0 + 20 + 0 + 0 + 0"


@pytest.mark.parametrize(
    ("host", "days", "words"),
    [("other.example", 30, "it is for another"), ("127.0.0.1", -1, "it has expired")],
    ids=["name", "date"],
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_certificate_that_is_not_good_gets_no_mail(
    host: str,
    days: int,
    words: str,
    security: str,
    authority: Authority,
    serve: Any,
    provider_of: Any,
    batch_of: Any,
    send: Any,
) -> None:
    server = serve(context=authority.context(host=host, days=days), implicit_tls=security == "tls")
    provider = provider_of(server, security=security)
    send(batch_of(provider, 3))
    provider.refresh_from_db()
    assert words in provider.trouble.words
    assert server.said("MAIL") == 0


def test_server_without_starttls_gets_no_mail(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    provider = provider_of(server, security="starttls")
    send(batch_of(provider, 3))
    provider.refresh_from_db()
    assert "STARTTLS" in provider.trouble.words
    assert server.said("MAIL") == 0


def test_words_injected_before_encryption_are_not_heard(
    authority: Authority, serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    """The features an attacker adds in plain text do not count."""
    server = serve(
        context=authority.context(),
        features=["SIZE 1000000"],
        rules={"starttls": lambda _: "220 go\r\n250-evil.example\r\n250 PIPELINING"},
    )
    batch = batch_of(provider_of(server, security="starttls"), 30)
    send(batch)
    assert tally(batch).accepted == 30
    assert all(talk.secure for talk in server.talks if talk.accepted)


# What people change meanwhile


def test_pause_is_seen_within_a_second(serve: Any, provider_of: Any, batch_of: Any) -> None:
    import threading

    from delivery import ledger
    from delivery.engine import turn

    server = serve(delay=0.01, hold_after=50)
    batch = batch_of(provider_of(server, connections=2), 5000)
    thread = threading.Thread(target=turn.run, args=(batch.provider_id, "marketing"))
    thread.start()
    server.wait_until_held()
    with Lateness() as machine:
        ledger.pause(batch)
        paused_at = time.monotonic()
        server.release()
        thread.join(60)
    assert not thread.is_alive()
    assert server.kept_at[-1] - paused_at < 1 + machine.allowed
    line = tally(batch)
    assert line.accepted == len(server.accepted())
    assert line.accepted + line.waiting == 5000
    assert not batch.chunks.filter(owner__isnull=False).exists()
