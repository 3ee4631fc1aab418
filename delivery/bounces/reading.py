"""`read`: what a returned mail says. Never raises; linear in what it looks at, which is bounded."""

from collections.abc import Iterable
from datetime import datetime

from accounts.egress import networks
from delivery.bounces import addresses, arf, automatic, delays, delivery_status, judging, mime, notice, ses_notice
from delivery.bounces.delivery_status import Fields
from delivery.bounces.finding import Finding, Kind
from delivery.bounces.notice import Entry, Notice
from delivery.replies import Category

_DIAGNOSTIC_CHARS = 1_000
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus", "dmarc"})
_TEXTS = ("text/plain", "text/html")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_KINDS = {
    "delayed": Kind.DELAY,
    **dict.fromkeys(("delivered", "relayed", "expanded", "deliverable"), Kind.DELIVERED),
    # What a person's own program did with a mail that arrived (RFC 8098); Mailutils writes it into a delivery report
    **dict.fromkeys(("displayed", "deleted", "dispatched", "processed", "denied"), Kind.AUTOREPLY),
}


def read(raw: bytes) -> list[Finding]:
    try:
        return _Report(raw).findings()
    except Exception:
        return []  # what hostile text brings a library to is no finding


class _Report:
    """One mail that came back, in its parts."""

    def __init__(self, raw: bytes) -> None:
        self.headers, self.parts = mime.leaves(raw)
        texts = (part.text for part in self.parts if part.kind in _TEXTS)
        self.text = next((text for text in texts if text.strip()), "")

    def findings(self) -> list[Finding]:
        complaint = arf.read_parts(self.parts)
        if complaint is not None:
            return [_complaint(complaint)]
        found = self._by_status()
        if found:
            return found
        if automatic.is_unsubscribe_request(self.headers, self.text):
            return [_finding(Kind.COMPLAINT, automatic.author(self.headers), suppresses=True, feedback_type="opt-out")]
        told = ses_notice.read(self.text)
        if told:
            return [_by_ses(each) for each in told]
        return [self._reply(Kind.AUTOREPLY)] if self._is_autoreply() else self._by_words()

    def _by_status(self) -> list[Finding]:
        """From a part of its own, else from a text in which the same fields stand."""
        written = [part.text for part in self.parts if part.kind in _STATUS_PARTS]
        for text in written or [part.text for part in self.parts if part.kind in _TEXTS]:
            found = self._by_fields(text) if written or delivery_status.stands_in(text) else []
            if found:
                return found
        return []

    def _is_autoreply(self) -> bool:
        if any(part.kind == "message/disposition-notification" for part in self.parts):
            return True
        if "x-failed-recipients" in self.headers or automatic.has_failed_subject(self.headers):
            return False
        if automatic.is_from_a_server(self.headers):
            may_be_one = automatic.sounds_away(self.headers, self.text)
        elif automatic.is_reply(self.headers, self.text):
            return True
        else:
            may_be_one = automatic.is_by_a_program(self.headers)
        # Bounces bear the marks of automatic replies, too (Exim's)
        return may_be_one and not notice.says_failed(notice.divide(self.text))

    def _wrapped(self) -> list[Finding]:
        """Some gateways put the report they got into one of their own that says nothing."""
        inner = next((part for part in self.parts if part.kind == "message/rfc822"), None)
        if inner is None or "multipart/report" not in mime.first(inner.inner_headers, "content-type"):
            return []
        report = _Report(inner.content)
        return [found for part in report.parts if part.kind in _STATUS_PARTS for found in report._by_fields(part.text)]

    def _by_fields(self, text: str) -> list[Finding]:
        status = delivery_status.read(text)
        words = notice.divide(self.text)
        said = {e.recipient.casefold(): e for e in notice.entries(words, self._foreign())}
        return [self._recipient(fields, status.of_message, words, said) for fields in status.recipients]

    def _recipient(self, fields: Fields, of_message: Fields, words: Notice, said: dict[str, Entry]) -> Finding:
        final = addresses.typed(fields.get("final-recipient", ""))
        original = addresses.typed(fields.get("original-recipient", ""))
        recipient = final or original or addresses.typed(fields.get("x-actual-recipient", ""))
        if recipient is None and len(said) == 1:
            recipient = next(iter(said.values())).recipient
        number = delivery_status.number(fields)
        kind = _KINDS.get(delivery_status.action(fields), Kind.BOUNCE)
        if kind == Kind.DELIVERED and not self._is_by_a_server(of_message):
            return self._reply(Kind.AUTOREPLY)
        diagnostic = delivery_status.untyped(fields.get("diagnostic-code", "")) or delivery_status.comment(fields)
        entry = said.get((recipient or "").casefold())
        if entry and original in (None, recipient):
            original = notice.origin(entry.words)
        until = None
        if kind == Kind.DELAY:
            began_at = delays.date(of_message.get("arrival-date", ""))
            until = delays.date(fields.get("will-retry-until", "")) or self._gives_up_at(words, began_at)
        return _failure(
            kind,
            recipient,
            (diagnostic, entry.words if entry else "", words.words if len(said) < 2 else ""),
            original=_other(original, recipient),
            status=number,
            diagnostic=diagnostic,
            reporting_mta=delivery_status.untyped(of_message.get("reporting-mta", ""))[:255],
            gives_up_at=until,
        )

    def _is_by_a_server(self, of_message: Fields) -> bool:
        """maildrop's mailbot can write a person's answer from a holiday as a report of a delivery; without the server
        that every report names (RFC 3464, 2.2.2)."""
        return "reporting-mta" in of_message or automatic.is_from_a_server(self.headers)

    def _by_words(self) -> list[Finding]:
        words = notice.divide(self.text)
        is_from_a_server = automatic.is_from_a_server(self.headers)
        says_failed = notice.says_failed(words) or automatic.has_failed_subject(self.headers)
        returns_a_mail = bool(words.returned) or any(part.is_original for part in self.parts)
        if not is_from_a_server and not (
            says_failed and (returns_a_mail or automatic.has_failed_subject(self.headers))
        ):
            return [] if returns_a_mail else [self._reply(Kind.UNMARKED)]
        found = self._named(words, says_failed=says_failed)
        if not found and is_from_a_server:
            wrapped = self._wrapped()
            if wrapped:
                return wrapped
        if not found and says_failed:
            found = [Entry(address, "") for address in self._written_to(words)]
        kind = self._kind(words)
        until = self._gives_up_at(words, None) if kind == Kind.DELAY else None
        told = [
            # What is said of several people at once is said of nobody
            _failure(
                kind,
                entry.recipient,
                (entry.words, words.words if len(found) == 1 else ""),
                original=_other(notice.origin(entry.words), entry.recipient),
                gives_up_at=until,
            )
            for entry in found
        ]
        return told if says_failed else [each for each in told if each.category != Category.UNKNOWN]

    def _named(self, words: Notice, *, says_failed: bool) -> list[Entry]:
        foreign = self._foreign()
        found = notice.entries(words, foreign)
        if not found and says_failed:
            found = notice.named(words, foreign) or notice.mentioned(words, foreign)
        listed = addresses.found_in(", ".join(self.headers.get("x-failed-recipients", ())))
        if not listed:
            return found
        known = {entry.recipient.casefold(): entry.words for entry in found}
        return [Entry(address, known.get(address.casefold(), "")) for address in listed]

    def _kind(self, words: Notice) -> Kind:
        subject = mime.words(mime.first(self.headers, "subject"))[:400]
        if delays.is_delay(subject, words.words):
            return Kind.DELAY
        return Kind.DELIVERED if notice.says_delivered(words) else Kind.BOUNCE

    def _foreign(self) -> frozenset[str]:
        """Addresses that are no matter of the report: whoever wrote it, and whoever gets it."""
        return frozenset(
            found.casefold()
            for name in ("from", "to", "return-path", "delivered-to", "reply-to")
            for value in self.headers.get(name, ())[:3]
            for found in addresses.found_in(value, 5)
        )

    def _written_to(self, words: Notice) -> list[str]:
        """Whom the returned mail was for, if that is one person."""
        originals = [part.inner_headers for part in self.parts if part.is_original]
        if words.returned:
            originals.append(mime.read_headers(notice.headers_in(words.returned).encode()))
        for headers in originals:
            found = addresses.found_in(mime.first(headers, "to"), 2)
            if len(found) == 1:
                return found
        return []

    def _gives_up_at(self, words: Notice, began_at: datetime | None) -> datetime | None:
        written_at = delays.date(mime.first(self.headers, "date"))
        return delays.gives_up_at(words.words, began_at=began_at, written_at=written_at)

    def _reply(self, kind: Kind) -> Finding:
        words = notice.divide(self.text).words
        return _finding(kind, automatic.author(self.headers), diagnostic=words[:_DIAGNOSTIC_CHARS])


