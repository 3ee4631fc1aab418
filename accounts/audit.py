"""The audit trail: who did what to which thing, from where."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from accounts.models import AuditEntry, User

Actor = HttpRequest | User | None


def record(actor: Actor, action: str, subject: str = "", **detail: Any) -> AuditEntry:
    """Append one entry. `actor` is the request where there is one; None means the machine's own administrator."""
    return AuditEntry.objects.create(
        user=_user(actor), action=action, subject=subject[:200], detail=detail, ip=_address(actor)
    )


def _user(actor: Actor) -> User | None:
    user: User | AnonymousUser | None = getattr(actor, "user", None) if isinstance(actor, HttpRequest) else actor
    return user if isinstance(user, User) and user.pk else None


def _address(actor: Actor) -> str | None:
    return (actor.META.get("REMOTE_ADDR") or None) if isinstance(actor, HttpRequest) else None
