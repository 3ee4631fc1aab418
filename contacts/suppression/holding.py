"""Suppressions on hold: a domain denied so many at once that it may be wrong. Nobody is written to until somebody says
whether to believe it.

Others (`hold_with`) complain or leave in reports that somebody has to look at first, and get no mail until then.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from contacts import addresses, consent
from contacts.consent import Suppressing
from contacts.models import Suppression

SMTP, BOUNCE = "smtp", "bounce"  # sources of suppressions that a mail server's answer brought, at once or by mail
WAITING = "waiting"
_WITH = f"{WAITING}: "  # how the source of those begins that wait with a report; then that report's
IS_WAITING = Q(reason=Suppression.Reason.HELD, source__startswith=_WITH)
_WORDS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Held:
    """All that is on hold of one domain. `words` are the server's, hostile text."""

    domain: str
    count: int
    since: datetime
    words: list[str]


def hold(domain: str, within_seconds: int) -> int:
    """Put on hold who of `domain` was suppressed lately by a server's answer; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [domain, within_seconds])
        return int(cursor.rowcount)


def held() -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD)
        rows = cursor.fetchall()
    return [Held(domain, count, since, words[:_WORDS_SHOWN]) for domain, count, since, words in rows]


def believe(domain: str) -> int:
    """Suppress for good whom the domain denied; returns how many."""
    return _of(domain, "UPDATE contacts_suppression SET reason = 'hard_bounce', source = 'review'")


def keep(domain: str) -> int:
    """Write to them again; returns how many."""
    return _of(domain, "DELETE FROM contacts_suppression")


def domains(among: Iterable[str]) -> set[str]:
    """Those of the domains with somebody on hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT {_DOMAIN} FROM contacts_suppression WHERE {_ON_HOLD} AND {_DOMAIN} = ANY(%s)",  # noqa: S608
            [list(among)],
        )
        return {row[0] for row in cursor.fetchall()}


def recently_denied(among: Iterable[str], within_seconds: int, *, at_least: int) -> dict[str, int]:
    """How many of each domain a server's answer suppressed lately, where it is so many."""
    with connection.cursor() as cursor:
        cursor.execute(_RECENTLY, [within_seconds, list(among), at_least])
        return dict(cursor.fetchall())


def waiting() -> int:
    """How many are on hold."""
    return on_hold().count()


def on_hold() -> QuerySet[Suppression]:
    """Without those that wait with a report."""
    return Suppression.objects.filter(reason=Suppression.Reason.HELD).exclude(IS_WAITING)


def hold_with(source: str, wishes: Iterable[tuple[str, int]]) -> None:
    """No mail to these until somebody has looked at reports of `source`; of each the address and the message that a
    report is about. Who is suppressed anyway stays so."""
    consent.suppress_all(
        Suppressing(email, Suppression.Reason.HELD, _WISHES, f"{_WITH}{source}", message_id)
        for email, message_id in wishes
    )


def follow(before: str, now: str) -> None:
    """Somebody has another address: whoever waits with a report waits under it, too, and until the same look."""
    found = Suppression.objects.filter(IS_WAITING, email=addresses.key(before)).first()
    if found:
        consent.suppress(now, found.reason, detail=found.detail, source=found.source, message_id=found.message_id)


def end_with(source: str, message_ids: Collection[int] | None = None) -> int:
    """Somebody has looked at the reports of `source`, or at those about these messages; returns how many waited."""
    held = Suppression.objects.filter(reason=Suppression.Reason.HELD, source=f"{_WITH}{source}"[:60])
    deleted, _ = (held if message_ids is None else held.filter(message_id__in=message_ids)).delete()
    return deleted


def is_waiting(source: str) -> bool:
    return source.startswith(_WITH)


def _of(domain: str, change: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"{change} WHERE {_ON_HOLD} AND {_DOMAIN} = %s", [domain])
        return int(cursor.rowcount)


_DOMAIN = "substring(email FROM '[^@]*$')"
_WISHES = "Complains or leaves in a report that waits for somebody to look at it"
_ON_HOLD = f"reason = 'held' AND NOT starts_with(source, '{_WITH}')"
_LATELY = "source IN ('smtp', 'bounce') AND reason = 'hard_bounce' AND created_at > now() - %s * interval '1 second'"
_HOLD = f"UPDATE contacts_suppression SET reason = 'held' WHERE {_DOMAIN} = %s AND {_LATELY}"  # noqa: S608
_RECENTLY = f"""
SELECT {_DOMAIN}, count(*) FROM contacts_suppression
WHERE {_LATELY} AND {_DOMAIN} = ANY(%s) GROUP BY 1 HAVING count(*) >= %s
"""  # noqa: S608
_HELD = f"""
SELECT domain, sum(n)::int, min(since), array_agg(detail ORDER BY n DESC) FROM (
    SELECT {_DOMAIN} AS domain, detail, count(*) AS n, min(created_at) AS since
    FROM contacts_suppression WHERE {_ON_HOLD} GROUP BY 1, 2) said
GROUP BY domain ORDER BY 3 DESC, domain
"""  # noqa: S608
