"""What servers, gateways and people's programs send back, and what it says of the person."""

from datetime import UTC, datetime

import pytest

from delivery import bounces
from delivery.bounces import Finding, Kind
from delivery.replies import Category as C
from tests.delivery.bounces.mails import FROM_A_SERVER, RETURNED, answer, prose, report

FAILED = "Final-Recipient: rfc822; ana@mailbox.example\nAction: failed\nStatus: 5.0.0\n"


def only(raw: bytes) -> Finding:
    (found,) = bounces.read(raw)
    return found


@pytest.mark.parametrize(
    ("words", "status", "category", "suppresses"),
    [
        ("550 5.1.1 User unknown", "5.0.0", C.INVALID_RECIPIENT, True),
        ("552 5.2.2 Mailbox full", "5.1.1", C.MAILBOX_FULL, False),
        ("554 5.7.1 Message rejected as spam", "5.0.0", C.SPAM_CONTENT, False),
        ("550 5.2.1 The account is suspended", "5.2.1", C.INACTIVE_MAILBOX, False),
        ("550 5.2.1 The account has been deleted", "5.2.1", C.INACTIVE_MAILBOX, True),
        ("550 Not today", "5.1.1", C.UNKNOWN, False),  # sendmail's number for every 550
        ("553 Not today", "5.1.3", C.UNKNOWN, False),  # its number for every 553
        ("550 5.7.1 Not today", "5.1.1", C.UNKNOWN, False),  # the same where the server announced no numbers
        ("550 5.1.1 Refused due to recipient preferences", "5.1.1", C.UNKNOWN, False),
        ("550 5.1.1 Not today", "5.1.1", C.INVALID_RECIPIENT, True),
        ("450 4.1.1 User unknown", "4.1.1", C.INVALID_RECIPIENT, True),  # the last of many tries
        ("452 4.2.2 Over quota: retry timeout exceeded", "5.0.0", C.MAILBOX_FULL, False),
        ("retry timeout exceeded", "5.0.0", C.EXPIRED, False),
        ("user: 1: Syntax error: Unterminated quoted string", "5.3.0", C.UNKNOWN, False),  # a program
        ("", "5.1.1", C.INVALID_RECIPIENT, True),
        ("", "5.0.0", C.UNKNOWN, False),
    ],
)
def test_words_decide_before_the_status(words: str, status: str, category: C, suppresses: bool) -> None:
    diagnostic = f"Diagnostic-Code: smtp; {words}" if words else ""
    found = only(
        report(f"Final-Recipient: rfc822; ana@mailbox.example\nAction: failed\nStatus: {status}\n{diagnostic}")
    )
    assert (found.kind, found.category, found.suppresses) == (Kind.BOUNCE, category, suppresses)
    assert found.diagnostic == words or not words


def test_sendmail_s_own_summary_is_no_word_of_the_far_server() -> None:
    transcript = "\n".join(
        [
            "   ----- Transcript of session follows -----",
            "... while talking to mx.mailbox.example.:",
            ">>> DATA",
            "<<< 550 We do not want this",
            "550 5.1.1 <ana@mailbox.example>... User unknown",
        ]
    )
    found = only(report(f"{FAILED}Diagnostic-Code: SMTP; 550 We do not want this", text=transcript))
    assert (found.category, found.suppresses) == (C.UNKNOWN, False)


@pytest.mark.parametrize(
    ("said_where", "suppresses"),
    [
        ("(in reply to RCPT TO command)", True),
        ("(in reply to end of DATA command)", False),  # it took the address, and refuses the mail
        ("(in reply to MAIL FROM command)", False),  # it speaks of the sender
    ],
)
def test_user_unknown_counts_by_the_place_where_it_is_said(said_where: str, suppresses: bool) -> None:
    text = f"<ana@mailbox.example>: host mx.mailbox.example[192.0.2.1] said: 550 Unknown user\n    {said_where}"
    found = only(report(f"{FAILED}Diagnostic-Code: smtp; 550 Unknown user", text=text))
    assert found.suppresses is suppresses


