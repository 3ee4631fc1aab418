"""Suppressing an address for one list, and taking that back.

It differs from unsubscribing: who unsubscribed comes back by signing up, who is suppressed only when somebody lifts it.
Mail of other lists goes on, and so does a campaign that also goes to another list of theirs.
"""

from collections.abc import Iterable, Sequence

from accounts import audit
from accounts.audit import Actor
from accounts.models import User
from accounts.wording import storable
from contacts import addresses
from contacts.models import ListSuppression, MailingList
from contacts.suppression.lifting import LIFTED, NotLifted

WHY = "Say why this address may get mail of the list again. The reason is kept."
WAS = "one_list"  # in the audit trail, where other suppressions have their reason


def suppress(emails: Iterable[str], mailing_list: MailingList, *, reason: str, by: User | None) -> int:
    """How many were not suppressed for it yet. Safe to repeat: the first reason stays."""
    keys = sorted({addresses.key(email) for email in emails})  # in one order, so that two at a time do not wait
    before = ListSuppression.objects.filter(list=mailing_list).count()
    detail = storable(reason, 1000)
    rows = (ListSuppression(email=key, list=mailing_list, detail=detail, by=by) for key in keys)
    ListSuppression.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return ListSuppression.objects.filter(list=mailing_list).count() - before


def lift(found: ListSuppression, *, by: User, request: Actor, reason: str) -> None:
    """Raises NotLifted. The reason stays in the audit trail, and in the person's story."""
    if not reason.strip():
        raise NotLifted(WHY)
    found.delete()
    audit.record(request, LIFTED, found.email, was=WAS, list=found.list.name, reason=reason)


def of(email: str) -> list[ListSuppression]:
    found = ListSuppression.objects.filter(email=addresses.key(email)).select_related("list", "by")
    return list(found.order_by("list__name"))


def kept_off(email: str, lists: Sequence[int]) -> set[int]:
    """Those of `lists` whose mail does not go there."""
    found = ListSuppression.objects.filter(email=addresses.key(email), list__in=lists)
    return set(found.values_list("list_id", flat=True))


def follow(before: str, now: str) -> None:
    """Somebody has another address: what holds for a list holds for it, too."""
    for one in of(before):
        suppress([now], one.list, reason=one.detail, by=one.by)
