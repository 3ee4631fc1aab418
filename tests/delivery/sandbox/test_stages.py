"""Rules of simulation as a sender meets them, stage by stage, over a real socket; the clock is the test's."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import pytest
from django.utils import timezone

from delivery.models import SandboxMail, SandboxMailbox, SandboxRule
from delivery.sandbox import session
from delivery.sandbox.mailboxes import logins
from delivery.sandbox.session import Hub, Session
from delivery.sandbox.simulating import keeping
from delivery.sandbox.simulating.forms import FIELDS, SandboxRuleForm
from delivery.sandbox.store import Store

STAGES = ("connect", "hello", "sender", "recipient", "data", "dot")
_SAID = (
    "",
    "EHLO x",
    "MAIL FROM:<b@nordlicht.example>",
    "RCPT TO:<ana@example.org>",
    "DATA",
    "Subject: Hi\r\n\r\nHi\r\n.",
)


@dataclass
class Sandbox:
    hub: Hub
    port: int
    now: datetime

    def play(self, *rules: SandboxRule) -> None:
        """These alone, as the server reads them from the database."""
        SandboxRule.objects.all().delete()
        SandboxRule.objects.bulk_create(rules)
        self.hub.play.rules = keeping.in_effect()

    def talk(self) -> list[tuple[str, float]]:
        """One mail, line by line: each reply and its seconds since the one before, until one refuses or all is cut."""
        heard: list[tuple[str, float]] = []
        before = monotonic()
        address = ("127.0.0.1", self.port)
        with suppress(OSError), socket.create_connection(address, 60) as line, line.makefile("rb") as answers:
            for said in _SAID:
                line.sendall(f"{said}\r\n".encode() if said else b"")
                reply = answers.readline()
                while reply[3:4] == b"-":
                    reply = answers.readline()
                if reply:
                    heard.append((reply.decode().strip(), monotonic() - before))
                    before = monotonic()
                if reply[:1] not in (b"2", b"3"):
                    break
        return heard

    def send(self, to: str) -> str:
        """What its recipient is answered."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as smtp:
            smtp.ehlo()
            smtp.mail("b@nordlicht.example")
            return smtp.rcpt(to)[1].decode()


