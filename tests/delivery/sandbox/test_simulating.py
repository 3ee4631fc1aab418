"""Rules of simulation: what they decide, and what a real SMTP conversation meets."""

import re
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from delivery import verp
from delivery.feedback import settling
from delivery.models import Batch, FeedbackEvent, Message, MessageState, Returned, SandboxMail, SandboxRule
from delivery.sandbox.simulating import playing
from delivery.sandbox.simulating.playing import Effect, Play, Rule, Stage
from tests.delivery.sandbox.conftest import Server
from tests.delivery.sandbox.test_server import Line, send, wait_for

ClientFor = Callable[[User], Client]
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OWN = 0


def dice(*numbers: float) -> Callable[[], float]:
    thrown: Iterator[float] = iter(numbers)
    return lambda: next(thrown)


@pytest.mark.parametrize(
    ("written", "fits", "not_"),
    [
        ("*@gmail.example", "ana@gmail.example", "ana@gmail.example.org"),
        ("ana*", "ana+x@a.example", "bana@a.example"),
        ("a*b*c@x.example", "aXbXbXc@x.example", "ac@x.example"),
        ("ana@x.example", "ANA@x.example", "ana@y.example"),
    ],
)
def test_a_pattern_fits_as_people_read_it(written: str, fits: str, not_: str) -> None:
    found = playing.pattern(written)
    assert found is not None
    assert found.fullmatch(fits.lower())
    assert not found.fullmatch(not_)


def test_no_pattern_is_slow() -> None:
    found = playing.pattern("*a" * 99 + "b")
    assert found is not None
    began = time.process_time()
    assert not found.fullmatch("a" * 320)
    assert time.process_time() - began < 0.2


def test_shares_patterns_mailboxes_and_times_decide_whom_a_rule_meets() -> None:
    rules = [
        Rule(1, Effect.REFUSE, stage=Stage.RECIPIENT, percent=10, reply="550 5.1.1 No"),
        Rule(2, Effect.DELAY, from_seconds=1, to_seconds=3, pattern=playing.pattern("*@slow.example")),
        Rule(3, Effect.BOUNCE, reply="552 5.2.2 Full", mailbox_id=7),
        Rule(4, Effect.DROP, starts_at=NOW, ends_at=NOW + timedelta(hours=1)),
    ]
    early = NOW - timedelta(minutes=1)
    assert Play(dice(0.09), rules).receive(OWN, "a@b.example", early).recipient_reply == "550 5.1.1 No"
    assert Play(dice(0.1), rules).receive(OWN, "a@b.example", early).recipient_reply == ""
    assert Play(dice(0.9, 0.5), rules).receive(OWN, "a@slow.example", early).delay_seconds == 2
    assert Play(dice(0.9, 0), rules).receive(7, "a@b.example", early).bounces == "552 5.2.2 Full"
    assert Play(dice(0.9), rules).receive(OWN, "a@b.example", NOW).drops


def test_greylisting_lets_an_address_through_after_its_minutes_and_throttling_counts_by_the_minute() -> None:
    play = Play(dice(), [Rule(1, Effect.GREYLIST, minutes=5), Rule(2, Effect.THROTTLE, per_minute=2)])
    met = [
        play.receive(OWN, "a@b.example", NOW + timedelta(seconds=s)).recipient_reply for s in (0, 299, 300, 301, 361)
    ]
    assert ["greylisted" in met[0].lower(), "greylisted" in met[1].lower()] == [True, True]
    assert (met[2], met[4]) == ("", "")
    assert "slow down" in met[3]  # the third within its minute


def in_effect(server: Server, sign: str, *rules: SandboxRule) -> None:
    """Waits until the server has read them: one more rule refuses a certain address."""
    SandboxRule.objects.bulk_create(rules)
    SandboxRule.objects.create(effect="refuse", stage="recipient", pattern=sign, reply="550 5.9.9 Read")

    def is_read() -> bool:
        with suppress(smtplib.SMTPRecipientsRefused):
            send(server.port, sign)
            return False
        return True

    wait_for(is_read)