def test_what_sendmail_prints_of_two_people_is_told_apart() -> None:
    transcript = "\n".join(
        [
            "   ----- Transcript of session follows -----",
            "... while talking to mx.mailbox.example.:",
            ">>> RCPT To:<ana@mailbox.example>",
            "<<< 550 Not accepting mail from this sender",
            "550 <ana@mailbox.example>... User unknown",
            ">>> RCPT To:<bo@mailbox.example>",
            "<<< 550 No such user",
            "550 <bo@mailbox.example>... User unknown",
        ]
    )
    assert [(f.recipient, f.suppresses) for f in bounces.read(prose(transcript))] == [
        ("ana@mailbox.example", False),
        ("bo@mailbox.example", True),
    ]


def test_opensmtpd_gives_up_with_a_delay_that_ends_by_its_own_words() -> None:
    text = "    The message is kept in the queue for up to 7 days.\n\nana@mailbox.example: Envelope expired"
    found = only(report("Final-Recipient: rfc822; ana@mailbox.example\nAction: delayed\nStatus: 4.4.7", text=text))
    assert (found.kind, found.category, found.suppresses) == (Kind.DELAY, C.EXPIRED, False)
    assert found.gives_up_at == datetime(2026, 12, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "gives_up_at"),
    [
        ("It will be retried until it is 4 day(s) old.", datetime(2026, 11, 30, 12, tzinfo=UTC)),
        ("Will keep trying until message is 5 days old", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("Message will be retried for 2 more day(s)", datetime(2026, 11, 30, 12, tzinfo=UTC)),
        ("We will keep trying for another 46 hours.", datetime(2026, 11, 30, 10, tzinfo=UTC)),
        ("It is delayed after more than 24 hours in the queue.", None),
        ("It will be retried until it is 9999 weeks old.", datetime(2027, 1, 25, 12, tzinfo=UTC)),
    ],
)
def test_until_when_a_server_goes_on_trying(text: str, gives_up_at: datetime | None) -> None:
    fields = (
        "Arrival-Date: Thu, 26 Nov 2026 12:00:00 +0000\n\n"
        "Final-Recipient: rfc822; ana@mailbox.example\nAction: delayed\nStatus: 4.4.1"
    )
    assert only(report(fields, text=text)).gives_up_at == gives_up_at


def test_a_diagnostic_that_the_mailer_forgot_to_fold_is_read_whole() -> None:
    lines = "Diagnostic-Code: smtp; 550-5.1.1 There is\n550-5.1.1 no such user\n550 5.1.1 here\nStatus: 5.1.1"
    found = only(report(f"Final-Recipient: rfc822; ana@mailbox.example\nAction: failed\n{lines}"))
    assert found.diagnostic == "550-5.1.1 There is 550-5.1.1 no such user 550 5.1.1 here"


@pytest.mark.parametrize("written", ["utf-8; großmut@mailbox.example", r"utf-8; gro\x{DF}mut@mailbox.example"])
def test_international_reports_are_read(written: str) -> None:
    fields = f"Final-Recipient: {written}\nAction: failed\nStatus: 5.1.1"
    found = only(report(fields, kind="message/global-delivery-status"))
    assert (found.recipient, found.suppresses) == ("großmut@mailbox.example", True)


def test_a_forwarder_s_address_stands_beside_ours() -> None:
    found = only(
        report(f"Original-Recipient: rfc822;ana@mailbox.example\n{FAILED}".replace("rfc822; ana", "rfc822; a"))
    )
    assert (found.recipient, found.original) == ("a@mailbox.example", "ana@mailbox.example")


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost.localdomain", "127.0.0.1", "[127.0.0.1]", "LOCALHOST.", "[127.0.1.1]", "[IPv6:::1]"],
)
def test_a_machine_at_home_says_nothing_of_the_mailbox_that_the_mail_was_collected_from(host: str) -> None:
    fields = f"Final-Recipient: rfc822; ana@{host}\nAction: failed\nDiagnostic-Code: 550 5.1.1 No such user"
    found = only(report(fields))
    assert (found.kind, found.category) == (Kind.BOUNCE, C.INVALID_RECIPIENT)
    assert (found.is_permanent, found.suppresses) == (False, False)
    named = only(report(f"Original-Recipient: rfc822; ana@mailbox.example\n{fields}"))
    assert (named.is_permanent, named.suppresses) == (True, True)  # a server's own name for a mailbox of its own


