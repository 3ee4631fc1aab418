"""How large a mail each way out takes: as its server said at the last EHLO, or as its service documents."""

import asyncio
import contextlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from delivery.models import Provider
from delivery.transports.api import catalogue

logger = logging.getLogger(__name__)

_KEPT_SECONDS = 180 * 86_400
_PATIENCE_SECONDS = 0.5
_said: dict[str, int] = {}  # what this process has noted


async def note(host: str, port: int, features: dict[str, str]) -> None:
    """What a server announced (RFC 1870). Costs something only where it is news.

    Beside the event loop, and no longer than that is worth: a Redis that is silent must not hold up what is being sent.
    """
    said = features.get("SIZE", "")
    key, size = _key(host, port), int(said) if said.isdecimal() and len(said) < 15 else 0
    if _said.get(key) == size:
        return
    _said[key] = size
    with contextlib.suppress(TimeoutError):  # the thread goes on
        await asyncio.wait_for(asyncio.to_thread(_keep, key, size), _PATIENCE_SECONDS)


def _keep(key: str, size: int) -> None:
    """What cannot be noted now is news again at the next EHLO."""
    try:
        cache.set(key, size, _KEPT_SECONDS)
    except RedisError:
        _said.pop(key, None)
        logger.warning("%s is not noted", key)


def of(provider: Provider) -> int:
    """Bytes of one mail; 0: it has no limit, or we do not know it."""
    if listed := catalogue.of(provider):
        return listed.largest_mb * 1_000_000
    try:
        return int(cache.get(_key(provider.host, provider.port)) or 0)
    except RedisError:
        return 0


def _key(host: str, port: int) -> str:
    return f"smtp-size:{host}:{port}"