def test_a_conversation_meets_delays_refusals_and_broken_connections_where_the_rules_say(server: Server) -> None:
    given = {"percent": Decimal(100)}
    in_effect(
        server,
        "read1@x.example",
        SandboxRule(effect="delay", stage="recipient", pattern="slow@*", from_ms=300, to_ms=300, **given),
        SandboxRule(effect="refuse", stage="dot", pattern="*@spam.example", reply="554 5.7.1 Our own words", **given),
        SandboxRule(effect="drop", stage="before_dot", pattern="cut@*", **given),
        SandboxRule(effect="drop", stage="dot", pattern="kept@*", **given),
    )
    before = SandboxMail.objects.count()
    began = time.monotonic()
    with Line(server.port) as line:  # replies keep their order, also pipelined
        line.say("EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<slow@x.example>", "RCPT TO:<fast@x.example>", "RSET", "NOOP")
        assert [line.reply()[:3] for _ in range(6)] == ["250"] * 6
    assert time.monotonic() - began > 0.3
    with pytest.raises(smtplib.SMTPDataError, match=r"5\.7\.1 Our own words"):
        send(server.port, "ana@spam.example")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server.port, "cut@x.example")
    assert SandboxMail.objects.count() == before
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(server.port, "kept@x.example")
    assert SandboxMail.objects.count() == before + 1


def test_an_outage_turns_connections_away_until_it_ends_and_later_bounces_come_back(server: Server) -> None:
    batch = Batch.objects.create(rehearsal=True, content_kind="edition", content_id=1, state="done", accepted=1)
    Message.objects.create(id=4712, batch=batch, email="ana@late.example", state=MessageState.ACCEPTED)
    late = SandboxRule(effect="bounce", pattern="*@late.example", reply="550 5.1.1 Gone", from_ms=200, to_ms=200)
    in_effect(server, "read2@x.example", late)
    send(server.port, "ana@late.example", sender=verp.address(4712, "nordlicht.example"))
    wait_for(lambda: Returned.objects.exists())
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert "5.1.1 Gone" in FeedbackEvent.objects.get(message_id=4712, kind="bounce").diagnostic
    outage = SandboxRule.objects.create(effect="outage", stage="connect", reply="421 4.3.2 Away")

    def is_away() -> bool:
        try:
            send(server.port)
        except (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected):
            return True
        return False

    wait_for(is_away)
    outage.delete()
    wait_for(lambda: not is_away())


@pytest.mark.django_db
def test_an_admin_writes_rules_in_plain_words_and_presets_add_several(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    form = {"pattern": "*@gmail.example", "percent": "2.5", "stage": "recipient", "reply": "452 4.2.2 Full, later"}
    client.post("/sandbox/answers/new/?effect=refuse", form)
    page = client.get("/sandbox/answers/").content.decode()
    assert "2.5 of 100 mails to *@gmail.example are told to come back after the recipient: “452 4.2.2 Full" in page
    assert "misbehaves on purpose" in client.get("/sandbox/").content.decode()
    wrong = client.post("/sandbox/answers/new/?effect=refuse", form | {"reply": "nonsense", "stage": "connect"})
    assert wrong.status_code == 422
    assert "Write it like" in wrong.content.decode()
    assert "No recipient is known then" in wrong.content.decode()
    rule = SandboxRule.objects.get()
    client.post(f"/sandbox/answers/{rule.pk}/switch/", {"on": "0"})
    assert "misbehaves on purpose" not in client.get("/sandbox/").content.decode()
    client.post("/sandbox/answers/preset/", {"preset": "old-list"})
    assert SandboxRule.objects.count() == 5
    client.post(f"/sandbox/answers/{rule.pk}/remove/")
    assert not SandboxRule.objects.filter(pk=rule.pk).exists()
    assert AuditEntry.objects.filter(action="sandbox.rule_removed").exists()
    assert re.search(r"8 of 100 mails are refused", client.get("/sandbox/answers/").content.decode())
