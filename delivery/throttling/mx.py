"""Which lane a custom domain belongs to, by its MX: looked up in the background, never while something is sent."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from delivery.domains import resolver
from delivery.models import MailDomain
from delivery.policy import mailbox_providers

log = logging.getLogger(__name__)

# Hosts that take the domain's mail, the preferred one first; empty: it takes none. Raises Unknown.
Resolver = Callable[[str], Sequence[str]]

AT_LEAST_CONTACTS = 20
MOST_A_RUN = 200
AGAIN_DAYS = 30
FAILED_AGAIN_DAYS = 1
_FAILURES_IN_A_ROW = 5


class Unknown(Exception):
    """The resolver does not answer now; that says nothing about the domain."""


def learn(resolve: Resolver | None = None) -> int:
    """Look up domains of many contacts, the most frequent first; how many were learnt. Safe to run twice."""
    learnt = failures = 0
    for domain in _due():
        try:
            hosts = (resolve or _ask_dns)(domain)
        except Unknown as problem:
            log.info("MX of %s not known: %s", domain, problem)
            _try_tomorrow(domain)
            failures += 1
            if failures == _FAILURES_IN_A_ROW:
                break
            continue
        failures = 0
        learnt += 1
        mx = hosts[0].rstrip(".").lower() if hosts else ""
        values = {"mx": mx[:255], "lane": mailbox_providers.lane_of_mx(mx), "looked_up_at": timezone.now()}
        MailDomain.objects.update_or_create(domain=domain, defaults=values)
    return learnt


def _due() -> list[str]:
    with connection.cursor() as cursor:
        known = [domain for domains in mailbox_providers.DOMAINS.values() for domain in domains]
        cursor.execute(_DUE, [known, AT_LEAST_CONTACTS, AGAIN_DAYS, MOST_A_RUN])
        return [row[0] for row in cursor.fetchall()]


def _try_tomorrow(domain: str) -> None:
    """Under the lane it had."""
    at = timezone.now() - timedelta(days=AGAIN_DAYS - FAILED_AGAIN_DAYS)
    MailDomain.objects.update_or_create(domain=domain, defaults={"looked_up_at": at})


def _ask_dns(domain: str) -> list[str]:
    answer = resolver.shared()(domain, "MX")
    if not answer.is_known:
        raise Unknown(answer.why)
    return [value.rpartition(" ")[2] for value in answer.values]


_DUE = """
SELECT found.domain FROM (
    SELECT lower(split_part(email, '@', -1)) AS domain, count(*) AS people FROM contacts_contact GROUP BY 1) found
LEFT JOIN delivery_maildomain d ON d.domain = found.domain
WHERE found.domain <> ALL(%s) AND found.people >= %s
AND (d.looked_up_at IS NULL OR d.looked_up_at < statement_timestamp() - %s * interval '1 day')
ORDER BY found.people DESC, found.domain LIMIT %s
"""
