"""Where a person is logged in, when each browser was last seen, and how the others are logged out."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.login import throttling
from accounts.models import Session, User
from accounts.permissions import StaffRequest
from accounts.sessions import devices

_SEEN = "seen"
_STALE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class OpenSession:
    number: str  # names it in a form; the key itself would be as good as the password
    device: str
    network: str
    seen_at: datetime | None
    is_this: bool


def note(request: HttpRequest) -> None:
    """Remember from where and when this session was last used; written once a minute at most."""
    seen = {
        "at": int(time.time()),
        "device": devices.in_words(request.META.get("HTTP_USER_AGENT") or ""),
        "network": throttling.network(request.META.get("REMOTE_ADDR") or ""),
    }
    known = request.session.get(_SEEN) or {"at": 0}
    if seen | {"at": 0} != known | {"at": 0} or seen["at"] - known["at"] >= _STALE_SECONDS:
        request.session[_SEEN] = seen


def open_sessions(request: StaffRequest) -> list[OpenSession]:
    """This one first, then those seen last."""
    found = [_shown(request, session, data) for session, data in _live(request.user)]
    return sorted(found, key=lambda one: (not one.is_this, -(one.seen_at.timestamp() if one.seen_at else 0)))


def end(request: StaffRequest, number: str) -> bool:
    """Log one other browser of this person out; False: it had ended before."""
    keys = [session.pk for session, _ in _live(request.user) if _number(session) == number]
    own = request.session.session_key
    return bool(Session.objects.filter(user=request.user, pk__in=keys).exclude(pk=own).delete()[0])


def end_others(request: StaffRequest) -> None:
    """All but the one that asks. Also those of which only a copied cookie is left."""
    request.user.end_sessions()
    update_session_auth_hash(request, request.user)


def sweep() -> None:
    """Forget sessions that have run out, whosever they were."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def _live(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Without those that the next request would find ended."""
    valid = user.get_session_auth_hash()
    for session in Session.objects.filter(user=user, expire_date__gt=timezone.now()):
        data = session.get_decoded()
        if constant_time_compare(data.get(HASH_SESSION_KEY, ""), valid):
            yield session, data


def _shown(request: StaffRequest, session: Session, data: dict[str, Any]) -> OpenSession:
    is_this = session.pk == request.session.session_key
    seen = (request.session if is_this else data).get(_SEEN) or {}
    return OpenSession(
        _number(session),
        seen.get("device", "Unknown browser"),
        seen.get("network", ""),
        datetime.fromtimestamp(seen["at"], UTC) if seen else None,
        is_this,
    )


def _number(session: Session) -> str:
    return hashlib.sha256(session.pk.encode()).hexdigest()[:16]
