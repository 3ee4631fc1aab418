"""Database and Redis that run elsewhere, at the addresses in the environment: the start waits for them, and says so."""

import os
import time
from collections.abc import Callable, Iterator

from config.services import NotStarted

PATIENCE = 60  # seconds
NAMED_AFTER = 2  # seconds
_TRY_SECONDS = 2


def wait(say: Callable[[str], None], patience: float = PATIENCE) -> None:
    """Until those answer that are not started here. Who is silent is named soon, and tried until `patience` ends."""
    for name, ask in _asked():
        began, was_named = time.monotonic(), False
        while problem := ask():
            waited = time.monotonic() - began
            if waited > patience:
                raise NotStarted(f"The address in {name} does not answer: {problem}")
            if waited > NAMED_AFTER and not was_named:
                say(f"Waiting for the address in {name} ({problem})")
                was_named = True
            time.sleep(0.2)


def _asked() -> Iterator[tuple[str, Callable[[], str]]]:
    if database := os.environ.get("DATABASE_URL"):
        yield "DATABASE_URL", lambda: _problem_of_database(database)
    if redis := os.environ.get("REDIS_URL"):
        yield "REDIS_URL", lambda: _problem_of_redis(redis)


def _problem_of_database(url: str) -> str:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=_TRY_SECONDS).close()
    except psycopg.Error as problem:
        return str(problem).strip().splitlines()[-1].strip()
    return ""


def _problem_of_redis(url: str) -> str:
    import redis

    client = redis.Redis.from_url(url, socket_connect_timeout=_TRY_SECONDS, socket_timeout=_TRY_SECONDS)
    try:
        client.ping()
    except redis.RedisError as problem:
        return str(problem)
    finally:
        client.close()
    return ""
