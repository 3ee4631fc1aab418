"""What SpamAssassin says is read as it writes it, without starting it."""

import secrets

import pytest

from campaigns.review import spam_points
from campaigns.review.spam_points import Rule

SAID = """X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on mx
X-Spam-Level: *
X-Spam-Status: No, score=1.2 required=5.0 tests=HTML_MESSAGE,MIME_HTML_ONLY,
\tNORMAL_HTTP_TO_IP autolearn=disabled version=4.0.1
X-Spam-Report:
\t*  0.2 NORMAL_HTTP_TO_IP URI: URI host has a public dotted-decimal IPv4
\t*      address
\t*  0.0 HTML_MESSAGE BODY: HTML included in message
\t*  1.1 MIME_HTML_ONLY BODY: Message only has text/html MIME parts
\t* -0.1 DKIM_VALID Message has at least one valid DKIM or DK signature
Subject: News

\t*  9.0 NOT_A_RULE in the body
"""


def test_rules_that_count_are_told_in_words_the_gravest_first() -> None:
    verdict = spam_points.parse(SAID)
    assert (verdict.points, verdict.kind) == (1.2, "good")
    assert verdict.rules == [
        Rule(1.1, "MIME_HTML_ONLY", "BODY: Message only has text/html MIME parts"),
        Rule(0.2, "NORMAL_HTTP_TO_IP", "URI: URI host has a public dotted-decimal IPv4 address"),
        Rule(-0.1, "DKIM_VALID", "Message has at least one valid DKIM or DK signature"),
    ]


def test_other_answers_are_no_verdict() -> None:
    with pytest.raises(spam_points.NoVerdict):
        spam_points.parse("Subject: News\n\nX-Spam-Status: No, score=0.0")


def test_same_mail_is_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def output(raw: bytes) -> str:
        asked.append(raw)
        return SAID

    monkeypatch.setattr(spam_points, "_output", output)
    mail = ("Nordlicht", "News", secrets.token_hex())
    assert spam_points.known(mail) is None
    first = spam_points.ask(mail, b"raw")
    assert spam_points.ask(mail, b"another date") == first == spam_points.known(mail)
    assert asked == [b"raw"]
