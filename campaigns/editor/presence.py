"""Who else has the same draft open, and in which block they are. Told again every few seconds, else forgotten."""

import logging
import time
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.models import User

logger = logging.getLogger(__name__)

_HERE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Other:
    name: str
    block: str  # its id; "" for nowhere in particular


def note(campaign_id: int, user: User, block: str) -> list[Other]:
    """That this person is there; answers who else is. Two who say so in the same instant may hide one for a moment."""
    key, now = f"editing:{campaign_id}", time.time()
    try:
        here = {pk: entry for pk, entry in (cache.get(key) or {}).items() if entry[2] > now - _HERE_SECONDS}
        cache.set(key, here | {user.pk: (str(user), block[:40], now)}, _HERE_SECONDS)
    except RedisError:
        logger.warning("who else edits a draft is not known")
        return []
    return [Other(name, place) for pk, (name, place, _) in sorted(here.items()) if pk != user.pk]
