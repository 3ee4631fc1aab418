"""Wrong passwords: five tries, then waits that grow, for whoever tries and never for the account as such.

Counted by who is tried and from where, so that a stranger who guesses locks out the stranger's own network alone.
"""

import hashlib
import math
import time
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.core.cache import cache

FREE_TRIES = 5
_WAITS = (timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_REMEMBERED = timedelta(days=1)


class Locked(Exception):
    """Too many wrong tries from here. `wait` is what is left."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__(f"Too many wrong tries from here. The next one is possible in {_in_minutes(wait)}.")


def begin(who: str, where: str) -> None:
    """Count a try before the password is looked at: many at once get no more tries than one after another.

    Raises Locked. A try that was right is followed by `forget`.
    """
    tries, gate = _keys(who, where)
    _refuse_at(gate)
    cache.add(tries, 0, _REMEMBERED.total_seconds())
    number: int = cache.incr(tries)
    cache.touch(tries, _REMEMBERED.total_seconds())
    if number < FREE_TRIES:
        return
    wait = wait_after(number).total_seconds()
    if not cache.add(gate, time.time() + wait, wait):
        cache.decr(tries)
        _refuse_at(gate)


def forget(who: str, where: str) -> None:
    cache.delete_many(_keys(who, where))


def is_locked(who: str, where: str) -> bool:
    return cache.get(_keys(who, where)[1]) is not None


def wait_after(tries: int) -> timedelta:
    return _WAITS[min(max(tries - FREE_TRIES, 0), len(_WAITS) - 1)]


def network(address: str) -> str:
    """Neighbours count as one: an IPv6 customer has a /56 or more to choose from."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def _refuse_at(gate: str) -> None:
    until = cache.get(gate)
    if until is not None:
        raise Locked(timedelta(seconds=max(0.0, until - time.time())))


def _keys(who: str, where: str) -> tuple[str, str]:
    """Digests: what somebody typed may be a password in the wrong field."""
    digest = hashlib.sha256(f"{who.strip().casefold()}\n{where}".encode()).hexdigest()
    return f"login:tries:{digest}", f"login:gate:{digest}"


def _in_minutes(wait: timedelta) -> str:
    minutes = max(1, math.ceil(wait.total_seconds() / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
