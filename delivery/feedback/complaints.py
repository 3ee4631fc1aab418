"""People who marked a mail as spam, as their mailbox providers tell us."""

from enum import StrEnum
from functools import partial

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from contacts import consent
from contacts.models import Contact, Suppression
from delivery import tokens, verp
from delivery.bounces import arf
from delivery.ledger import watching
from delivery.models import Batch, Complaint, Message

# Sent with `message_id`, inside the transaction that records a message's first complaint.
complained = Signal()

# What such reports may carry that no reader said: RFC 5965, RFC 6591.
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus"})


class Reception(StrEnum):
    """What became of a report, in words for whoever handed it in."""

    COUNTED = "The complaint is counted."
    KNOWN = "This mail was marked as spam before."
    NOT_A_REPORT = "This is no complaint in a form we know (RFC 5965, Microsoft's JMRP)."
    NOT_A_COMPLAINT = "The report is about something else than a complaint."
    NOT_OURS = "The report names no mail of ours."


def receive(raw: bytes) -> Reception:
    """Act on a report, whoever sent it: it counts by the sealed number of a mail of ours, and by nothing else.

    Each mail counts once. In a rehearsal nobody changes but sample contacts.
    """
    report = arf.read(raw)
    if report is None:
        return Reception.NOT_A_REPORT
    if report.feedback_type in _NO_COMPLAINTS:
        return Reception.NOT_A_COMPLAINT
    message = _ours(report)
    if message is None:
        return Reception.NOT_OURS
    return Reception.COUNTED if _record(message, report) else Reception.KNOWN


def _ours(report: arf.Report) -> Message | None:
    """A report that names two mails of ours is put together by somebody."""
    by_address = (verp.message_id(address) for address in report.return_addresses)
    by_header = (_numbered(header) for header in report.message_ids)
    named = {number for number in (*by_address, *by_header) if number is not None}
    return Message.objects.select_related("batch").filter(pk__in=named).first() if len(named) == 1 else None


def _numbered(header: str) -> int | None:
    numbers = tokens.read(tokens.MESSAGE_ID, header.partition("@")[0])
    return numbers[0] if numbers else None


@transaction.atomic
def _record(message: Message, report: arf.Report) -> bool:
    kind = report.feedback_type[:30]
    _, is_first = Complaint.objects.get_or_create(
        message_id=message.pk, defaults={"batch_id": message.batch_id, "feedback_type": kind}
    )
    if not is_first:
        return False
    contact = Contact.objects.filter(pk=message.contact_id).first() if message.contact_id else None
    if not message.batch.rehearsal or (contact is not None and contact.is_sample):
        # Who changed the address since then is still who complained.
        for email in {message.email, contact.email if contact else message.email}:
            detail = f"Reported by the mailbox provider ({kind})"
            consent.suppress(
                email, Suppression.Reason.COMPLAINT, detail=detail, source="complaint", message_id=message.pk
            )
    Batch.objects.filter(pk=message.batch_id).update(complained=F("complained") + 1)
    complained.send(Complaint, message_id=message.pk)
    transaction.on_commit(partial(watching.judge, message.batch_id))
    return True
