"""A report counts by the sealed number of a mail of ours; what it says of itself anybody can write."""

from io import BytesIO, TextIOWrapper
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from contacts.models import Contact, Suppression
from delivery import tokens, verp
from delivery.bounces import arf
from delivery.feedback import complaints
from delivery.feedback.complaints import Reception
from delivery.ledger import ids
from delivery.models import Batch, Message, MessageState

pytestmark = pytest.mark.django_db


def mailed(*, rehearsal: bool = False, sample: bool = False, email: str = "ana@example.org") -> Message:
    contact, _ = Contact.objects.get_or_create(email=email, defaults={"is_sample": sample})
    batch = Batch.objects.create(rehearsal=rehearsal, content_kind="edition", content_id=1, state="done")
    return Message.objects.create(
        id=ids.reserve(1), batch=batch, contact_id=contact.pk, email=email, state=MessageState.ACCEPTED
    )


def report(message: Message, **changes: Any) -> bytes:
    """By Message-ID and return address, unless one of them is changed."""
    message_id = changes.get("message_id", tokens.seal(tokens.MESSAGE_ID, message.pk))
    sender = changes.get("sender", verp.address(message.pk, "nordlicht.example"))
    mail = f"Message-ID: <{message_id}@nordlicht.example>\r\nTo: ana@example.org\r\n\r\nHello\r\n"
    raw = arf.write(mail.encode(), return_address=sender, recipient="ana@example.org")
    return raw.replace(b"Feedback-Type: abuse", b"Feedback-Type: " + changes.get("kind", "abuse").encode())


def complained(message: Message) -> int:
    return Batch.objects.get(pk=message.batch_id).complained


def test_who_complains_gets_no_more_mail_and_is_counted_once() -> None:
    message = mailed()
    assert complaints.receive(report(message)) == Reception.COUNTED
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == ("ana@example.org", Suppression.Reason.COMPLAINT)
    assert suppression.message_id == message.pk
    assert complaints.receive(report(message)) == Reception.KNOWN
    assert complained(message) == 1


def test_who_complains_at_microsoft_gets_no_more_mail() -> None:
    message = mailed()
    number = tokens.seal(tokens.MESSAGE_ID, message.pk)
    raw = (
        "From: staff@hotmail.com\r\nSubject: complaint about message from 192.0.2.1\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
        "X-HmXmrOriginalRecipient: ana@example.org\r\n"
        f"Message-ID: <{number}@nordlicht.example>\r\n\r\nHello\r\n--b--\r\n"
    )
    assert complaints.receive(raw.encode()) == Reception.COUNTED
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


@pytest.mark.parametrize("missing", ["message_id", "sender"])
def test_one_sealed_number_is_enough(missing: str) -> None:
    message = mailed()
    assert complaints.receive(report(message, **{missing: "redacted"})) == Reception.COUNTED


def test_who_changed_the_address_since_then_gets_no_more_mail_either() -> None:
    message = mailed()
    Contact.objects.update(email="ana@new.example")
    complaints.receive(report(message))
    assert {row.email for row in Suppression.objects.all()} == {"ana@example.org", "ana@new.example"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("not-spam", Reception.NOT_A_COMPLAINT),
        ("Not-Spam", Reception.NOT_A_COMPLAINT),
        ("auth-failure", Reception.NOT_A_COMPLAINT),
        ("fraud", Reception.COUNTED),
        ("something-new", Reception.COUNTED),
    ],
)
def test_the_kind_of_feedback_decides(kind: str, expected: Reception) -> None:
    message = mailed()
    assert complaints.receive(report(message, kind=kind)) == expected
    assert Suppression.objects.exists() == (expected == Reception.COUNTED)


def test_forged_and_foreign_reports_change_nothing() -> None:
    message, other = mailed(), mailed(email="bea@example.org")
    sealed = tokens.seal(tokens.MESSAGE_ID, message.pk)
    broken = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")
    forged = [
        report(message, message_id=broken, sender="news@nordlicht.example"),
        report(message, message_id="77", sender="bounce+00@nordlicht.example"),
        report(message, message_id=tokens.seal(tokens.OPEN, message.pk), sender="x@nordlicht.example"),
        report(message, sender=verp.address(other.pk, "nordlicht.example")),
        report(message, message_id=tokens.seal(tokens.MESSAGE_ID, message.pk + 10**9), sender=""),
    ]
    assert {complaints.receive(raw) for raw in forged} == {Reception.NOT_OURS}
    assert complaints.receive(b"Subject: spam\r\n\r\nana@example.org complains\r\n") == Reception.NOT_A_REPORT
    assert not Suppression.objects.exists()
    assert complained(message) == complained(other) == 0


def test_a_rehearsal_counts_and_changes_only_sample_contacts() -> None:
    real, sample = mailed(rehearsal=True), mailed(rehearsal=True, sample=True, email="sam@example.org")
    for message in (real, sample):
        assert complaints.receive(report(message)) == Reception.COUNTED
        assert complained(message) == 1
    assert [row.email for row in Suppression.objects.all()] == ["sam@example.org"]


def test_a_mail_server_may_pipe_reports_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: Any) -> None:
    message, other = mailed(), mailed(email="bea@example.org")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(report(message))))
    call_command("read_complaints")
    assert "counted" in capsys.readouterr().out
    file = tmp_path / "report.eml"
    file.write_bytes(report(other))
    call_command("read_complaints", str(file), str(file))
    assert "marked as spam before" in capsys.readouterr().out
    assert Suppression.objects.count() == 2


def test_a_complaint_of_a_mail_that_is_long_gone_changes_nothing() -> None:
    message = mailed()
    raw = report(message)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_message WHERE id = %s", [message.pk])
    assert complaints.receive(raw) == Reception.NOT_OURS
