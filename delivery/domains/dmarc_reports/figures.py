"""Who sends as a domain, by source and by day. Read from the counts of reports."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils import timezone

from delivery.domains.dmarc_reports.advice import Source
from delivery.domains.dmarc_reports.models import DmarcCount, DmarcReport, DmarcSource
from delivery.domains.models import SendingDomain

SPANS = (7, 30, 90)
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    passed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Address:
    """One of a source, as one way of how its mail fared."""

    ip: str
    from_domain: str
    mails: int
    spf: bool
    dkim: bool
    spf_domain: str
    spf_result: str
    dkim_domain: str
    dkim_result: str
    disposition: str
    reason: str
    reporters: int

    @property
    def spf_is_anothers(self) -> bool:
        """The names are asked, too: rspamd reports "none" of SPF that passed for another's domain."""
        is_elsewhere = bool(self.from_domain) and _end(self.spf_domain) != _end(self.from_domain)
        return self.spf_result == "pass" or is_elsewhere


def _end(name: str) -> list[str]:
    """As near to an organisation's domain as one comes without asking its DNS (see dmarc.is_aligned)."""
    return name.split(".")[-2:]


def sources(domain: SendingDomain, days: int, *, verified: bool = False) -> list[Source]:
    """Without an order. Those of one network are one. `verified`: only by reports whose sender is proven."""
    said = dict(DmarcSource.objects.filter(domain=domain).values_list("name", "is_ours"))
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, [domain.pk, since(days), verified])
        return [Source(*(*row, said.get(row[0]))) for row in cursor.fetchall()]


def days_verified(domain: SendingDomain, days: int) -> int:
    """From the first that a report speaks of whose sender is proven to the last."""
    counts = DmarcCount.objects.filter(domain=domain, day__gte=since(days)).exclude(report__sent_by="")
    found = counts.aggregate(first=Min("day"), last=Max("day"))
    return (found["last"] - found["first"]).days + 1 if found["first"] else 0


def by_day(domain: SendingDomain, days: int) -> list[Day]:
    """From the first day on that a report speaks of; a day without any mail is there, too."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [domain.pk, since(days)])
        found = {on: Day(on, passed, failed) for on, passed, failed in cursor.fetchall()}
    if not found:
        return []
    first, last = min(found), max(found)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [found.get(on, Day(on, 0, 0)) for on in every]


def addresses(domain: SendingDomain, name: str, days: int) -> list[Address]:
    """Of one source, the most mails first."""
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [domain.pk, since(days), name, SHOWN])
        return [Address(*row) for row in cursor.fetchall()]


def reporters(domain: SendingDomain, days: int) -> list[str]:
    """The domains that signed the reports."""
    return _distinct(domain, days, "sent_by", ~Q(sent_by=""))


def unverified(domain: SendingDomain, days: int) -> list[str]:
    """As those call themselves whose reports nobody signed."""
    return _distinct(domain, days, "reporter", Q(sent_by=""))


def _distinct(domain: SendingDomain, days: int, name: str, of: Q) -> list[str]:
    counts = DmarcCount.objects.filter(domain=domain, day__gte=since(days))
    found = DmarcReport.objects.filter(of, pk__in=counts.values("report"))
    return list(found.order_by(name).values_list(name, flat=True).distinct()[:50])


def since(days: int) -> date:
    return timezone.now().date() - timedelta(days=days)


_NAME = "coalesce(nullif(n.name, ''), host(c.ip))"
_FROM = "FROM delivery_dmarccount c LEFT JOIN delivery_sourcename n ON n.ip = c.ip"
_SOURCES = f"""
SELECT {_NAME}, sum(c.mails)::bigint, coalesce(sum(c.mails) FILTER (WHERE spf OR dkim), 0)::bigint,
    coalesce(sum(c.mails) FILTER (WHERE spf), 0)::bigint, coalesce(sum(c.mails) FILTER (WHERE dkim), 0)::bigint,
    coalesce(sum(c.mails) FILTER (WHERE disposition IN ('quarantine', 'reject')), 0)::bigint,
    count(DISTINCT c.ip), max(day), count(DISTINCT nullif(r.sent_by, '')),
    count(DISTINCT day) FILTER (WHERE r.sent_by <> '')
{_FROM} JOIN delivery_dmarcreport r ON r.id = c.report_id
WHERE domain_id = %s AND day >= %s AND (NOT %s OR r.sent_by <> '') GROUP BY 1
"""
_DAYS = """
SELECT day, coalesce(sum(mails) FILTER (WHERE spf OR dkim), 0)::bigint,
    coalesce(sum(mails) FILTER (WHERE NOT spf AND NOT dkim), 0)::bigint
FROM delivery_dmarccount WHERE domain_id = %s AND day >= %s GROUP BY day
"""
_ADDRESSES = f"""
SELECT host(c.ip), from_domain, sum(mails)::bigint, spf, dkim, spf_domain, spf_result, dkim_domain, dkim_result,
    disposition, reason, count(DISTINCT report_id)
{_FROM} WHERE domain_id = %s AND day >= %s AND {_NAME} = %s
GROUP BY c.ip, from_domain, spf, dkim, spf_domain, spf_result, dkim_domain, dkim_result, disposition, reason
ORDER BY 3 DESC, 1 LIMIT %s
"""
