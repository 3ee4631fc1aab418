"""Mail through each service's web interface: what is said of it, and what becomes of whom, by what the service says."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar, NamedTuple, Self

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
from delivery.replies import Verdict, classify
from delivery.transports.api import arrival, catalogue, channel
from delivery.transports.api.aws_signing import Signer, headers
from delivery.transports.api.forms import Account, Mail, NotTaken, Service, Taken
from delivery.transports.api.transport import service_of
from tests.delivery.engine.api.web import KEY, WORDS, Got, Web, Words
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
TAKES_RETURN_PATH = {"amazon_ses", "sparkpost", "postal"}
BY_TIME = ("seconds", "date")
MESSAGE_ID = "<1@n.example>"
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
            ("Message-ID", MESSAGE_ID),
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
        name=web.service, kind="api", service=web.service, host="127.0.0.1", port=web.port, security="none",
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
        offer(batch)  # a turn may end before all are tried: with its connection, its time, or the pace of a slowed lane
        send(batch)
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
    again = Attempt.objects.filter(decision="retry")
    assert {each.category for each in again} == {"throttle", "unknown"}
    assert all(each.next_attempt_at and each.next_attempt_at > each.at for each in again)
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
    assert_arrives_as_the_page_says(provider, good, number)
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


def assert_arrives_as_the_page_says(provider: Provider, good: Got, number: int) -> None:
    """What the page calls arriving is in the request as we wrote it; of everything else it says what becomes of it."""
    listed = catalogue.services()[provider.service]
    said = {row.part: row for row in arrival.table(provider)}
    written = LISTED | {"Message-ID": MESSAGE_ID}
    in_request = {name: value for name, value in written.items() if name not in listed.replaces}
    assert {name: good.headers.get(name) for name in in_request} == in_request
    on_condition = set(LISTED) - {"Precedence"} if listed.headers else set()
    assert {name for name in written if not said[name].arrives} == (written.keys() & listed.replaces) | on_condition
    assert all(row.words for row in said.values() if not row.arrives)
    returns = verp.address(number, "bounces.nordlicht.example")
    assert good.sender == (returns if provider.service in TAKES_RETURN_PATH else "")
    assert not said["Return path"].arrives


class Books(NamedTuple):
    """What they say of two mails after the first one's answer. `cause`: why the provider is left alone."""

    sum: str
    batch: str
    cause: str = ""


ALL_WAIT, ONE_REFUSED = "2 = 0 + 2 + 0 + 0 + 0", "2 = 0 + 1 + 1 + 0 + 0"
TO_EVERYBODY = {
    "login": Books(ALL_WAIT, "sending", "login"),
    "quota": Books(ALL_WAIT, "sending", "quota"),
    "sender": Books(ALL_WAIT, "paused"),
    "large": Books(ONE_REFUSED, "paused"),
    "seconds": Books(ALL_WAIT, "sending", "throttled"),
    "date": Books(ALL_WAIT, "sending", "throttled"),
    "spent": Books(ALL_WAIT, "sending", "throttled"),
}
# Seconds, with the jitter and a minute for a busy machine.
LEFT_ALONE = {"login": (3600, 4000), "quota": (3600, 90_000), "seconds": (90, 160), "date": (1740, 2040)}


def said_to_everybody(service: str) -> dict[str, Words]:
    words, at = WORDS[service], in_a_date(1800)
    said: dict[str, Words] = {case: words[case] for case in ("login", "quota", "sender", "large") if case in words}
    said |= {case: replace(words["later"], headers={"Retry-After": at if case == "date" else "90"}) for case in BY_TIME}
    if "spent" in words:  # the time stands among the words
        said["spent"] = replace(words["spent"], body=words["spent"].body.replace("UNTIL", at.replace("GMT", "UTC")))
    return said


def test_what_a_service_says_to_everybody_is_obeyed_after_one_mail_with_each_of_them(
    settings: Any, batch_of: Callable[..., Batch], send: Callable[..., None]
) -> None:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    content.register("written", lambda batch: Written())
    found, expected = {}, {}
    for service in WORDS:
        with closing(Web(service)) as web:
            provider = through(web)
            for case, web.refuses in said_to_everybody(service).items():
                Breaker.objects.all().delete()
                web.got.clear()
                people = [f"ok{number}@{case}.{service.replace('_', '-')}.example" for number in (1, 2)]
                batch, before = batch_of(provider, people, content_kind="written"), timezone.now()
                send(batch, turns=2)  # nobody else is tried in the second
                breaker = Breaker.objects.filter(provider=provider).exclude(state="closed").first()
                assert breaker is None or KEY not in breaker.words + breaker.detail
                assert case != "sender" or "sender address" in batch.state_reason
                books = Books(tally(batch).words, batch.state, breaker.cause if breaker else "")
                seconds = (breaker.next_try_at - before).total_seconds() if breaker and breaker.next_try_at else 0
                least, most = LEFT_ALONE.get("date" if case == "spent" else case, (0, 0))
                found[service, case] = books, len(web.got), f"{seconds:.0f}" if not least <= seconds <= most else ""
                expected[service, case] = TO_EVERYBODY[case], 1, ""
    assert found == expected


