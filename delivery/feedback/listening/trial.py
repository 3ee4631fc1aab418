"""A delivery report about a mail of a rehearsal, handed to our own listener as another mail server would."""

import smtplib

from delivery import tokens, verp
from delivery.bounces import writing
from delivery.feedback import intake
from delivery.feedback.listening.place import place
from delivery.feedback.listening.session import as_delivered
from delivery.models import Batch, Message, MessageState

_SECONDS = 5
_BATCHES = 20
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - what it listens on, not here


class NoTrial(Exception):
    """Its words are for people."""


def begin(domain: str) -> bytes:
    """Hand one in; returns its digest, by which the intake knows it.

    It says that the mail was delivered, which changes nobody, whoever it is about.
    """
    message = _rehearsed()
    if message is None:
        raise NoTrial("There is no rehearsed mail yet that a report could be about. Rehearse a campaign first.")
    address = verp.address(message.pk, domain)
    report = writing.delivery_report(
        _original(message, domain),
        return_address=address,
        recipient=message.email,
        status="2.0.0",
        words="250 2.0.0 A test report, asked for on the page Returned mail",
        action="delivered",
    )
    _hand_in(report, address)
    return intake.digest(intake.MAIL, as_delivered(report, "", address))


def _rehearsed() -> Message | None:
    batches = Batch.objects.filter(rehearsal=True, accepted__gt=0, first_id__isnull=False).order_by("-id")
    for first_id, last_id in batches.values_list("first_id", "last_id")[:_BATCHES]:
        found = Message.objects.filter(id__range=(first_id, last_id), state=MessageState.ACCEPTED).first()
        if found is not None:
            return found
    return None


def _original(message: Message, domain: str) -> bytes:
    number = tokens.seal(tokens.MESSAGE_ID, message.pk)
    return f"To: {message.email}\r\nSubject: A rehearsed mail\r\nMessage-ID: <{number}@{domain}>\r\n\r\n".encode()


def _hand_in(report: bytes, address: str) -> None:
    where = place()
    host = where.host if where.is_socket else _EVERYWHERE.get(where.host, where.host)
    try:
        with smtplib.LMTP(host, where.port) as client:  # which the listener always speaks
            if client.sock is not None:
                client.sock.settimeout(_SECONDS)
            client.sendmail("", [address], report)
    except smtplib.SMTPResponseException as problem:
        raise NoTrial(_answered(problem.smtp_code, problem.smtp_error)) from None
    except smtplib.SMTPRecipientsRefused as problem:
        raise NoTrial(_answered(*next(iter(problem.recipients.values())))) from None
    except (OSError, smtplib.SMTPException):
        raise NoTrial(f"Nobody answers at {where}.") from None


def _answered(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"The listener answered: {code} {words}"
