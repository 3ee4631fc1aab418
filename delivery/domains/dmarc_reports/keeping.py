"""A report that was read becomes rows: of our domains only, and each report once."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.db.models import Sum
from django.utils import timezone

from delivery.domains.dmarc_reports.models import DmarcCount, DmarcReport
from delivery.domains.dmarc_reports.parsing import Report, Row
from delivery.domains.models import SendingDomain

_MOST_LINES_A_DAY = 200_000  # of all reports together: anybody can write them
_CLOCKS_DIFFER = timedelta(days=1)
KEPT = timedelta(days=400)


class Outcome(StrEnum):
    COUNTED = "counted"
    KNOWN = "known"
    FOREIGN = "foreign"
    TOO_MANY = "too many"
    AHEAD = "ahead"


def is_ours(report: Report) -> bool:
    return bool(_related(report.domain))


def keep(report: Report, sent_by: str = "") -> Outcome:
    """In the caller's transaction, one caller at a time. `sent_by`: whose signature the mail has, see proving.

    One whose sender is proven takes the place of one that only used its name and number, and nobody else's.
    """
    related = _related(report.domain)
    if not related:
        return Outcome.FOREIGN
    begins, ends = (datetime.fromtimestamp(at, UTC) for at in (report.begins, report.ends))
    if ends > timezone.now() + _CLOCKS_DIFFER:
        return Outcome.AHEAD
    told = {"reporter": report.reporter, "number": report.number, "domain_name": report.domain, "begins_at": begins}
    known = DmarcReport.objects.filter(**told)
    if (known.filter(sent_by=sent_by) if sent_by else known).exists():
        return Outcome.KNOWN
    lately = DmarcReport.objects.filter(taken_at__gt=timezone.now() - timedelta(days=1))
    if (lately.aggregate(sum=Sum("lines"))["sum"] or 0) + len(report.rows) > _MOST_LINES_A_DAY:
        return Outcome.TOO_MANY
    known.filter(sent_by="").delete()
    made = DmarcReport.objects.create(
        **told, sent_by=sent_by, policy=report.policy, ends_at=ends, mails=report.mails, lines=len(report.rows)
    )
    day = (begins + (ends - begins) / 2).date()
    DmarcCount.objects.bulk_create(
        (
            DmarcCount(
                report=made,
                domain=_domain_of(row, report, related),
                day=day,
                mails=mails,
                **{name: getattr(row, name) for name in Row.__slots__},
            )
            for row, mails in report.rows.items()
        ),
        batch_size=1_000,
    )
    return Outcome.COUNTED


def in_words(outcome: Outcome, report: Report, sent_by: str = "") -> str:
    what = f"A DMARC report of {report.reporter} on {report.domain}"
    if outcome == Outcome.COUNTED:
        proof = f"Signed by {sent_by}." if sent_by else "Its sender is not verified, so it moves no advice."
        mails = f"{report.mails:,} {'mail' if report.mails == 1 else 'mails'}"
        return f"{what}: {mails}. {proof} They stand on the domain's page."
    if outcome == Outcome.KNOWN:
        return f"{what}, which was counted before."
    if outcome == Outcome.TOO_MANY:
        return f"{what}. More came within a day than is believable, so it is not counted."
    if outcome == Outcome.AHEAD:
        return f"{what}. It speaks of days to come, so it is not counted."
    return f"{what}, which is none of the domains here."


def forget_old() -> int:
    """What nobody looks at any more; returns how many reports."""
    return DmarcReport.objects.filter(ends_at__lt=timezone.now() - KEPT).delete()[1].get("delivery.DmarcReport", 0)


def _related(name: str) -> list[SendingDomain]:
    """Our domains that the record at `name` is for: the same, those below, and that which it is below of."""
    confirmed = SendingDomain.objects.confirmed().only("name").order_by("name")
    return [one for one in confirmed if _is_within(one.name, name) or _is_within(name, one.name)]


def _domain_of(row: Row, report: Report, related: list[SendingDomain]) -> SendingDomain:
    """The one that its From address is at or below, the longest; what is sent as a parent or a sister of ours, which
    the same record is for, counts for the domain whose record it is, else for the first."""
    within = [one for one in related if _is_within(row.from_domain or report.domain, one.name)]
    return max(within, key=lambda one: len(one.name), default=related[0])


def _is_within(name: str, parent: str) -> bool:
    return name == parent or name.endswith(f".{parent}")
