"""`read`: what a returned mail says. Never raises; linear in what it looks at, which is bounded."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from delivery.bounces import addresses, arf, delivery_status, judging, mime
from delivery.bounces.delivery_status import Fields, Status
from delivery.bounces.finding import Finding, Kind

_DIAGNOSTIC_CHARS = 1_000
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus", "dmarc"})
_KINDS = {"failed": Kind.BOUNCE, "delayed": Kind.DELAY} | dict.fromkeys(
    ("delivered", "relayed", "expanded"), Kind.DELIVERED
)


def read(raw: bytes) -> list[Finding]:
    try:
        return _read(raw)
    except (ValueError, LookupError, TypeError, RecursionError, OverflowError):
        return []  # what hostile text brings a library to is no finding


def _read(raw: bytes) -> list[Finding]:
    headers, parts = mime.leaves(raw)
    report = arf.read_parts(parts)
    if report is not None:
        return [_complaint(report)]
    for part in parts:
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            return _by_status(delivery_status.read(part.text), _prose(parts), headers)
    return []


def _complaint(report: arf.Report) -> Finding:
    recipient = next(filter(None, map(addresses.tidy, report.recipients)), None)
    return Finding(
        Kind.COMPLAINT,
        recipient,
        None,
        status="",
        category=None,
        is_permanent=False,
        suppresses=report.feedback_type not in _NO_COMPLAINTS,
        diagnostic="",
        reporting_mta="",
        gives_up_at=None,
        feedback_type=report.feedback_type,
    )


def _by_status(status: Status, prose: str, headers: mime.Headers) -> list[Finding]:
    return [_recipient(fields, status.of_message, prose, headers) for fields in status.recipients]


def _recipient(fields: Fields, of_message: Fields, prose: str, headers: mime.Headers) -> Finding:
    final = addresses.typed(fields.get("final-recipient", ""))
    original = addresses.typed(fields.get("original-recipient", ""))
    recipient = final or original
    action = fields.get("action", "").partition(" ")[0].strip("();,").lower()
    number = fields.get("status", "").strip()[:11].split(" ")[0]
    kind = _KINDS.get(action) or (Kind.DELAY if number.startswith("4.") else Kind.BOUNCE)
    diagnostic = _untyped(fields.get("diagnostic-code", ""))
    failed = kind in (Kind.BOUNCE, Kind.DELAY)
    judgement = judging.judge((diagnostic, prose), number) if failed else None
    return Finding(
        kind,
        recipient,
        original if recipient and original and not addresses.same(original, recipient) else None,
        status=number,
        category=judgement.category if judgement else None,
        is_permanent=kind == Kind.BOUNCE and judgement is not None and judgement.is_permanent,
        suppresses=kind == Kind.BOUNCE and judgement is not None and judgement.suppresses,
        diagnostic=diagnostic[:_DIAGNOSTIC_CHARS],
        reporting_mta=_untyped(of_message.get("reporting-mta", ""))[:255],
        gives_up_at=_date(fields.get("will-retry-until", "")) if kind == Kind.DELAY else None,
        feedback_type="",
    )


def _prose(parts: list[mime.Part]) -> str:
    return next((part.text for part in parts if part.kind.startswith("text/")), "")


def _untyped(value: str) -> str:
    kind, semicolon, rest = value.partition(";")
    return " ".join((rest if semicolon and " " not in kind.strip() else value).split())


def _date(written: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(written[:100])
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
