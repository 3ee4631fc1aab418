"""A mail that is sent to see it arrive: what its mailbox says is read by us, or pasted."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from delivery.domains import gathering
from delivery.domains.delivered import checking, reading
from delivery.domains.delivered.models import DomainMail
from delivery.domains.delivered.reading import Result
from delivery.domains.models import SendingDomain
from delivery.feedback.reading.reader import Reader
from delivery.models import Provider, ReturnMailbox

pytestmark = pytest.mark.django_db

NAME = "news.nordlicht.example"
TOKEN = "0123456789abcdef01234567"
GMAIL = f"""Delivered-To: admin@example.org
Authentication-Results: mx.google.com;
       dkim=pass header.i=@{NAME} header.s=k7 header.b=AbC;
       spf=pass (google.com: domain of x designates 192.0.2.1; spf=fail smtp.mailfrom=evil.example) smtp.mailfrom="bounce@{NAME}";
       dmarc=pass (p=NONE sp=NONE dis=NONE) header.from={NAME}
DKIM-Signature: v=1; a=rsa-sha256; d={NAME}; s=k7; h=from; bh=x; b=y
Authentication-Results: forged.example; dkim=fail header.d={NAME}
X-Tallypost-Check: {TOKEN}
Subject: Does it pass?

Hello
"""  # noqa: E501 - as mailboxes write it
MICROSOFT = f"""Authentication-Results: spf=pass (sender IP is 192.0.2.1)
 smtp.mailfrom=amazonses.com; dkim=pass (signature was verified)
 header.d={NAME};dmarc=pass action=none
 header.from={NAME};compauth=pass reason=100
X-Tallypost-Check: {TOKEN}

"""
YAHOO = f"""Authentication-Results: atlas-production.v2-mail-prod1.yahoo.com;
 dkim=fail header.i=@{NAME} header.s=k7;
 spf=softfail smtp.mailfrom={NAME};
 dmarc=fail(p=NONE,sp=NONE) header.from={NAME};
Message-ID: <{TOKEN}@{NAME}>

"""
APPLE = f"""Authentication-Results: bimi.icloud.com; bimi=none
Authentication-Results: bimi.icloud.com; dmarc=pass header.from={NAME}
Authentication-Results: bimi.icloud.com; spf=pass smtp.mailfrom=x@{NAME}
X-Tallypost-Check: {TOKEN}

