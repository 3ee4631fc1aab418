"""Keys: issued once, recognised by their digest, limited in how often they ask."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from delivery.sandbox.api.models import SandboxKey
from delivery.sandbox.mailboxes.models import SandboxMailbox

MOST = 50  # keys of one mailbox
REQUESTS_A_MINUTE = 1_200
_PREFIX = "tps_"
_WRITTEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """The key is shown once: nobody can read it again."""

    row: SandboxKey
    key: str


def issue(mailbox: SandboxMailbox, note: str) -> Issued:
    if mailbox.is_own:
        mailbox.save()  # it may be there in name only
    key = _PREFIX + secrets.token_urlsafe(30)
    row = SandboxKey.objects.create(mailbox=mailbox, note=note, beginning=key[:10], digest=_digest(key))
    return Issued(row, key)


def recognise(key: str) -> SandboxKey | None:
    if not key.startswith(_PREFIX) or len(key) > 100:
        return None
    found = SandboxKey.objects.select_related("mailbox").filter(digest=_digest(key)).first()
    if found:
        _note_use(found)
    return found


def may_ask(key: SandboxKey) -> bool:
    """Counted by the minute."""
    name = f"sandbox-key:{key.pk}:{timezone.now():%H%M}"
    cache.add(name, 0, timeout=120)
    try:
        return bool(cache.incr(name) <= REQUESTS_A_MINUTE)
    except ValueError:  # it ran out between the two
        return True


def _note_use(key: SandboxKey) -> None:
    now = timezone.now()
    lately = Q(used_at=None) | Q(used_at__lt=now - _WRITTEN_EVERY)
    SandboxKey.objects.filter(lately, pk=key.pk).update(used_at=now)


def _digest(key: str) -> bytes:
    """Fast on purpose: a key of 240 random bits is not guessed."""
    return blake2b(key.encode(), digest_size=32).digest()
