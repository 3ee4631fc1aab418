"""Mails that come back: written as servers write them, and read by the product's own reader."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from delivery import verp
from delivery.bounces import writing
from delivery.feedback import intake, settling
from delivery.feedback.reading.reader import Reader
from delivery.models import Returned

DOMAIN = "bounces.harbour-books.example"
_DATES = re.compile(rb"^(Date|Arrival-Date): .*?\r$", re.MULTILINE)

# Status, and what the server said.
GONE = (
    ("5.1.1", "550 5.1.1 <{email}>: Recipient address rejected: User unknown"),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {email} not found by SMTP address lookup"),
    ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist."),
)
FULL = (
    ("5.2.2", "552 5.2.2 The email account that you tried to reach is over quota."),
    ("4.2.2", "452 4.2.2 Mailbox full"),
)
SPAM = (("5.7.1", "554 5.7.1 Message rejected as spam by content filtering"),)


@dataclass(frozen=True, slots=True)
class Bounced:
    message_id: int
    email: str
    reasons: Sequence[tuple[str, str]] = ()  # none: marked as spam


def hand_in(bounced: Sequence[Bounced], at: datetime, reader: Reader) -> None:
    items = [intake.Item(_mail(each, at), verp.address(each.message_id, DOMAIN), received_at=at) for each in bounced]
    for start in range(0, len(items), settling.AT_ONCE):
        taken = intake.take(
            items[start : start + settling.AT_ONCE], way=Returned.Way.LISTENER, source=str(Returned.Way.LISTENER)
        )
        settling.settle_now([number for number in taken.ids if number is not None], reader)


def _mail(bounced: Bounced, at: datetime) -> bytes:
    sender = verp.address(bounced.message_id, DOMAIN)
    original = (
        f"From: Harbour Books <news@harbour-books.example>\r\nTo: <{bounced.email}>\r\nSubject: Harbour news\r\n\r\n"
    ).encode()
    if not bounced.reasons:
        return _dated(writing.complaint(original, return_address=sender, recipient=bounced.email), at)
    status, words = bounced.reasons[bounced.message_id % len(bounced.reasons)]
    report = writing.delivery_report(
        original,
        return_address=sender,
        recipient=bounced.email,
        status=status,
        words=words.format(email=bounced.email),
        server="relay.harbour-books.example",
    )
    return _dated(report, at)


def _dated(mail: bytes, at: datetime) -> bytes:
    return _DATES.sub(rb"\1: " + format_datetime(at).encode() + rb"\r", mail)
