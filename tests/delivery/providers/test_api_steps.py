"""Each failure an admin may meet with a provider's web interface, met on a real socket."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts.egress import fetching
from accounts.egress.allowed import Allowed
from delivery.connection_tests import State, Step
from delivery.providers.check import api_steps
from delivery.providers.check.api_steps import Target, run
from delivery.transports.api import catalogue
from delivery.transports.api.forms import Account
from delivery.transports.api.transport import service_of
from tests.delivery.engine.api.web import KEY, WORDS, Web, Words
from tests.delivery.providers.talking import Authority, Script, closed_port, talking

SERVICES = sorted(WORDS)
REHEARSES = {"sendgrid", "brevo", "mailjet", "mailgun"}
NAMES_DOMAINS = {"amazon_ses", "sparkpost", "resend", "mailersend"}
LEFT = {
    "amazon_ses": "Mails that are left: 49,873 of 50,000 for 24 hours. It takes 14 a second.",
    "sendgrid": "1,200 of 50,000 mails are left until 2026-02-01.",
    "brevo": "287 mails are left in your Brevo plan.",
    "mailgun": "Mails that are left: 7,500 of 10,000 this month.",
    "sparkpost": "Mails that are left: 27,997 of 50,000 today and 1,377,404 of 1,500,000 this month.",
    "resend": "Mails that are left: 88 of 100 today and 2,520 of 3,000 this month.",
    "mailersend": "713 requests are left to your MailerSend account today.",
}


@pytest.fixture(autouse=True)
def reached(settings: Any) -> None:
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")


@pytest.fixture
def web(request: pytest.FixtureRequest) -> Iterator[Web]:
    with closing(Web(request.param)) as made:
        yield made


def steps(service: str, port: int, host: str = "127.0.0.1", scheme: str = "http", **changes: Any) -> list[Step]:
    listed = catalogue.services()[service]
    options = (("domain", "mg.nordlicht.example"), ("region", "eu-central-1"))
    account = Account(service, f"{scheme}://{host}:{port}{listed.path}", "user", KEY, options)
    given = {"sender": "news@nordlicht.example", "sender_name": "Nord", "recipient": "kim@tester.example"}
    taken = list(run(Target(listed, host, port, account, service_of, **{**given, **changes})))
    assert all(step.cure for step in taken if step.state == State.BAD)
    assert all(KEY not in step.words + step.cure + step.raw for step in taken)
    return taken


@pytest.mark.parametrize("web", SERVICES, indirect=True)
def test_every_service_is_tried_from_its_name_to_what_is_left(web: Web) -> None:
    dns, connect, login, sender, quota = steps(web.service, web.port)
    assert (dns.state, connect.state, login.state) == (State.GOOD,) * 3
    assert sender.state == (State.GOOD if web.service in REHEARSES | NAMES_DOMAINS else State.WARN)
    assert sender.cure or sender.state == State.GOOD
    assert quota.state == State.GOOD
    assert quota.words == LEFT.get(
        web.service, f"{catalogue.services()[web.service].name} does not say it; the limits entered here count."
    )


@pytest.mark.parametrize("web", SERVICES, indirect=True)
def test_a_key_that_is_refused_is_named_with_its_cure(web: Web) -> None:
    web.refuses = web.words["login"]
    step = steps(web.service, web.port)[-1]
    assert (step.name, step.state) == ("login", State.BAD)
    assert step.words == f"{catalogue.services()[web.service].name} does not accept the key."
    assert step.cure.startswith("Make a new one and enter it here.")
    assert step.raw


@pytest.mark.parametrize("web", SERVICES, indirect=True)
@pytest.mark.parametrize(
    ("said", "words", "state"),
    [
        (Words(500), "is in trouble.", State.BAD),
        (Words(502), "is in trouble.", State.BAD),
        (Words(405), "What answers at 127.0.0.1 is not", State.BAD),
        (Words(429), "asks us to slow down: it knows the key.", State.WARN),
        (Words(402), "says that the quota is used up.", State.BAD),
    ],
    ids=["500", "gateway", "not the service", "slow down", "quota"],
)
def test_each_trouble_of_a_service_has_its_words_and_a_cure(web: Web, said: Words, words: str, state: State) -> None:
    web.refuses = said
    taken = steps(web.service, web.port)
    assert (taken[2].name, taken[2].state) == ("login", state)
    assert words in taken[2].words
    assert state == State.BAD or not any(step.state == State.BAD for step in taken), "to slow down is no refusal"


@pytest.mark.parametrize("web", sorted(REHEARSES), indirect=True)
def test_a_sender_that_is_not_allowed_is_told_before_any_mail(web: Web) -> None:
    web.words = web.words | {"kim": web.words["sender"]}
    step = steps(web.service, web.port)[-1]
    assert (step.name, step.state) == ("sender", State.BAD)
    assert step.words.endswith("takes no mail from news@nordlicht.example.")
    assert "Verify that address, or its domain" in step.cure


@pytest.mark.parametrize("web", sorted(NAMES_DOMAINS), indirect=True)
def test_a_sender_that_a_service_has_not_verified_is_said_and_fails_no_test(web: Web) -> None:
    good = web.words["domains"]
    spoilt = good.body.replace("Success", "Pending").replace('"verified"', '"pending"').replace("true", "false")
    web.words = web.words | {"domains": replace(good, body=spoilt)}
    sender = steps(web.service, web.port)[3]
    assert (sender.state, "has not verified news@nordlicht.example." in sender.words) == (State.WARN, True)
    assert "Verify that address, or its domain" in sender.cure
    web.words = web.words | {"domains": Words(403, '{"message": "not for this key"}')}
    sender = steps(web.service, web.port)[3]
    assert (sender.state, "tells with the first mail only" in sender.words) == (State.WARN, True)


@pytest.mark.parametrize("web", sorted(set(LEFT) - {"amazon_ses"}), indirect=True)  # it is asked that for its key
def test_a_key_that_may_not_ask_what_is_left_fails_no_test(web: Web) -> None:
    web.words = web.words | {"get": web.words["login"]}
    quota = steps(web.service, web.port)[-1]
    assert (quota.name, quota.state) == ("quota", State.GOOD)
    assert quota.words.endswith("does not tell this key; the limits entered here count.")


@pytest.mark.parametrize("web", ["brevo", "amazon_ses"], indirect=True)
def test_what_is_used_up_is_said_before_a_campaign_finds_out(web: Web) -> None:
    said = {name: replace(words, body=_used_up(words.body)) for name, words in web.words.items()}
    web.words = said
    quota = steps(web.service, web.port)[-1]
    assert (quota.state, quota.cure) == (State.WARN, "Wait until it counts anew, or ask it for more.")
    web.words = {name: replace(words, body=_unlimited(words.body)) for name, words in said.items()}
    quota = steps(web.service, web.port)[-1]
    assert quota.state == State.GOOD, "an account without a limit has none to use up"


def _used_up(body: str) -> str:
    return body.replace('"credits": 287', '"credits": 0').replace("127.0<", "50000.0<")


def _unlimited(body: str) -> str:
    return body.replace("sendLimit", "subscription").replace("50000.0</Max", "-1.0</Max")


def test_a_server_that_says_nothing_or_speaks_no_http_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as impatient, talking(Script(says_nothing=True)) as port:
        impatient.setattr(api_steps, "TIMEOUT_SECONDS", 1.0)
        step = steps("postmark", port)[-1]
    assert (step.name, step.words) == ("login", "127.0.0.1 did not answer in time.")
    with talking(Script()) as port:
        step = steps("postmark", port)[-1]
    assert (step.name, step.words) == ("login", "127.0.0.1 could not be asked: 220 talking.")


def test_a_name_that_nobody_has_and_a_port_that_nobody_listens_on() -> None:
    step = steps("postal", 443, "postal.does-not-exist.invalid", "https")[-1]
    assert (step.name, "no server called" in step.words) == ("dns", True)
    step = steps("postal", closed_port())[-1]
    assert (step.name, step.state) == ("connect", State.BAD)
    step = steps("postal", 80, "169.254.169.254")[-1]
    assert (step.name, step.state) == ("dns", State.BAD)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    fetching._trusted.cache_clear()
    yield made
    fetching._trusted.cache_clear()


@pytest.mark.parametrize(
    ("names", "spoil", "words", "cure"),
    [
        (["127.0.0.1"], {"days": -10}, "The server's certificate expired on ", "must renew it"),
        (["mail.other.example"], {}, "does not belong to 127.0.0.1. It is for mail.other.example.", "by a name that"),
        (["127.0.0.1"], {"signs_itself": True}, "The server signed its certificate itself.", "public authority"),
        (["127.0.0.1"], None, "Nobody this machine trusts has signed", "stop, this may be somebody else's server"),
    ],
    ids=["expired", "another name", "signed by itself", "signed by a stranger"],
)
def test_a_certificate_that_is_not_good_says_what_is_wrong_and_its_cure_as_by_smtp(
    names: list[str], spoil: dict[str, Any] | None, words: str, cure: str, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "stranger").mkdir()
    signer = authority if spoil is not None else Authority(tmp_path / "stranger")
    with closing(Web("postal", signer.context(*names, **(spoil or {})))) as web:
        step = steps("postal", web.port, scheme="https")[-1]
        assert not web.got
    assert (step.name, step.state) == ("connect", State.BAD)
    assert words in step.words
    assert cure in step.cure


def test_a_good_certificate_is_believed_and_one_that_ends_soon_is_a_warning(authority: Authority) -> None:
    with closing(Web("postal", authority.context("127.0.0.1"))) as web:
        taken = steps("postal", web.port, scheme="https")
    assert [step.state for step in taken[:3]] == [State.GOOD] * 3
    assert "the certificate is 127.0.0.1’s, valid until " in taken[1].words
    with closing(Web("postal", authority.context("127.0.0.1", days=5))) as web:
        taken = steps("postal", web.port, scheme="https")
    assert [step.state for step in taken[:3]] == [State.GOOD, State.WARN, State.GOOD]
    assert "should renew it" in taken[1].cure
