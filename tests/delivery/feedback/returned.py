"""Mails of ours that were sent, and what servers send back of them."""

import atexit
from typing import Any

from contacts.models import Contact
from delivery import tokens, verp
from delivery.bounces import writing
from delivery.feedback import second_line, settling
from delivery.feedback.reading.reader import Reader
from delivery.feedback.second_line import SecondLine
from delivery.ledger import ids
from delivery.models import Batch, Message, MessageState, Returned

DOMAIN = "nordlicht.example"
READER = Reader()
atexit.register(READER.close)


def mailed(
    *,
    rehearsal: bool = False,
    sample: bool = False,
    email: str = "ana@example.org",
    state: MessageState = MessageState.ACCEPTED,
    batch: Batch | None = None,
    **of_batch: Any,
) -> Message:
    """A message as the sending engine leaves it, with its batch's counter."""
    contact, _ = Contact.objects.get_or_create(email=email, defaults={"is_sample": sample})
    batch = batch or Batch.objects.create(
        rehearsal=rehearsal, content_kind="edition", content_id=1, **{"state": "done", **of_batch}
    )
    counter = state.counter
    Batch.objects.filter(pk=batch.pk).update(**{"total": 1, counter: getattr(batch, counter) + 1})
    return Message.objects.create(
        id=ids.reserve(1), batch=batch, contact_id=contact.pk, email=email, state=state, accepted_at=batch.created_at
    )


def report(message: Message, **changes: Any) -> bytes:
    """A complaint, by Message-ID and return address, unless one of them is changed."""
    message_id = changes.get("message_id", tokens.seal(tokens.MESSAGE_ID, message.pk))
    sender = changes.get("sender", verp.address(message.pk, DOMAIN))
    mail = f"Message-ID: <{message_id}@{DOMAIN}>\r\nTo: ana@example.org\r\n\r\nHello\r\n"
    raw = writing.complaint(mail.encode(), return_address=sender, recipient="ana@example.org")
    return raw.replace(b"Feedback-Type: abuse", b"Feedback-Type: " + changes.get("kind", "abuse").encode())


def bounce(
    message: Message,
    status: str = "5.1.1",
    words: str = "550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown",
    *,
    action: str = "failed",
    to: str | None = None,
    recipient: str | None = None,
    note: str = "",
) -> bytes:
    """A delivery report (RFC 3464). `to`: the envelope address it comes to; `recipient`: whom it is about."""
    envelope_to = verp.address(message.pk, DOMAIN) if to is None else to
    message_id = tokens.seal(tokens.MESSAGE_ID, message.pk)
    lines = [
        "From: MAILER-DAEMON@mx.example.org",
        f"To: {envelope_to}",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
        "",
        "--b1",
        "Content-Type: text/plain",
        "",
        f"Your message could not be delivered. {note}",
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        f"Final-Recipient: rfc822; {recipient or message.email}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {words}",
        "",
        "--b1",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: <{message_id}@{DOMAIN}>",
        "Subject: News",
        "",
        "--b1--",
        "",
    ]
    return "\r\n".join(lines).encode()


def full(message: Message, **changes: Any) -> bytes:
    return bounce(message, "5.2.2", "552 5.2.2 The mailbox is over quota", **changes)


def hand_in(raw: bytes, **given: Any) -> Returned:
    """As the command does, by one child for all tests of a process."""
    return settling.hand_in(raw, way=Returned.Way.PIPE, reader=READER, **given)


def line(message: Message) -> SecondLine:
    return second_line.of([Batch.objects.get(pk=message.batch_id)])
