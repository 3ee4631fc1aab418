"""Everybody is counted anew from what is stored about them now, so that the days always add up to who can be reached.

Costs by how many people there are, a few seconds a million: so it happens where something changed, and takes at most a
fiftieth of the time. Somebody who left and came back counts as never gone; somebody deleted counts on no day.
"""

import time
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.database import locks
from accounts.models import Organisation
from contacts.reach.models import AudienceCount
from contacts.reachability import is_kept_off, is_open, is_subscribed, kept_off_at, suppression_of

_SHARE = 50  # of the time that may pass
_LONGEST = timedelta(days=1)


def refresh() -> bool:
    """Count if it is time; whether it was. Safe to run twice: what another one is counting is left to it."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not locks.try_hold(cursor, locks.Kind.AUDIENCE):
            return False
        last, seen, now = AudienceCount.objects.first(), _seen(), timezone.now()
        if last:
            age = now - last.counted_at
            if age.total_seconds() < last.took_seconds * _SHARE or (seen == last.seen and age < _LONGEST):
                return False
        _count(seen)
    return True


def recount() -> None:
    """At once, for whoever has changed many people and shows the sums next."""
    with transaction.atomic(), connection.cursor() as cursor:
        locks.hold(cursor, locks.Kind.AUDIENCE)
        _count(_seen())


def _count(seen: str) -> None:
    counted_at, start = timezone.now(), time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contacts_audienceday")
        cursor.execute(_COUNT, {"zone": Organisation.zone()})
    AudienceCount.objects.all().delete()
    AudienceCount.objects.create(counted_at=counted_at, took_seconds=time.monotonic() - start, seen=seen)


def _seen() -> str:
    """Differs once something has changed: how many rows were ever written, as PostgreSQL notes it for its own ends."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        (written,) = cursor.fetchone() or ("",)
    return str(written)


_WRITTEN = """
SELECT coalesce(string_agg(concat_ws('+', n_tup_ins, n_tup_upd, n_tup_del), ' ' ORDER BY relname), '')
FROM pg_stat_user_tables WHERE relname IN ('contacts_subscription', 'contacts_suppression', 'contacts_listsuppression')
"""
# Who never could be reached is on no day: suppressed before they joined, or unsubscribed as they came in.
_COUNT = f"""
WITH person AS (
    SELECT contact_id, min(created_at) AS joined_at, bool_or({is_open("x")}) AS is_open,
        max(CASE WHEN {is_subscribed("x")} THEN coalesce({kept_off_at("x")}, expires_at) ELSE changed_at END)
            FILTER (WHERE NOT {is_open("x")}) AS left_at,
        CASE WHEN bool_or({is_subscribed("x")} AND {is_kept_off("x")}) THEN 'manual'
            WHEN bool_or({is_subscribed("x")}) THEN 'expired' ELSE 'unsubscribed' END AS left_how
    FROM contacts_subscription x WHERE state <> 'unconfirmed' GROUP BY contact_id
), judged AS (
    SELECT joined_at, CASE WHEN is_open THEN s.created_at ELSE least(left_at, s.created_at) END AS gone_at,
        CASE WHEN is_open OR left_at > s.created_at THEN s.reason ELSE left_how END AS why
    FROM person JOIN contacts_contact c ON c.id = contact_id LEFT JOIN {suppression_of("c.email")}
), counted AS (
    SELECT (joined_at AT TIME ZONE %(zone)s)::date AS joined_on, (gone_at AT TIME ZONE %(zone)s)::date AS gone_on, why,
        count(*) AS n
    FROM judged WHERE gone_at IS NULL OR gone_at > joined_at + interval '1 second' GROUP BY 1, 2, 3
)
INSERT INTO contacts_audienceday ("on", joined, unsubscribed, bounced, complained, blocked, expired)
SELECT "on", coalesce(sum(n) FILTER (WHERE why IS NULL), 0), coalesce(sum(n) FILTER (WHERE why = 'unsubscribed'), 0),
    coalesce(sum(n) FILTER (WHERE why IN ('hard_bounce', 'soft_bounce')), 0),
    coalesce(sum(n) FILTER (WHERE why = 'complaint'), 0),
    coalesce(sum(n) FILTER (WHERE why IN ('manual', 'held')), 0),
    coalesce(sum(n) FILTER (WHERE why = 'expired'), 0)
FROM (
    SELECT joined_on AS "on", NULL AS why, n FROM counted
    UNION ALL SELECT gone_on, why, n FROM counted WHERE gone_on IS NOT NULL
) AS moves GROUP BY 1
"""  # noqa: S608
