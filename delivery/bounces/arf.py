"""Complaints in the forms in which mailbox providers report them. Pure; what comes in is hostile.

Most write ARF (RFC 5965); Microsoft's Junk Mail Reporting Program returns the mail with headers of its own.
"""

from dataclasses import dataclass

from delivery.bounces import mime

MAX_BYTES = mime.MAX_BYTES
_FIELD_CHARS = 400
_JUNK_MAIL_RECIPIENT = "x-hmxmroriginalrecipient"


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says about the mail it complains of. Anybody may have written it."""

    feedback_type: str  # in lower case: abuse, fraud, other, not-spam, ...
    return_addresses: tuple[str, ...]
    message_ids: tuple[str, ...]
    recipients: tuple[str, ...]


def read(raw: bytes) -> Report | None:
    """None for a mail that is no such report. Never raises."""
    return read_parts(mime.leaves(raw)[1])


def read_parts(parts: list[mime.Part]) -> Report | None:
    feedback = next((part.inner_headers for part in parts if part.kind == "message/feedback-report"), None)
    originals = [part.inner_headers for part in parts if part.is_original]
    if feedback is None:
        return _junk_mail_report(originals)
    return Report(
        _first(feedback, "feedback-type").lower() or "other",  # none by maildrop
        return_addresses=_all([feedback], "original-mail-from") + _all(originals, "return-path"),
        message_ids=_all(originals, "message-id"),
        recipients=_all([feedback], "original-rcpt-to") + _all(originals, "to"),
    )


def _junk_mail_report(originals: list[mime.Headers]) -> Report | None:
    """Microsoft's Junk Mail Reporting Program says nothing in RFC 5965's form: it returns the whole mail, with the
    person's address in a header of its own. Which mail that is counts; whoever wrote the report, nobody can tell."""
    if len(originals) != 1 or not _all(originals, _JUNK_MAIL_RECIPIENT):
        return None
    return Report(
        "abuse",
        return_addresses=_all(originals, "return-path"),
        message_ids=_all(originals, "message-id"),
        recipients=_all(originals, _JUNK_MAIL_RECIPIENT) + _all(originals, "to"),
    )


def _all(parts: list[mime.Headers], name: str) -> tuple[str, ...]:
    """Without spaces and angle brackets, in their order."""
    values = [value for part in parts for value in part.get(name, ())]
    return tuple("".join(value.split()).strip("<>")[:_FIELD_CHARS] for value in values[:5])


def _first(part: mime.Headers, name: str) -> str:
    values = _all([part], name)
    return values[0] if values else ""