@pytest.mark.parametrize("origin", ["(generated from ana@mailbox.example)", "(expanded from <ana@mailbox.example>)"])
def test_a_server_that_sent_it_on_says_from_where(origin: str) -> None:
    words = f"  a@elsewhere.example\n    {origin}\n    550 User unknown\n"
    for raw in (prose(words), report("Final-Recipient: rfc822; a@elsewhere.example\nAction: failed", text=words)):
        assert (only(raw).recipient, only(raw).original) == ("a@elsewhere.example", "ana@mailbox.example")


def test_each_of_several_recipients_has_a_finding() -> None:
    second = "Final-Recipient: rfc822; Bo@Mailbox.Example\nAction: failed\nDiagnostic-Code: smtp; 552 Mailbox full"
    one, other = bounces.read(report(f"{FAILED}Diagnostic-Code: smtp; 550 User unknown\n\n{second}"))
    assert (one.recipient, one.suppresses) == ("ana@mailbox.example", True)
    assert (other.recipient, other.category, other.suppresses) == ("Bo@mailbox.example", C.MAILBOX_FULL, False)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_delivery_is_no_bounce(action: str) -> None:
    found = only(report(f"Final-Recipient: rfc822; ana@mailbox.example\nAction: {action}\nStatus: 2.0.0"))
    assert (found.kind, found.category, found.suppresses) == (Kind.DELIVERED, None, False)


def test_a_report_about_a_report_speaks_of_the_outer_one() -> None:
    inner = report("Final-Recipient: rfc822; other@mailbox.example\nAction: failed\nStatus: 5.1.1").decode()
    outer = report(f"{FAILED}Diagnostic-Code: smtp; 552 Mailbox full", returned=inner)
    found = only(outer.replace(b"text/rfc822-headers", b"message/rfc822"))
    assert (found.recipient, found.category) == ("ana@mailbox.example", C.MAILBOX_FULL)


@pytest.mark.parametrize(
    ("text", "category", "suppresses"),
    [
        (
            "Hi. This is the qmail-send program.\nI'm afraid I wasn't able to deliver your message to the following "
            "addresses.\nThis is a permanent error; I've given up.\n\n<ana@mailbox.example>:\nSorry, no mailbox "
            "here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n" + RETURNED,
            C.INVALID_RECIPIENT,
            True,
        ),
        (
            "There was an error delivering your mail to <ana@mailbox.example>.\n\nmx [192.0.2.1] did not like our RCPT "
            "TO:\n550 5.1.1 User unknown\n\nMessage headers follow.\n\n" + RETURNED,
            C.INVALID_RECIPIENT,
            True,
        ),
        (
            "  ana@mailbox.example\n    SMTP error from remote mail server after end of data:\n    host mx "
            "[192.0.2.1]: 554 This looks like spam\n\n------ This is a copy of the message ------\n\n" + RETURNED,
            C.SPAM_CONTENT,
            False,
        ),
        (
            "Your message was not delivered to:\n\n  ana@mailbox.example\n\nbecause:\n\n  The mailbox is full",
            C.MAILBOX_FULL,
            False,
        ),
        ("Delivery failed: the mailbox of ana@mailbox.example is over quota", C.MAILBOX_FULL, False),
        ("邮件无法投递（ana@mailbox.example）：550 User not found", C.INVALID_RECIPIENT, True),
    ],
)  # fmt: skip
def test_mailers_that_write_prose_are_understood(text: str, category: C, suppresses: bool) -> None:
    found = only(prose(text))
    assert (found.recipient, found.category, found.suppresses) == ("ana@mailbox.example", category, suppresses)


