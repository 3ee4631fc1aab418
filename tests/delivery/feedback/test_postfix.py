"""A real mail server bounces a mail of ours, and brings the bounce. It takes some seconds to start."""

import smtplib

import pytest

from delivery import tokens, verp
from delivery.feedback import settling
from delivery.models import Message, Returned
from tests.delivery.engine.postfix import DOMAIN as RECEIVER
from tests.delivery.engine.postfix import is_possible, postfix
from tests.delivery.feedback.listening import listening
from tests.delivery.feedback.returned import DOMAIN, line, mailed
from tests.running import free_port, until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not is_possible(), reason="needs root and Postfix (Debian: apt install postfix)"),
]


def test_bounces_that_postfix_makes_come_by_smtp_and_by_lmtp() -> None:
    """The listener plays the recipients' server, too: it knows none of them."""
    messages = [mailed(email=f"{local}@{RECEIVER}") for local in ("ana", "bea")]
    with listening() as listener:
        port = listener.place.port
        for message, way in zip(messages, ("smtp:[127.0.0.1]", "lmtp:inet:127.0.0.1"), strict=True):
            transports = {DOMAIN: f"{way}:{port}", RECEIVER: f"smtp:[127.0.0.1]:{port}"}
            with postfix(free_port(), known=[message.email], full=[], transports=transports) as server:
                _send_and_wait(server.port, message)
        settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert [line(message).hard for message in messages] == [1, 1]


def _send_and_wait(port: int, message: Message) -> None:
    number, sender = tokens.seal(tokens.MESSAGE_ID, message.pk), verp.address(message.pk, DOMAIN)
    mail = f"Message-ID: <{number}@{DOMAIN}>\r\nSubject: News\r\n\r\nHello\r\n"
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail(sender, [message.email], mail)
    until(lambda: Returned.objects.filter(envelope_to=sender).exists())
