"""Complaints in the forms in which mailbox providers report them. Pure; what comes in is hostile.

Most write ARF (RFC 5965); Microsoft's Junk Mail Reporting Program returns the mail with headers of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import formatdate
from uuid import uuid4

MAX_BYTES = 1_000_000
_HEADERS_KEPT = 32_768
_FIELD_CHARS = 400
_JUNK_MAIL_RECIPIENT = "X-HmXmrOriginalRecipient"


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says about the mail it complains of. Anybody may have written it."""

    feedback_type: str  # in lower case: abuse, fraud, other, not-spam, ...
    return_addresses: tuple[str, ...]
    message_ids: tuple[str, ...]
    recipients: tuple[str, ...]


def read(raw: bytes) -> Report | None:
    """None for a mail that is no such report. Never raises."""
    try:
        mail = message_from_bytes(raw[:MAX_BYTES], policy=policy.compat32)
        parts = list(_parts(mail))
    except (RecursionError, LookupError, ValueError, TypeError):  # the parser on what somebody made for it
        return None
    feedback = next((part for kind, part in parts if kind == "feedback"), None)
    if feedback is None:
        return _junk_mail_report([part for kind, part in parts if kind == "original"])
    feedback_type = _first(feedback, "Feedback-Type").lower()
    if not feedback_type:
        return None
    originals = [part for kind, part in parts if kind == "original"]
    return Report(
        feedback_type,
        return_addresses=_all([feedback], "Original-Mail-From") + _all(originals, "Return-Path"),
        message_ids=_all(originals, "Message-ID"),
        recipients=_all([feedback], "Original-Rcpt-To") + _all(originals, "To"),
    )


def write(original: bytes, *, return_address: str, recipient: str) -> bytes:
    """The report of one mail marked as spam. Of the mail only its headers travel, as with most providers."""
    boundary = f"report-{uuid4().hex}"
    headers = original[:_HEADERS_KEPT].partition(b"\r\n\r\n")[0]
    lines = [
        f"Date: {formatdate()}",
        "From: <feedback@sandbox.invalid>",
        "To: <complaints@sandbox.invalid>",
        "Subject: Marked as spam",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=feedback-report; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "The recipient of the mail below marked it as spam.",
        f"--{boundary}",
        "Content-Type: message/feedback-report",
        "",
        "Feedback-Type: abuse",
        "User-Agent: Tallypost-Sandbox/1",
        "Version: 1",
        f"Original-Mail-From: <{return_address}>",
        f"Original-Rcpt-To: <{recipient}>",
        "",
        f"--{boundary}",
        "Content-Type: text/rfc822-headers",
        "",
    ]
    head = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
    return head + headers + f"\r\n\r\n--{boundary}--\r\n".encode()


def _junk_mail_report(originals: list[Message]) -> Report | None:
    """Microsoft's Junk Mail Reporting Program says nothing in RFC 5965's form: it returns the whole mail, with the
    person's address in a header of its own. Which mail that is counts; whoever wrote the report, nobody can tell."""
    if len(originals) != 1 or not _all(originals, _JUNK_MAIL_RECIPIENT):
        return None
    return Report(
        "abuse",
        return_addresses=_all(originals, "Return-Path"),
        message_ids=_all(originals, "Message-ID"),
        recipients=_all(originals, _JUNK_MAIL_RECIPIENT) + _all(originals, "To"),
    )


def _parts(mail: Message) -> Iterator[tuple[str, Message]]:
    """The machine's part and the mail it speaks of; RFC 5965 has them side by side at the top."""
    for part in _inside(mail):
        kind, inner = part.get_content_type(), _inside(part)
        if kind == "message/feedback-report" and inner:
            yield "feedback", inner[0]
        elif kind == "message/rfc822" and inner:
            yield "original", inner[0]
        elif kind == "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            yield "original", message_from_bytes(headers if isinstance(headers, bytes) else b"", policy=policy.compat32)


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _all(parts: list[Message], name: str) -> tuple[str, ...]:
    """Unfolded, without angle brackets, in their order."""
    values = [str(value) for part in parts for value in part.get_all(name, [])]
    return tuple("".join(value.split()).strip("<>")[:_FIELD_CHARS] for value in values[:5])


def _first(part: Message | None, name: str) -> str:
    values = _all([part], name) if part is not None else ()
    return values[0] if values else ""
