"""What nobody confirmed in time lapses, and what was typed is not kept for longer than it is of use.

That a contact signed up by a form is kept with the contact, for segments that ask for it, and goes with it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from contacts.signup import confirming
from contacts.signup.models import SignupLetter, SignupRequest, SpentProof

KEPT = timedelta(days=30)  # after its last word; the proof of a confirmed one is with the contact
_AT_A_TIME = 500
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
_TYPED = ("email", "key", "site", "user_agent")
# What is left of a confirmed one: who, by which form and when.
_THE_FACT: dict[str, Any] = dict.fromkeys(_TYPED, "") | {
    "lists": [],
    "values": {},
    "counting": {},
    "ip": None,
    "expires_at": _NEVER,
}
State = SignupRequest.State


def sweep(now: datetime) -> int:
    """In small transactions, so that it may be stopped at any time. Returns how many lapsed."""
    lapsed = 0
    while found := list(_over(now)):
        with transaction.atomic():
            lapsed += sum(confirming.expire(request, now) for request in found)
    while old := list(_old(now)):
        _forget(old)
    SpentProof.objects.filter(lapses_at__lte=now).delete()
    return lapsed


def _over(now: datetime) -> list[SignupRequest]:
    waiting = SignupRequest.objects.filter(state=State.WAITING, expires_at__lte=now)
    return list(waiting.select_related("form").order_by("expires_at")[:_AT_A_TIME])


def _old(now: datetime) -> list[int]:
    ended = SignupRequest.objects.exclude(state=State.WAITING).filter(expires_at__lte=now - KEPT)
    return list(ended.order_by("expires_at").values_list("pk", flat=True)[:_AT_A_TIME])


@transaction.atomic
def _forget(old: Sequence[int]) -> None:
    SignupLetter.objects.filter(request__in=old).delete()
    ended = SignupRequest.objects.filter(pk__in=old)
    ended.filter(state=State.CONFIRMED).update(**_THE_FACT)
    ended.exclude(state=State.CONFIRMED).delete()