"""


@pytest.fixture
def domain(organisation: Organisation) -> SendingDomain:
    return SendingDomain.objects.create(name=NAME, confirmed_at=timezone.now())


@pytest.fixture
def relay(domain: SendingDomain) -> Provider:
    made = Provider.objects.create(name="Relay", kind=Provider.Kind.SMTP, host="127.0.0.1", port=9, security="none")
    made.make_default()
    return made


def sent(domain: SendingDomain, relay: Provider, **changes: object) -> DomainMail:
    given = {"to": "admin@example.org", "token": TOKEN, "state": DomainMail.State.SENT, **changes}
    return DomainMail.objects.create(domain=domain, provider=relay, **given)


@pytest.mark.parametrize(
    ("source", "results"),
    [
        (GMAIL, {("dkim", "pass", NAME), ("spf", "pass", NAME), ("dmarc", "pass", NAME)}),
        (MICROSOFT, {("spf", "pass", "amazonses.com"), ("dkim", "pass", NAME), ("dmarc", "pass", NAME)}),
        (YAHOO, {("dkim", "fail", NAME), ("spf", "softfail", NAME), ("dmarc", "fail", NAME)}),
        (APPLE, {("dmarc", "pass", NAME), ("spf", "pass", NAME)}),
    ],
)
def test_what_large_mailboxes_write_is_read_and_what_others_wrote_below_is_not(
    source: str, results: set[tuple[str, str, str]]
) -> None:
    found = reading.read(source.replace("\n", "\r\n").encode())
    assert found is not None
    assert found.token == TOKEN
    assert set(found.results) == {Result(*one) for one in results}


@pytest.mark.parametrize(
    "source", ["", "Subject: x\n\nHello", f"\n\nX-Tallypost-Check: {TOKEN}"[2:].replace("01", "x")]
)
def test_other_mail_says_nothing(source: str) -> None:
    assert reading.read(source.encode()) is None


@pytest.mark.parametrize(
    ("source", "passed", "passes"),
    [(GMAIL, ["dkim", "spf"], True), (MICROSOFT, ["dkim"], True), (YAHOO, [], False), (APPLE, ["spf"], True)],
)
def test_pasted_headers_say_what_passes_for_the_domain(
    domain: SendingDomain, relay: Provider, source: str, passed: list[str], passes: bool
) -> None:
    mail = sent(domain, relay)
    checking.take_pasted(mail, source)
    mail.refresh_from_db()
    assert (mail.state, mail.passed, mail.passes) == ("arrived", passed, passes)
    assert gathering.facts(domain).proofs == {relay.pk: tuple(passed)}
    domain.refresh_from_db()
    assert domain.selectors == ({"": ["k7"]} if source == GMAIL else {})  # the name of the key is learnt
    assert domain.next_check_at is not None


OFFER = "List-Unsubscribe: <https://a.example/u/1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"


@pytest.mark.parametrize(
    ("signature", "is_signed", "words"),
    [
        (f"d={NAME}; s=k7; h=from:list-unsubscribe:list-unsubscribe-post", True, "covers one-click"),
        (f"h=From : List-Unsubscribe-Post :\n List-Unsubscribe; d={NAME.upper()}; s=k7", True, "covers one-click"),
        (f"d={NAME}; s=k7; h=from:list-unsubscribe", False, "No unsubscribe button at Gmail"),
        ("d=other.example; s=k7; h=from:list-unsubscribe:list-unsubscribe-post", False, "leaves out one-click"),
    ],
)
def test_it_says_whether_the_valid_signature_covers_one_click_unsubscribing(
    domain: SendingDomain,
    relay: Provider,
    admin: User,
    client_for: Callable[[User], Client],
    signature: str,
    is_signed: bool,
    words: str,
) -> None:
    mail = sent(domain, relay)
    checking.take_pasted(
        mail, GMAIL.replace(f"d={NAME}; s=k7; h=from", signature).replace("Subject:", f"{OFFER}Subject:")
    )
    mail.refresh_from_db()
    assert mail.is_one_click_signed is is_signed
    page = client_for(admin).get(f"/domains/{domain.pk}/").content.decode()
    assert words in page


def test_the_mail_that_is_sent_offers_one_click_and_an_older_one_says_nothing_of_it(
    domain: SendingDomain, relay: Provider, organisation: Organisation
) -> None:
    raw = checking._written(sent(domain, relay), organisation)
    assert f"List-Unsubscribe: <{organisation.public_address}/u/{TOKEN}>".encode() in raw
    checking.take_pasted(DomainMail.objects.get(), GMAIL)
    assert DomainMail.objects.get().is_one_click_signed is None


def test_headers_of_another_mail_and_of_a_silent_mailbox_are_refused(domain: SendingDomain, relay: Provider) -> None:
    mail = sent(domain, relay)
    with pytest.raises(checking.NotPossible, match="not the headers of this mail"):
        checking.take_pasted(mail, GMAIL.replace(TOKEN, "f" * 24))
    with pytest.raises(checking.NotPossible, match="no Authentication-Results"):
        checking.take_pasted(mail, f"X-Tallypost-Check: {TOKEN}\n\n")
    mail.refresh_from_db()
    assert mail.state == DomainMail.State.SENT


def test_a_mailbox_that_is_read_answers_by_itself(domain: SendingDomain, relay: Provider) -> None:
    mail = sent(domain, relay, is_read_here=True)
    reader = Reader()
    try:
        (said,) = reader.read([GMAIL.encode()])
    finally:
        reader.close()
    assert said is not None
    assert said.arrived == reading.read(GMAIL.encode())
    assert said.arrived is not None
    assert checking.take(said.arrived)
    mail.refresh_from_db()
    assert mail.passes


def test_it_goes_to_oneself_or_to_a_mailbox_of_ours_and_to_nobody_else(
    domain: SendingDomain, relay: Provider, admin: User, client_for: Callable[[User], Client]
) -> None:
    ReturnMailbox.objects.create(name="Bounces", host="imap.example.org", username="bounces@example.org")
    browser = client_for(admin)
    for to, words in (("stranger@example.com", "It goes to your own address"), (admin.email, "")):
        said = browser.post(f"/domains/{domain.pk}/mails/send/", {"provider": relay.pk, "to": to}, follow=True)
        assert words in said.content.decode()
    mail = DomainMail.objects.get()
    assert (mail.to, mail.is_read_here) == (admin.email, False)
    checking.send(mail.pk)  # nobody listens there
    checking.send(mail.pk)
    mail.refresh_from_db()
    assert mail.state == DomainMail.State.FAILED
    assert "Relay" in mail.problem
    page = browser.get(domain.get_absolute_url()).content.decode()
    assert "Not sent" in page
    assert "bounces@example.org (read by itself)" in page


def test_pasting_on_the_page_shows_that_the_mail_passes(
    domain: SendingDomain, relay: Provider, admin: User, client_for: Callable[[User], Client]
) -> None:
    mail, browser = sent(domain, relay), client_for(admin)
    assert "Waits for you" in browser.get(domain.get_absolute_url()).content.decode()
    page = browser.post(f"/domains/{domain.pk}/mails/{mail.pk}/", {"source": YAHOO}, follow=True).content.decode()
    assert "The mail arrived and did not pass" in page
    mail = sent(domain, relay, token="e" * 24)
    source = GMAIL.replace(TOKEN, "e" * 24)
    page = browser.post(f"/domains/{domain.pk}/mails/{mail.pk}/", {"source": source}, follow=True).content.decode()
    assert "The mail passed" in page
    assert 'says <bdi class="domain-name">mx.google.com</bdi>' in page


@pytest.mark.parametrize(
    ("before", "after"), [("mx.google", "mx\0.google"), ("k7", "k\x017"), (f"header.i=@{NAME}", f"header.i=@\0{NAME}")]
)
def test_what_no_database_keeps_is_left_out_of_what_a_mailbox_says(
    domain: SendingDomain, relay: Provider, before: str, after: str
) -> None:
    mail = sent(domain, relay)
    arrived = reading.read(GMAIL.replace(before, after).encode())
    assert arrived is not None
    assert checking.take(arrived)
    mail.refresh_from_db()
    domain.refresh_from_db()
    assert (mail.said_by, mail.passes, domain.selectors) == ("mx.google.com", True, {"": ["k7"]})


def test_the_last_mail_that_arrived_counts_however_many_were_sent_since(
    domain: SendingDomain, relay: Provider, admin: User, client_for: Callable[[User], Client]
) -> None:
    checking.take_pasted(sent(domain, relay), GMAIL)
    for number in range(6):
        sent(domain, relay, token=f"{number:024x}")
    browser = client_for(admin)
    for address in (f"/domains/{domain.pk}/", f"/domains/{domain.pk}/records/"):
        page = browser.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "Not tried yet" not in page
        assert "Arrived <time" in page
