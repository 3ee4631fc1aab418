"""Consent that holds for a time only, such as Canada's implied consent (CASL s. 10: two years after a purchase, six
months after an enquiry).

A list's rule counts from the day a person joined, or from a date that a field holds, and the day it ends is written
beside each subscription: reachability looks at that day alone, so that counting, showing and sending agree. Whoever
agreed themselves, on a page or by a form, has no such day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from contacts.grounds.models import ListBasis
from contacts.growth import folding
from contacts.models import Subscription

WARNED_AHEAD = timedelta(days=30)
_SLICE = 20_000


@dataclass(frozen=True, slots=True)
class Ending:
    """People of one list whose consent has ended, or ends within WARNED_AHEAD."""

    list_id: int
    name: str
    ended: int
    soon: int


def of_lists(list_ids: Iterable[int] | None = None) -> list[Ending]:
    """Lists with anybody whose consent ends, by name. Costs by how many such people there are."""
    now = timezone.now()
    held = Subscription.objects.filter(state=Subscription.State.SUBSCRIBED, list__archived_at=None)
    if list_ids is not None:
        held = held.filter(list_id__in=list(list_ids))
    ending = held.filter(expires_at__lte=now + WARNED_AHEAD).values("list_id", "list__name").order_by("list__name")
    counted = ending.annotate(
        ended=Count("id", filter=Q(expires_at__lte=now)), soon=Count("id", filter=Q(expires_at__gt=now))
    )
    return [Ending(row["list_id"], row["list__name"], row["ended"], row["soon"]) for row in counted]


def next_to_end() -> Subscription | None:
    """The first whose consent ends within WARNED_AHEAD; cheap, by an index."""
    return about_to_end().select_related("list").order_by("expires_at").first()


def about_to_end() -> QuerySet[Subscription]:
    """Whose consent ends within WARNED_AHEAD."""
    held = Subscription.objects.filter(state=Subscription.State.SUBSCRIBED, list__archived_at=None)
    return held.filter(expires_at__gt=Now(), expires_at__lte=Now() + WARNED_AHEAD)


def apply_rules(list_id: int | None = None) -> int:
    """Write the days that the rules of lists ask for, of all lists or one; returns how many changed. Safe to repeat.

    Whom somebody else is changing at the moment is left for the next time: a rule's day lies months ahead.
    """
    ruled = ListBasis.objects.all() if list_id is None else ListBasis.objects.filter(pk=list_id)
    return sum(_apply(one) for one in ruled.select_related("counted_from"))


def _apply(rule: ListBasis) -> int:
    changed, after = 0, 0
    values = {
        "list": rule.pk,
        "months": rule.months,
        "field": rule.counted_from.key if rule.counted_from else "",
        "slice": _SLICE,
    }
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_SQL, values | {"after": after})
            last, n = cursor.fetchone() or (None, 0)
        changed += n
        if last is None:
            if changed:
                folding.look_again()
            return changed
        after = last


# Fields of dates hold ISO texts that were checked when they were written.
_SQL = r"""
WITH slice AS MATERIALIZED (
    SELECT id, contact_id FROM contacts_subscription
    WHERE list_id = %(list)s AND contact_id > %(after)s ORDER BY contact_id LIMIT %(slice)s
), due AS (
    SELECT s.id, wanted.expires_at
    FROM contacts_subscription s JOIN slice ON slice.id = s.id JOIN contacts_contact c ON c.id = s.contact_id
    CROSS JOIN LATERAL (SELECT CASE WHEN NOT s.is_express THEN make_interval(months => %(months)s::int) + coalesce(
        CASE WHEN c.attributes ->> %(field)s ~ '^\d{4}-\d\d-\d\d' THEN left(c.attributes ->> %(field)s, 10)::timestamptz
        END, s.changed_at) END AS expires_at) wanted
    WHERE s.state = 'subscribed' AND s.expires_at IS DISTINCT FROM wanted.expires_at
    FOR NO KEY UPDATE OF s SKIP LOCKED
), done AS (
    UPDATE contacts_subscription s SET expires_at = due.expires_at FROM due WHERE s.id = due.id RETURNING s.id
)
SELECT (SELECT max(contact_id) FROM slice), (SELECT count(*) FROM done)
"""