@pytest.mark.parametrize(("case", "books"), [("cut", "20 = 0 + 17 + 0 + 3 + 0"), ("broken", "20 = 0 + 20 + 0 + 0 + 0")])
def test_a_service_that_answers_nobody_or_fails_for_everybody_is_left_alone_after_three_mails(
    settings: Any, batch_of: Callable[..., Batch], send: Callable[..., None], case: str, books: str
) -> None:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    content.register("written", lambda batch: Written())
    with closing(Web("sendgrid")) as web:
        provider = through(web)
        batch = batch_of(provider, [f"{case}{number}@example.org" for number in range(20)], content_kind="written")
        send(batch)
        offer(batch)
        send(batch)
        assert len(web.got) == 3, "nobody is tried while it is left alone"
    assert tally(batch).words == books
    breaker = Breaker.objects.get(provider=provider)
    assert (breaker.state, breaker.cause) == ("open", "connection")
    assert "breaks off before it has taken a message" in breaker.words


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
        shown = re.search(r'Next try\s+<time datetime="([^"]+)"', page)
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


@pytest.mark.parametrize("service", sorted(WORDS))
@pytest.mark.parametrize("body", ["", "<html><h1>nginx</h1></html>"], ids=["nothing", "a proxy's page"])
def test_a_status_means_the_same_with_all_services_where_nothing_is_said(service: str, body: str) -> None:
    asked, mail = asked_of(service)
    found = {}
    for status in BY_STATUS:
        said = asked.read(asked.write(mail), Answer("", status, {"content-type": "text/html"}, body.encode()))
        found[status] = classified(said).category if isinstance(said, NotTaken) else type(said).__name__
    assert found == BY_STATUS


BY_STATUS = {
    302: "protocol", 400: "unknown", 401: "provider_auth", 402: "provider_quota", 403: "provider_auth",
    404: "protocol", 405: "protocol", 408: "Unknown", 413: "message_too_large", 420: "throttle", 429: "throttle",
    500: "unknown", 502: "Unknown", 503: "unknown", 504: "Unknown", 520: "Unknown",
}  # fmt: skip


@pytest.mark.parametrize("service", sorted(WORDS))
def test_an_address_cannot_speak_for_its_service(service: str) -> None:
    asked, mail = asked_of(service)
    refused, kind = WORDS[service]["bad"], {"content-type": "application/json"}
    found = set()
    talking = ("rate-limit.unauthorized.quota.limit.forbidden.7001", "quota/rate-limit=unauthorized'limit=dmarc/x")
    for address in (mail.recipient, *(f"{local}@disabled.example" for local in talking)):
        body = refused.body if "RECIPIENT" in refused.body else f'{{"message": "{address} is an invalid recipient."}}'
        answer = Answer("", max(refused.status, 400), kind, body.replace("RECIPIENT", address).encode())
        said = asked.read(asked.write(replace(mail, recipient=address)), answer)
        assert isinstance(said, NotTaken)
        verdict = classified(said)
        found.add((verdict.category, verdict.pauses_provider, verdict.pauses_batch, verdict.slows))
    ((_, *anybody_else),) = found
    assert not any(anybody_else)


def asked_of(service: str) -> tuple[Service, Mail]:
    asked = service_of(Account(service, "https://api.example/", "user", KEY, (("region", "eu-central-1"),)))
    raw, parts = b"From: a@b.example\r\n\r\nHi\r\n", Written().parts(ANY)
    return asked, Mail("ok@example.org", "b@n.example", "m", lambda: raw, lambda: parts)


def classified(said: NotTaken) -> Verdict:
    return classify(said.stage, said.said.code, said.said.enhanced, said.said.text)


@pytest.mark.parametrize("service", sorted(WORDS))
def test_a_services_words_mean_the_same_with_all_of_them(service: str) -> None:
    asked, mail = asked_of(service)
    meant = {"bad": None, "later": "throttle", "spent": "throttle", "broken": "unknown", **FOR_ALL}
    for case, words in WORDS[service].items():
        body = words.body.replace("RECIPIENT", mail.recipient)
        kind = "application/json" if body.startswith("{") else "text/html"
        answer = Answer("", words.status, {"content-type": kind} | lower(words.headers), body.encode())
        said = asked.read(asked.write(mail), answer)
        if case in ("get", "knock", "domains"):
            continue
        if case == "ok":
            assert isinstance(said, Taken)
            continue
        assert isinstance(said, NotTaken), case
        verdict = classified(said)
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
