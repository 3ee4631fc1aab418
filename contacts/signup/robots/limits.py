"""How often one network may send a form, counted in Redis. Without Redis nothing is counted: the limit of mails to an
address stands in PostgreSQL and holds all the same.
"""

import hashlib
import logging
import time

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.login.throttling import network

HOUR = 3600
OF_ONE_ADDRESS = 20  # an hour, of one form
OF_ONE_NETWORK = 100  # an hour, over all forms: neighbours count as one
WITHOUT_PROOF = 20  # an hour, of one form that asks for proof of work: browsers without scripts, and plain HTML
WITHOUT_PROOF_FROM_NETWORK = 3
WITHOUT_STAMP = 60  # an hour, of one form: plain HTML on somebody else's site has no stamp

log = logging.getLogger(__name__)


def may_send(form_key: str, ip: str) -> bool:
    """Counts one sending."""
    here = _within(f"{form_key} {ip}", OF_ONE_ADDRESS)
    return _within(f"all {network(ip)}", OF_ONE_NETWORK) and here


def may_do_without_stamp(form_key: str) -> bool:
    return _within(f"unstamped {form_key}", WITHOUT_STAMP)


def may_do_without_proof(form_key: str, ip: str) -> bool:
    """The network is asked first: a robot of one network leaves the others their share."""
    mine = _within(f"unproven {form_key} {network(ip)}", WITHOUT_PROOF_FROM_NETWORK)
    return mine and _within(f"unproven {form_key}", WITHOUT_PROOF)


def _within(what: str, most: int) -> bool:
    key = f"signup:{hashlib.sha256(what.encode()).hexdigest()[:32]}:{int(time.time() // HOUR)}"
    try:
        cache.add(key, 0, HOUR)
        return bool(cache.incr(key) <= most)
    except (RedisError, OSError, ValueError) as problem:  # ValueError: it lapsed between the two
        log.warning("a sign-up was not counted: %s", problem)
        return True
