import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.bounces import arf, writing

MAIL = (
    b"Return-Path: <bounce+0110ab@nordlicht.example>\r\nFrom: News <news@nordlicht.example>\r\n"
    b"To: ana@example.org\r\nMessage-ID: <AQE1@nordlicht.example>\r\nSubject: News\r\n\r\nHello\r\n"
)
# As RFC 5965 shows it in its appendix B, in the words of another reporter.
OTHER = b"""From: <abusedesk@mailbox.example>\nSubject: FW: News\nTo: <abuse@nordlicht.example>\nMIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report;\n boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: Abuse
User-Agent: SomeGenerator/1.0
Version: 1

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

Return-Path: <bounce+0110ab@nordlicht.example>
Received: from mail.nordlicht.example by mailbox.example
Message-ID:
 <AQE1@nordlicht.example>
To: <ana@example.org>
Subject: News

Hello
--part1_13d.2e68ed54_boundary--
"""


# As Microsoft's Junk Mail Reporting Program sends it.
JUNK_MAIL = (
    b"From: staff@hotmail.com\r\nSubject: complaint about message from 192.0.2.1\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
    b"X-HmXmrOriginalRecipient: ana@outlook.example\r\n" + MAIL + b"\r\n--b--\r\n"
)


def test_microsoft_s_junk_mail_report_is_a_complaint() -> None:
    assert arf.read(JUNK_MAIL) == arf.Report(
        "abuse",
        ("bounce+0110ab@nordlicht.example",),
        ("AQE1@nordlicht.example",),
        ("ana@outlook.example", "ana@example.org"),
    )


def test_a_mail_that_somebody_forwarded_is_no_complaint() -> None:
    assert arf.read(JUNK_MAIL.replace(b"X-HmXmrOriginalRecipient", b"X-Forwarded-To")) is None


def test_our_own_report_is_read_back() -> None:
    written = writing.complaint(MAIL, return_address="bounce+0110ab@nordlicht.example", recipient="ana@example.org")
    report = arf.read(written)
    assert report is not None
    assert report.feedback_type == "abuse"
    assert set(report.return_addresses) == {"bounce+0110ab@nordlicht.example"}
    assert report.message_ids == ("AQE1@nordlicht.example",)
    assert "ana@example.org" in report.recipients


def test_a_report_that_holds_the_whole_mail_is_read() -> None:
    report = arf.read(OTHER)
    assert report == arf.Report(
        "abuse", ("bounce+0110ab@nordlicht.example",), ("AQE1@nordlicht.example",), ("ana@example.org",)
    )


def test_a_report_that_does_not_name_its_kind_is_one() -> None:
    """As `mailbot` of maildrop 2.9 writes them, also with `-R abuse`."""
    report = arf.read(OTHER.replace(b"Feedback-Type: Abuse\n", b""))
    assert report == arf.Report(
        "other", ("bounce+0110ab@nordlicht.example",), ("AQE1@nordlicht.example",), ("ana@example.org",)
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        MAIL,
        OTHER.replace(b"message/feedback-report", b"text/plain"),
        OTHER[:400],
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
        + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 9000,
    ],
)
def test_other_mail_is_no_report(raw: bytes) -> None:
    assert arf.read(raw) is None


@given(st.binary(max_size=300), st.integers(0, len(OTHER)))
def test_whatever_comes_is_read_without_an_exception(junk: bytes, at: int) -> None:
    arf.read(OTHER[:at] + junk + OTHER[at:])
