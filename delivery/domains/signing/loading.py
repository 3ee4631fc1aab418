"""The signer of a domain as a worker keeps it: its keys are opened once, and looked after now and then."""

import time

from delivery.domains.models import SigningKey
from delivery.domains.signing import keys
from delivery.domains.signing.signer import Signer

_LOOKED_AFTER_SECONDS = 15.0  # a key that was switched off goes on for at most so long
_known: dict[str, tuple[float, tuple[int, ...], Signer | None]] = {}


def signer_of(domain: str) -> Signer | None:
    """None: nobody has switched signing on. In a thread that may ask the database. Raises secrets.Unreadable."""
    if not domain:
        return None
    now = time.monotonic()
    until, numbers, signer = _known.get(domain, (0.0, (), None))
    if now < until:
        return signer
    kept = list(SigningKey.objects.filter(domain__name=domain, domain__signs=True).order_by("pk"))
    if tuple(key.pk for key in kept) != numbers:
        numbers = tuple(key.pk for key in kept)
        signer = Signer(domain, [keys.opened(key) for key in kept]) if kept else None
    if len(_known) > 100:
        _known.clear()
    _known[domain] = now + _LOOKED_AFTER_SECONDS, numbers, signer
    return signer


def forget() -> None:
    """What another domain's row of the same name said, in tests."""
    _known.clear()
