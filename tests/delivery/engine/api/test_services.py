"""Mail through each service's web interface: what is said of it, and what becomes of whom, by what the service says."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar, Self

import pytest
from django.test import Client
from django.utils import timezone

from accounts.egress import line
from accounts.egress.allowed import Allowed
from accounts.egress.deadline import Deadline
from accounts.egress.fetching import Answer
from accounts.models import User
from contacts.models import Suppression
from delivery import content, verp
from delivery.content import Parts, Recipient
from delivery.feedback import recognising
from delivery.ledger import tally
from delivery.models import Attempt, Batch, Breaker, Message, MessageState, Provider
from delivery.replies import classify
from delivery.transports.api import channel
from delivery.transports.api.aws_signing import Signer, headers
from delivery.transports.api.forms import Account, Mail, NotTaken, Taken
from delivery.transports.api.transport import service_of
from tests.delivery.engine.api.web import KEY, WORDS, Web
from tests.delivery.engine.conftest import offer

LISTED = {
    "List-Unsubscribe": "<https://news.example/u/abc>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "<list-1.nordlicht.example>",
    "Feedback-ID": "c1:b1:campaign:ab12",
    "Precedence": "bulk",
}
WHOLE = {"amazon_ses", "mailgun", "sparkpost", "postal"}
REPEATS = {"brevo", "resend"}
PEOPLE = ["ok1", "bad1", "ok2", "later1", "ok3", "broken1", "ok4", "cut1", "ok5", "silent1", "ok6"]
ACCEPTED, DEFERRED, REFUSED, UNCERTAIN = "accepted", "deferred", "refused", "uncertain"


class Written:
    """Content with the headers of a campaign."""

    def envelope_from(self, recipient: Recipient) -> str:
        return verp.address(recipient.message_id, "bounces.nordlicht.example")

    def build(self, recipient: Recipient) -> bytes:
        headers = "".join(f"{name}: {value}\r\n" for name, value in self._headers(recipient))
        return f"{headers}Subject: Hello\r\nMIME-Version: 1.0\r\n\r\n<p>Hello =C3=BC</p>\r\n".encode("ascii")

    def parts(self, recipient: Recipient) -> Parts:
        return Parts(self._headers(recipient), "Hello", "<p>Hello ü</p>", "Hello ü")

    def _headers(self, recipient: Recipient) -> list[tuple[str, str]]:
        own = [
            ("From", "Müller, Nord <news@nordlicht.example>"),
            ("To", recipient.email),
            ("Message-ID", "<1@n.example>"),
        ]
        return [(name, value.replace("ü", "u")) for name, value in own] + list(LISTED.items())


class Impatient(Deadline):
    """The time of the newest is over when the test says so, not when a busy machine is late with an answer."""

    newest: ClassVar["Impatient"]

    def __enter__(self) -> Self:
        Impatient.newest = self
        return super().__enter__()

    @classmethod
    def run_out(cls) -> None:
        cls.newest._ends_at = time.monotonic()
        cls.newest._cut()


@pytest.fixture(params=sorted(WORDS))
def web(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    monkeypatch.setattr(line, "Deadline", Impatient)
    monkeypatch.setattr(channel, "_PAUSE_SECONDS", 0.0)
    content.register("written", lambda batch: Written())
    made = Web(request.param)
    made.is_silent = Impatient.run_out
    yield made
    made.close()


def through(web: Any) -> Provider:
    options = {"region": "eu-central-1", "domain": "mg.nordlicht.example", "stream": "news"}
    made = Provider(
        name="Service", kind="api", service=web.service, host="127.0.0.1", port=web.port, security="none",
        username="user", options=options, connections=1,
    )  # fmt: skip
    made.password = KEY
    made.save()
    return made


def test_each_mail_has_the_outcome_that_the_answer_to_its_request_means(
    web: Any, batch_of: Callable[..., Batch], send: Callable[..., None]
) -> None:
    provider = through(web)
    web.recovers = web.service in REPEATS
    web.words = web.words | {"later": replace(web.words["later"], headers={})}  # without a time: about this mail
    batch = batch_of(provider, [f"{name}@example.org" for name in PEOPLE], content_kind="written")
    until = time.monotonic() + 60
    while Message.objects.filter(state=MessageState.PENDING).exists():
        assert time.monotonic() < until
        offer(batch)  # a turn may end before all are tried: with its connection, its time, or a breaker for a while
        send(batch)
        Breaker.objects.update(next_try_at=timezone.now())
    became = {
        m.email.partition("@")[0].rstrip("1234567"): MessageState(m.state).name.lower() for m in Message.objects.all()
    }
    lost = ACCEPTED if web.service in REPEATS else UNCERTAIN
    assert became == {
        "ok": ACCEPTED, "bad": REFUSED, "later": DEFERRED, "broken": DEFERRED, "cut": lost, "silent": lost,
    }  # fmt: skip
    assert tally(batch).unaccounted == 0
    assert not Breaker.objects.exclude(state="closed").exists()
    assert not Suppression.objects.filter(email__startswith="ok").exists()
    again = Attempt.objects.get(category="throttle")
    assert again.next_attempt_at is not None
    receipts = set(Attempt.objects.filter(decision="accepted").values_list("text", flat=True))
    assert receipts <= {"receipt-1", "456", "77", "<receipt-1@mg.nordlicht.example>"}
    assert len(receipts) == 1

    asked = [got.recipient for got in web.got]
    once = [name for name in asked if not (web.service in REPEATS and name.startswith(("cut", "silent")))]
    assert len(once) == len(set(once)), "a request without an answer is not made again"
    good = next(got for got in web.got if got.recipient.startswith("ok"))
    number = Message.objects.get(email=good.recipient).pk
    assert good.key == KEY
    assert good.subject == "Hello"
    assert {name: good.headers.get(name) for name in LISTED} == LISTED
    named = recognising.by_message_ids([good.mark]) | recognising.by_addresses([good.sender])
    assert named == {number} or web.service in ("mailgun", "postal"), "its events name the mail"
    if web.service in WHOLE:
        assert good.raw.rstrip() == Written().build(Recipient(number, None, good.recipient, {}, False, False)).rstrip()
    if web.service in REPEATS:
        keys = [got.repeat_key for got in web.got if got.recipient.startswith("silent")]
        assert len(keys) == 2
        assert len(set(keys)) == 1
    else:
        assert web.connections == 4, "a connection is kept until it breaks: after 500, cut and silence"


def in_a_date(seconds: float) -> str:
    return format_datetime(timezone.now() + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        (lambda: "30", 30),
        (lambda: in_a_date(1800), 1800),
        (lambda: "999999999999", 86_400),
        (lambda: in_a_date(400 * 86_400), 86_400),
    ],
    ids=["seconds", "date", "absurd seconds", "absurd date"],
)
def test_nothing_is_sent_before_the_time_that_a_service_names(
    settings: Any,
    batch_of: Callable[..., Batch],
    send: Callable[..., None],
    owner: User,
    client: Client,
    stated: Callable[[], str],
    seconds: float,
) -> None:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    content.register("written", lambda batch: Written())
    with closing(Web("sendgrid")) as web:
        provider = through(web)
        web.refuses = replace(web.words["later"], headers={"Retry-After": stated()})
        batch = batch_of(provider, [f"ok{number}@example.org" for number in range(1, 6)], content_kind="written")
        before = timezone.now()
        send(batch)
        assert len(web.got) == 1, "the others are not even tried"
        assert tally(batch).words == "5 = 0 + 5 + 0 + 0 + 0"
        web.refuses = None
        offer(batch)
        send(batch)
        assert len(web.got) == 1, "nor when they are offered again"
        breaker = Breaker.objects.get()
        assert breaker.next_try_at
        assert seconds - 2 <= (breaker.next_try_at - before).total_seconds() <= seconds * 1.1 + 60

        client.force_login(owner)
        page = client.get(f"/providers/{provider.pk}/").content.decode()
        assert "Nothing leaves through it" in page
        shown = re.search(r'Next try <time datetime="([^"]+)"', page)
        assert shown
        assert datetime.fromisoformat(shown[1]) == breaker.next_try_at
        assert "asks us to slow down" in page

        Breaker.objects.update(next_try_at=timezone.now())
        for _ in range(2):  # one mail to try it, then the rest
            offer(batch)
            send(batch)
        assert tally(batch).words == "5 = 5 + 0 + 0 + 0 + 0"
        assert len(web.got) == 6


@pytest.mark.parametrize(
    "stated",
    ["", "-5", "soon", "1e9", "Mon, 99 Foo 2026 99:99:99 GMT", pytest.param(in_a_date(-3600), id="an hour ago")],
)
def test_what_is_no_time_to_wait_holds_nobody_else(
    settings: Any, batch_of: Callable[..., Batch], send: Callable[..., None], stated: str
) -> None:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    content.register("written", lambda batch: Written())
    with closing(Web("sendgrid")) as web:
        web.words = web.words | {"later": replace(web.words["later"], headers={"Retry-After": stated})}
        batch = batch_of(through(web), ["later1@example.org", "ok1@example.org"], content_kind="written")
        send(batch)
        assert tally(batch).words == "2 = 1 + 1 + 0 + 0 + 0"
        assert not Breaker.objects.exclude(state="closed").exists()


def test_what_concerns_everybody_stops_the_campaign_or_the_provider_and_loses_nobody(
    settings: Any, batch_of: Callable[..., Batch], send: Callable[..., None]
) -> None:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    content.register("written", lambda batch: Written())
    with closing(Web("sendgrid")) as web:
        provider = through(web)
        web.refuses = web.words["sender"]
        batch = batch_of(provider, ["ok1@a.example", "ok2@a.example"], content_kind="written")
        send(batch)
        assert batch.state == Batch.State.PAUSED
        assert "sender address" in batch.state_reason
        assert tally(batch).waiting == 2
        web.refuses = web.words["login"]
        batch = batch_of(provider, ["ok1@b.example", "ok2@b.example"], content_kind="written")
        send(batch, turns=2)
        breaker = Breaker.objects.get()
        assert (breaker.state, breaker.cause) == ("open", "login")
        assert KEY not in breaker.words + breaker.detail
        assert len(web.got) == 2, "nobody else is tried"
        assert tally(batch).words == "2 = 0 + 2 + 0 + 0 + 0"


@pytest.mark.parametrize("service", sorted(WORDS))
def test_a_services_words_mean_the_same_with_all_of_them(service: str) -> None:
    asked = service_of(Account(service, "https://api.example/", "user", KEY, (("region", "eu-central-1"),)))
    mail = Mail(
        "ok@example.org", "b@n.example", "m", lambda: b"From: a@b.example\r\n\r\nHi\r\n", lambda: Written().parts(ANY)
    )
    meant = {"bad": None, "later": "throttle", "broken": "unknown", **FOR_ALL}
    for case, words in WORDS[service].items():
        body = words.body.replace("RECIPIENT", mail.recipient)
        kind = "application/json" if body.startswith("{") else "text/html"
        answer = Answer("", words.status, {"content-type": kind} | lower(words.headers), body.encode())
        said = asked.read(asked.write(mail), answer)
        if case == "get":
            continue
        if case == "ok":
            assert isinstance(said, Taken)
            continue
        assert isinstance(said, NotTaken), case
        verdict = classify(said.stage, said.said.code, said.said.enhanced, said.said.text)
        assert verdict.category == meant[case] or meant[case] is None, (case, said)
        assert verdict.is_permanent == (case in ("bad", "large")), case
        assert verdict.pauses_provider == (case in ("login", "quota")), case
        assert verdict.pauses_batch == (case in ("large", "sender")), case
        assert not verdict.suppresses or case == "bad"


FOR_ALL = {
    "login": "provider_auth", "quota": "provider_quota", "large": "message_too_large", "sender": "sender_not_verified",
}  # fmt: skip
ANY = Recipient(1, None, "ok@example.org", {}, opens=False, clicks=False)


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_a_request_to_amazon_is_signed_as_it_documents() -> None:
    """The case post-vanilla of its own test suite."""
    signer = Signer("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    signed = headers("https://example.amazonaws.com/", {}, b"", signer, datetime(2015, 8, 30, 12, 36, tzinfo=UTC))
    assert signed["Authorization"].endswith(
        "SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    )