def test_a_report_whose_boundary_is_wrong_is_read_as_text() -> None:
    raw = report(f"{FAILED}Diagnostic-Code: smtp; 550 User unknown").replace(b'boundary="b"', b'boundary="c"')
    assert only(raw).suppresses


def test_words_within_a_boundary_that_begins_with_the_outer_one_are_read() -> None:
    about = "<ana@mailbox.example>: 552 Mailbox full"
    nested = f'Content-Type: multipart/alternative; boundary="ba"\n\n--ba\n\n{about}\n--ba--'
    raw = report(FAILED).replace(b"Content-Type: text/plain; charset=utf-8\n\nIt did not work.", nested.encode())
    assert only(raw).category == C.MAILBOX_FULL


@pytest.mark.parametrize("kind", ["text/plain; name=details.txt", "text/plain"])
def test_fields_are_read_wherever_they_stand(kind: str) -> None:
    assert only(report(f"{FAILED}Diagnostic-Code: smtp; 550 User unknown", kind=kind)).suppresses


def test_a_report_that_a_person_passed_on_is_read() -> None:
    raw = report(f"{FAILED}Diagnostic-Code: smtp; 550 User unknown").decode()
    quoted = "\n".join(f"> {line}" for line in raw.splitlines())
    found = only(answer(f"See below.\n\n{quoted}", headers="Subject: Fwd: Undelivered Mail\n"))
    assert (found.recipient, found.suppresses) == ("ana@mailbox.example", True)


def test_whoever_is_named_beside_the_failure_is_not_meant() -> None:
    text = (
        "<ana@mailbox.example>: 550 5.1.1 User unknown\n\nFor help write to postmaster@relay.example.\n"
        "The mail came from <news@nordlicht.example>."
    )
    assert [found.recipient for found in bounces.read(prose(text))] == ["ana@mailbox.example"]


@pytest.mark.parametrize(
    "raw",
    [
        # vacation: list headers or not, it marks nothing
        answer("I will not be reading my mail for a while.", headers="Subject: away from my mail\n"),
        # Pigeonhole
        answer(
            "I am away.",
            headers="Return-Path: <>\nSubject: Automatic reply: News\nAuto-Submitted: auto-replied (vacation)\n",
        ),
        answer("Ana no longer works here, write to bo@mailbox.example instead."),
        answer("Ich bin bis 3. Dezember im Urlaub. Sonst: bo@mailbox.example", headers="Subject: AW: News\n"),
        answer("Thank you.", headers="Subject: We got your mail\nX-Autoreply: yes\n"),
        answer("I am out of the office; write to bo@mailbox.example.", sender="postmaster@mailbox.example"),
        # What the manuals of procmail and of vacation say to write
        answer("I received your mail.", headers="Subject: Re: News\nPrecedence: junk\nX-Loop: ana@mailbox.example\n"),
        answer("Ask Eric.", headers="Subject: I read it in July\nPrecedence: bulk\n"),
    ],
)  # fmt: skip
def test_automatic_replies_suppress_nobody(raw: bytes) -> None:
    found = only(raw)
    assert (found.kind, found.suppresses, found.category) == (Kind.AUTOREPLY, False, None)
    assert found.recipient in ("ana@mailbox.example", "postmaster@mailbox.example")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        answer("Thanks for the news! Could you also write to bo@mailbox.example?"),
        answer("Your mailbox bo@mailbox.example is almost full.", sender="postmaster@mailbox.example"),
        answer(
            "A DMARC report for nordlicht.example. Questions: dmarc@mailbox.example",
            sender="postmaster@mailbox.example",
            headers="Subject: Report Domain: nordlicht.example\nAuto-Submitted: auto-generated\n",
        ),
        answer("It was delivered to ana@mailbox.example yesterday.", sender="MAILER-DAEMON@relay.example"),
        answer("The weekly report is at hand, ask it@mailbox.example.", sender="postmaster@mailbox.example"),
        f"From: ana@mailbox.example\nSubject: original\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee it.\n"
        f"--b\nContent-Type: message/rfc822\n\n{RETURNED}\nfailed\n--b--\n".encode(),
    ],
)
def test_ordinary_mail_is_no_bounce(raw: bytes) -> None:
    assert not any(found.kind in (Kind.BOUNCE, Kind.DELAY) or found.suppresses for found in bounces.read(raw))


