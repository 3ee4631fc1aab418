"""Writing again to a suppressed address: who may lift which suppression, and what is kept of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts import audit, wording
from accounts.audit import Actor
from accounts.models import AuditEntry, Role, User
from contacts import consent
from contacts.models import Suppression

LIFTED = "suppression.lift"
BOUNCES = frozenset({Suppression.Reason.HARD_BOUNCE.value, Suppression.Reason.SOFT_BOUNCE.value})
# What a person said by an act of their own: by the person alone, or by an owner who answers for it.
THEIR_WORD = frozenset({Suppression.Reason.COMPLAINT.value, Suppression.Reason.UNSUBSCRIBED.value})
# Writing again and again to who does not exist harms the delivery of all mail.
ONCE_IN = timedelta(days=30)
WHY = "Say why this address may get mail again. The reason is kept."


class NotLifted(Exception):
    """Its words are for the user."""


@dataclass(frozen=True, slots=True)
class Way:
    """How `user` may lift a suppression. `refusal`: why not, empty if they may."""

    refusal: str = ""
    needs_typing: bool = False


def ways(found: Iterable[Suppression], user: User) -> dict[int, Way]:
    """By the suppression's id."""
    rows = list(found)
    lately = _lifted_lately([row.email for row in rows if row.reason in BOUNCES])
    return {
        row.pk: Way(_ERASED) if row.is_erased else _way(row.reason, user.role, lately.get(row.email)) for row in rows
    }


def check(found: Suppression | None, *, by: User, typed: str) -> None:
    """Whether `by` may bring back whoever unsubscribed from everything. Raises NotLifted."""
    if found and found.reason == Suppression.Reason.UNSUBSCRIBED:
        _check(found, by, typed)


def lift(found: Suppression, *, by: User, request: Actor, reason: str, typed: str = "") -> None:
    """Raises NotLifted. The reason stays in the audit trail, and in the person's story."""
    if not reason.strip():
        raise NotLifted(WHY)
    _check(found, by, typed)
    consent.lift(found.email, by=by)
    audit.record(request, LIFTED, found.email, was=found.reason, reason=reason)


def lifted(email: str) -> list[AuditEntry]:
    """Every time that it was, the latest first."""
    entries = AuditEntry.objects.filter(action=LIFTED, subject=email[:200]).select_related("user")
    return list(entries.order_by("-id")[:50])


_ERASED = (
    "This person was erased, so nobody knows the address any more. When they are added again, by a form of theirs or"
    " by hand, their suppression can be lifted."
)
_SAID = {
    Suppression.Reason.COMPLAINT.value: "This person marked a mail as spam.",
    Suppression.Reason.UNSUBSCRIBED.value: "This person unsubscribed from everything.",
}
_TAKEN_BACK = {
    # A form answers them as it answers everybody, and no mail to confirm it comes.
    Suppression.Reason.COMPLAINT.value: "Only an owner can take that back, once they have asked you: no form does.",
    Suppression.Reason.UNSUBSCRIBED.value: "Only they can take that back, by a form of yours, or an owner for them.",
}


def _check(found: Suppression, by: User, typed: str) -> None:
    way = ways([found], by)[found.pk]
    if way.refusal:
        raise NotLifted(way.refusal)
    if way.needs_typing and typed.strip().lower() != found.email:
        raise NotLifted(f"{_SAID[found.reason]} Type {found.email} if you are sure.")


def _way(reason: str, role: str, lifted_at: datetime | None) -> Way:
    if reason in THEIR_WORD:
        if role != Role.OWNER:
            return Way(f"{_SAID[reason]} {_TAKEN_BACK[reason]}")
        return Way(needs_typing=True)
    if reason in BOUNCES and lifted_at:
        again = wording.day(timezone.localtime(lifted_at + ONCE_IN).date(), timezone.localdate())
        return Way(
            f"It was lifted within the last {ONCE_IN.days} days and failed again. Ask the person;"
            f" it can be lifted again from {again} on."
        )
    return Way()


def _lifted_lately(emails: list[str]) -> dict[str, datetime]:
    if not emails:
        return {}
    cut = {email[:200]: email for email in emails}
    entries = AuditEntry.objects.filter(action=LIFTED, subject__in=list(cut), at__gt=timezone.now() - ONCE_IN)
    bounced = entries.filter(detail__was__in=sorted(BOUNCES)).order_by("at")
    return {cut[subject]: at for subject, at in bounced.values_list("subject", "at")}
