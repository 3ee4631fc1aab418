"""Own sources that passed and begin to fail: noted, told on Home and by mail, and over once they pass again."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from delivery.domains.dmarc_reports import advice, keeping, naming
from delivery.domains.dmarc_reports.models import DmarcSource
from delivery.domains.models import SendingDomain

_LATELY, _BEFORE = 3, 33  # days; reports come a day or two after the mail
_SHOWN = 3


def look() -> None:
    """Safe to run twice; what is asked of the DNS is bounded."""
    naming.name_sources()
    keeping.forget_old()
    for domain in SendingDomain.objects.confirmed().filter(dmarc_counts__isnull=False).distinct():
        _look_at(domain)


def _look_at(domain: SendingDomain) -> None:
    failing = dict(_failing(domain))
    known = {source.name: source for source in DmarcSource.objects.filter(domain=domain)}
    for name, words in failing.items():
        source = known.get(name) or DmarcSource(domain=domain, name=name)
        if source.is_ours is not False:
            source.failing_since = source.failing_since or timezone.now()
            source.failing_words = words[:300]
            source.save()
    over = [name for name, source in known.items() if source.failing_since and name not in failing]
    DmarcSource.objects.filter(domain=domain, name__in=over).update(failing_since=None, failing_words="")


def _failing(domain: SendingDomain) -> Iterator[tuple[str, str]]:
    """By the last days that there are signed reports of; neither silence nor a single report is news."""
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE_AND_NOW, {"domain": domain.pk, "lately": _LATELY, "before": _BEFORE})
        for name, mails, passed, mails_now, passed_now in cursor.fetchall():
            if advice.begins_to_fail((mails, passed), (mails_now, passed_now)):
                yield name, f"{mails_now - passed_now:,} of its {mails_now:,} mails of the last days did not pass."


def problems(user: User) -> Iterator[Problem]:
    for source in failing().select_related("domain").order_by("failing_since")[:_SHOWN]:
        cure = "Mailboxes may refuse them. See which of SPF and DKIM fails, and ask whoever runs that server."
        may_cure = allows(user, Permission.DELIVERY)
        yield Problem(
            "bad",
            f"Mail as {source.domain} from {source.name} begins to fail",
            f"{source.failing_words} {cure}",
            reverse("domain-senders", args=[source.domain_id]) if may_cure else "",
            about=Alarm.DMARC.about(source.pk),
        )


def failing() -> QuerySet[DmarcSource]:
    return DmarcSource.objects.exclude(failing_since=None)


_BEFORE_AND_NOW = """
WITH newest AS (
    SELECT max(day) AS day FROM delivery_dmarccount c JOIN delivery_dmarcreport r ON r.id = c.report_id
    WHERE c.domain_id = %(domain)s AND r.sent_by <> ''),
counted AS (
    SELECT coalesce(nullif(n.name, ''), host(c.ip)) AS name, c.report_id, c.mails, c.spf OR c.dkim AS passed,
        c.day > newest.day - %(lately)s AS is_late
    FROM delivery_dmarccount c JOIN delivery_dmarcreport r ON r.id = c.report_id CROSS JOIN newest
    LEFT JOIN delivery_sourcename n ON n.ip = c.ip
    WHERE c.domain_id = %(domain)s AND c.day > newest.day - %(before)s AND r.sent_by <> ''
)
SELECT name, coalesce(sum(mails) FILTER (WHERE NOT is_late), 0)::bigint,
    coalesce(sum(mails) FILTER (WHERE NOT is_late AND passed), 0)::bigint,
    coalesce(sum(mails) FILTER (WHERE is_late), 0)::bigint,
    coalesce(sum(mails) FILTER (WHERE is_late AND passed), 0)::bigint
FROM counted GROUP BY name HAVING count(DISTINCT report_id) FILTER (WHERE is_late AND NOT passed) > 1
"""
