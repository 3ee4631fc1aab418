"""A worker process of the limits' test: a module of its own, so that Django is set up once and then forked."""

import time

import django
from redis import Redis

django.setup()

from delivery.limits import Limiter, Limits  # noqa: E402


def send_for(seconds: float, provider_id: int, per_second: float, url: str) -> list[float]:
    """What a worker does: ask for a window, send each message at its moment. Returns the moments."""
    limiter = Limiter(provider_id, Limits(per_second), Redis.from_url(url))
    sent: list[float] = []
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        grant = limiter.take(50)
        if not grant.count:
            time.sleep(min(grant.wait_seconds, end - now))
        for i in range(grant.count):
            due = now + grant.wait_seconds + i * grant.spacing_seconds
            time.sleep(max(0.0, due - time.monotonic()))
            sent.append(due)
    return sent