@pytest.fixture
def sandbox(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    made: list[Sandbox] = []

    async def serve() -> None:
        hub = Hub(Store())
        server = await loop.create_server(lambda: Session(hub), "127.0.0.1", 0)
        made.append(Sandbox(hub, server.sockets[0].getsockname()[1], timezone.now()))
        running = loop.create_task(hub.store.run())
        ready.set()
        await stop.wait()
        server.close()
        hub.store.stop()
        hub.reporter.stop()
        hub.audience.stop()
        await running

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    monkeypatch.setattr(session, "_now", lambda: made[0].now)
    yield made[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(60)
    loop.close()


def test_each_answer_can_come_late_by_a_fixed_time_or_within_a_range(sandbox: Sandbox) -> None:
    """Takes two seconds, which are the delays."""
    shortest = dict(zip(STAGES, (150, 250, 350, 200, 400, 300), strict=True))
    sandbox.play(
        *(
            SandboxRule(effect="delay", stage=stage, from_ms=ms, to_ms=ms + 200 if stage == "dot" else 0)
            for stage, ms in shortest.items()
        )
    )
    heard = sandbox.talk()
    assert [reply[:3] for reply, _ in heard] == ["220", "250", "250", "250", "354", "250"]
    late = {stage: seconds * 1000 for stage, (_, seconds) in zip(STAGES, heard, strict=True)}
    assert {stage: ms for stage, ms in late.items() if ms < shortest[stage] - 5} == {}


@pytest.mark.parametrize("code", ["451 4.3.2", "554 5.7.1"])
@pytest.mark.parametrize("stage", STAGES)
def test_each_answer_can_be_a_refusal_in_chosen_words(sandbox: Sandbox, stage: str, code: str) -> None:
    sandbox.play(SandboxRule(effect="refuse", stage=stage, reply=f"{code} Our own words"))
    heard = [reply for reply, _ in sandbox.talk()]
    assert heard[-1] == f"{code} Our own words"
    assert len(heard) == STAGES.index(stage) + 1
    assert not SandboxMail.objects.exists()


@pytest.mark.parametrize(
    ("stage", "heard", "kept"),
    [("connect", 0, 0), ("hello", 1, 0), ("sender", 2, 0), ("before_dot", 5, 0), ("dot", 5, 1)],
)
def test_the_connection_breaks_where_the_rule_says_and_what_was_complete_is_kept(
    sandbox: Sandbox, stage: str, heard: int, kept: int
) -> None:
    sandbox.play(SandboxRule(effect="drop", stage=stage))
    assert len(sandbox.talk()) == heard
    assert SandboxMail.objects.count() == kept


def test_a_refused_mail_leaves_the_conversation_open_for_the_next(sandbox: Sandbox) -> None:
    sandbox.play(SandboxRule(effect="refuse", stage="data", reply="451 4.3.2 Later", pattern="later@*"))
    with smtplib.SMTP("127.0.0.1", sandbox.port, timeout=60) as smtp:
        with pytest.raises(smtplib.SMTPDataError, match="Later"):
            smtp.sendmail("b@nordlicht.example", ["later@example.org"], b"Subject: 1\r\n\r\n")
        smtp.sendmail("b@nordlicht.example", ["ana@example.org"], b"Subject: 2\r\n\r\n")
    assert SandboxMail.objects.get().subject == "2"


def test_greylisting_lets_an_address_in_after_its_minutes(sandbox: Sandbox) -> None:
    sandbox.play(SandboxRule(effect="greylist", stage="recipient", minutes=5, reply="451 4.7.1 Come back"))
    assert sandbox.send("ana@example.org") == "4.7.1 Come back"
    sandbox.now += timedelta(minutes=4)
    assert sandbox.send("ana@example.org") == "4.7.1 Come back"
    assert sandbox.send("ben@example.org") == "4.7.1 Come back"
    sandbox.now += timedelta(minutes=1)
    assert sandbox.send("ana@example.org").startswith("2.1.5")
    assert sandbox.send("ben@example.org") == "4.7.1 Come back"


def test_throttling_takes_so_many_a_minute_and_leaves_others_alone(sandbox: Sandbox) -> None:
    sandbox.play(
        SandboxRule(
            effect="throttle", stage="recipient", per_minute=2, pattern="*@busy.example", reply="452 4.2.1 Slow"
        )
    )
    asked = [sandbox.send(f"{name}@busy.example")[:5] for name in ("ana", "ben", "cem")]
    assert asked == ["2.1.5", "2.1.5", "4.2.1"]
    assert sandbox.send("ana@example.org").startswith("2.1.5")
    sandbox.now += timedelta(minutes=1)
    assert sandbox.send("cem@busy.example").startswith("2.1.5")


def test_an_outage_lasts_from_its_beginning_to_its_end_and_cuts_off_who_is_there(sandbox: Sandbox) -> None:
    begins = sandbox.now + timedelta(hours=1)
    sandbox.play(
        SandboxRule(
            effect="outage",
            stage="connect",
            reply="421 4.3.2 Away",
            starts_at=begins,
            ends_at=begins + timedelta(minutes=10),
        )
    )
    assert len(sandbox.talk()) == len(STAGES)
    with smtplib.SMTP("127.0.0.1", sandbox.port, timeout=60) as smtp:
        smtp.ehlo()
        sandbox.now = begins
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtp.mail("b@nordlicht.example")
    assert [reply for reply, _ in sandbox.talk()] == ["421 4.3.2 Away"]
    sandbox.now = begins + timedelta(minutes=10)
    assert len(sandbox.talk()) == len(STAGES)


def test_a_rule_of_one_mailbox_meets_its_logins_alone(sandbox: Sandbox) -> None:
    mailbox = SandboxMailbox.objects.create(name="QA")
    issued = logins.issue(mailbox, "")
    sandbox.hub.logins = logins.known()
    sandbox.play(SandboxRule(effect="refuse", stage="sender", reply="550 5.7.1 Not you", mailbox=mailbox))
    assert len(sandbox.talk()) == len(STAGES)
    with smtplib.SMTP("127.0.0.1", sandbox.port, timeout=60) as smtp:
        smtp.login(issued.login.username, issued.password)
        assert smtp.mail("b@nordlicht.example")[0] == 550


@pytest.mark.django_db
def test_the_form_offers_each_stage_and_says_what_cannot_be() -> None:
    mailbox = SandboxMailbox.objects.create(name="QA")
    form = SandboxRuleForm(effect="delay")
    assert [key for key, _ in form.fields["stage"].choices] == list(STAGES)  # type: ignore[attr-defined]
    given = {"percent": "100", "stage": "hello", "from_ms": "0", "to_ms": "0"}
    assert "how long" in str(SandboxRuleForm(given, effect="delay").errors["from_ms"])
    assert SandboxRuleForm(given | {"from_ms": "500"}, effect="delay").is_valid()
    assert "shorter" in str(SandboxRuleForm(given | {"from_ms": "500", "to_ms": "400"}, effect="delay").errors["to_ms"])
    for early in ("connect", "hello"):
        wrong = SandboxRuleForm(
            given | {"stage": early, "from_ms": "5", "mailbox": mailbox.pk, "pattern": "*@x.example"}, effect="delay"
        )
        assert "No recipient is known" in str(wrong.errors["stage"])
        assert "Nobody has logged in" in str(wrong.errors["stage"])
    assert set(FIELDS) == set(SandboxRule.Effect.values)
