"""Services that give no Message-ID back carry the mail's number in a header of theirs."""

import json
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from delivery import tokens
from delivery.content import Recipient
from delivery.outcomes import BatchFacts, Claim, Letter
from delivery.providers import services
from delivery.transports.smtp import encoding, marks

HOSTS = {
    "smtp-relay.brevo.com": "brevo",
    "smtp.mailersend.net": "mailersend",
    "in-v3.mailjet.com": "mailjet",
    "smtp.mandrillapp.com": "mandrill",
    "smtp-broadcasts.postmarkapp.com": "postmark",
    "smtp.resend.com": "resend",
    "smtp.sendgrid.net": "sendgrid",
    "smtp.eu.sparkpostmail.com": "sparkpost",
}
NO_NEED = {
    "email-smtp.eu-central-1.amazonaws.com": "amazon_ses",
    "smtp.mailgun.org": "mailgun",
    "mail.nordlicht.example": "",
    "sendgrid.net.evil.example": "",
    "notsendgrid.net": "",
    "127.0.0.1": "",
}
NUMBER = 4_711


class Written:
    def envelope_from(self, recipient: Recipient) -> str:
        return "bounce@nordlicht.example"

    def build(self, recipient: Recipient) -> bytes:
        return b"Subject: News\r\n\r\nHello\r\n"


def sent(host: str) -> EmailMessage:
    facts = BatchFacts(0, "marketing", rehearsal=False, lists=[], compiled=Written())  # type: ignore[arg-type]
    claim = Claim(0, facts, epoch=0, flush_no=0, ids=(), window_end=1, safe_until=float("inf"))
    recipient = Recipient(0, None, "ana@example.org", {}, opens=False, clicks=False)
    letter = Letter(claim, NUMBER, 0, "ana@example.org", 0, False, recipient)
    encoding.encode(letter, services.of_host(host))
    return message_from_bytes(letter.body, policy=policy.default)


def given_back(mail: EmailMessage) -> str:
    """As the service reads its own header."""
    names = [name for name in mail if name.lower() != "subject"]
    assert len(names) == 1
    value = str(mail[names[0]])
    if value.startswith("{"):
        told = json.loads(value)
        told = told.get("unique_args") or told.get("metadata") or told
        return str(told["tallypost"])
    return value


@pytest.mark.parametrize(("host", "service"), sorted(HOSTS.items()))
def test_the_number_of_a_mail_comes_back_from_its_service(host: str, service: str) -> None:
    assert services.of_host(host) == service
    mail = sent(host)
    assert tokens.read(tokens.MESSAGE_ID, given_back(mail)) == (NUMBER,)
    assert (mail["Subject"], mail.get_content().strip()) == ("News", "Hello")


@pytest.mark.parametrize(("host", "service"), sorted(NO_NEED.items()))
def test_nobody_else_s_mail_carries_more_than_it_has(host: str, service: str) -> None:
    assert services.of_host(host) == service
    assert sent(host).keys() == ["Subject"]


def test_mail_to_somebody_who_works_here_is_not_marked() -> None:
    assert marks.header("postmark", 0) == b""