def test_a_read_receipt_is_an_automatic_reply() -> None:
    raw = answer(
        "--b\n\nIt was displayed.\n--b\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822; ana@mailbox.example\nDisposition: automatic-action; displayed\n--b--",
        headers="Subject: Read\nContent-Type: multipart/report; boundary=b\n",
    )
    assert only(raw).kind == Kind.AUTOREPLY


@pytest.mark.parametrize(
    ("feedback_type", "suppresses"),
    [("abuse", True), ("fraud", True), ("opt-out", True), ("not-spam", False), ("auth-failure", False)],
)
def test_complaints(feedback_type: str, suppresses: bool) -> None:
    raw = report(
        f"Feedback-Type: {feedback_type}\nOriginal-Rcpt-To: <ana@mailbox.example>", kind="message/feedback-report"
    ).replace(b"Reporting-MTA: dns; relay.example\n\n", b"")
    found = only(raw)
    assert (found.kind, found.recipient, found.feedback_type) == (Kind.COMPLAINT, "ana@mailbox.example", feedback_type)
    assert found.suppresses is suppresses


def test_who_complains_is_known_by_the_mail_that_is_returned_also_with_a_name() -> None:
    returned = 'To: "Lee, Ana" <ana@mailbox.example>\nMessage-ID: <AQE1@nordlicht.example>\n'
    assert only(report("User-Agent: x/1", kind="message/feedback-report", returned=returned)).recipient == (
        "ana@mailbox.example"
    )


def test_a_mail_program_s_unsubscribe_takes_its_reader_off() -> None:
    found = only(answer("Apple Mail sent this email to unsubscribe.", headers="Subject: unsubscribe\n"))
    assert (found.kind, found.recipient, found.feedback_type) == (Kind.COMPLAINT, "ana@mailbox.example", "opt-out")
    assert found.suppresses


@pytest.mark.parametrize(
    ("told", "kind", "suppresses"),
    [
        (
            '"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"ana@mailbox.example","status":"5.1.1",'
            '"diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}',
            Kind.BOUNCE,
            True,
        ),
        (
            '"Complaint","complaint":{"complaintFeedbackType":"abuse",'
            '"complainedRecipients":[{"emailAddress":"ana@mailbox.example"}]}',
            Kind.COMPLAINT,
            True,
        ),
        ('"Delivery","delivery":{"recipients":["ana@mailbox.example"]}', Kind.DELIVERED, False),
    ],
)
def test_amazon_s_notices_by_mail(told: str, kind: Kind, suppresses: bool) -> None:
    text = f'{{"notificationType":{told}}}\n\n--\nIf you wish to stop receiving notifications, click here'
    found = only(prose(text, headers="From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n"))
    assert (found.kind, found.recipient, found.suppresses) == (kind, "ana@mailbox.example", suppresses)


def test_what_is_traced_is_bounded() -> None:
    many = "".join(f"To: <a{n}@mailbox.example>\nMessage-ID: <{n}@x.example>\n" for n in range(100))
    trace = bounces.trace(report(FAILED, returned=many))
    assert trace.envelope_addresses[0] == "bounce+0110ab@nordlicht.example"
    assert len(trace.envelope_addresses) <= 20 and len(trace.message_ids) <= 20  # noqa: PT018


def test_an_automatic_reply_is_traced_by_what_it_answers() -> None:
    raw = answer("I am away", headers="Subject: Re: News\nIn-Reply-To: <AQE1@nordlicht.example>\n")
    assert bounces.trace(raw).message_ids == ("AQE1@nordlicht.example",)
    assert FROM_A_SERVER  # the other reports name it in what they return