def _by_ses(told: ses_notice.Told) -> Finding:
    recipient = addresses.tidy(told.recipient)
    if told.what == "Complaint":
        feedback_type = told.feedback_type.lower()
        suppresses = feedback_type not in _NO_COMPLAINTS
        return _finding(Kind.COMPLAINT, recipient, suppresses=suppresses, feedback_type=feedback_type)
    kind = Kind.BOUNCE if told.what == "Bounce" else Kind.DELIVERED
    diagnostic = delivery_status.untyped(told.diagnostic)
    return _failure(kind, recipient, (diagnostic,), status=told.status[:11], diagnostic=diagnostic)


def _other(original: str | None, recipient: str | None) -> str | None:
    return original if original and recipient and not addresses.same(original, recipient) else None


def _complaint(report: arf.Report) -> Finding:
    recipients = [found for written in report.recipients for found in addresses.found_in(written, 1)]
    return _finding(
        Kind.COMPLAINT,
        recipients[0] if recipients else None,
        original=_other(recipients[1], recipients[0]) if recipients[1:] else None,
        suppresses=report.feedback_type not in _NO_COMPLAINTS,
        feedback_type=report.feedback_type,
    )


def _failure(
    kind: Kind,
    recipient: str | None,
    texts: Iterable[str],
    *,
    original: str | None = None,
    status: str = "",
    diagnostic: str = "",
    reporting_mta: str = "",
    gives_up_at: datetime | None = None,
) -> Finding:
    told = [text for text in texts if text]
    judgement = judging.judge(told, status) if kind in (Kind.BOUNCE, Kind.DELAY) else None
    is_final = kind == Kind.BOUNCE and not (original is None and _is_at_home(recipient))
    said = diagnostic or (judgement and judgement.words) or next(iter(told), "")
    return Finding(
        kind,
        recipient,
        original,
        status=_status(status, said),
        category=judgement.category if judgement else None,
        is_permanent=is_final and judgement is not None and judgement.is_permanent,
        suppresses=is_final and judgement is not None and judgement.suppresses,
        diagnostic=said[:_DIAGNOSTIC_CHARS],
        reporting_mta=reporting_mta,
        gives_up_at=gives_up_at,
        feedback_type="",
    )


def _is_at_home(recipient: str | None) -> bool:
    """On a machine that nobody outside can write to: whoever collects mail from a provider, whose mailbox took it."""
    return networks.is_this_machine((recipient or "").rpartition("@")[2])


def _status(number: str, words: str) -> str:
    """Many servers write 5.0.0 for anything; the words may hold another server's number."""
    return judging.status_in(words) or number if number[1:] in ("", ".0.0") else number


def _finding(
    kind: Kind,
    recipient: str | None,
    *,
    original: str | None = None,
    suppresses: bool = False,
    diagnostic: str = "",
    feedback_type: str = "",
) -> Finding:
    return Finding(
        kind,
        recipient,
        original,
        status="",
        category=None,
        is_permanent=False,
        suppresses=suppresses,
        diagnostic=diagnostic,
        reporting_mta="",
        gives_up_at=None,
        feedback_type=feedback_type,
    )
