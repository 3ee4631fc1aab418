"""Another time for the product's own code: what it writes within a transaction is dated as if it ran then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from django.utils import timezone


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def set(self, at: datetime) -> None:
        self.at = at
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('tallypost.demo_now', %s, true)", [at.isoformat()])

    def now(self) -> datetime:
        return self.at


@contextmanager
def turned_back(at: datetime) -> Iterator[Clock]:
    """To `at`, to the end of the block, which stands inside a transaction.

    PostgreSQL finds our now() before its own; Python's is the one of django.utils.timezone. Defaults of columns were
    bound to PostgreSQL's when the tables were made and stay at the real time.
    """
    clock = Clock(at)
    real = timezone.now
    with connection.cursor() as cursor:
        cursor.execute(_TURN)
    clock.set(at)
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = real
    with connection.cursor() as cursor:
        cursor.execute(_TURN_ON)


# Tables, such as a month's partition, are made in the first schema: public comes before ours.
_TURN = """
CREATE SCHEMA demo_clock;
CREATE FUNCTION demo_clock.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT pg_catalog.current_setting('tallypost.demo_now')::timestamptz $$;
CREATE FUNCTION demo_clock.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT pg_catalog.current_setting('tallypost.demo_now')::timestamptz $$;
SET LOCAL search_path = "$user", public, demo_clock, pg_catalog;
"""
_TURN_ON = """
SET LOCAL search_path TO DEFAULT;
DROP FUNCTION demo_clock.now(), demo_clock.statement_timestamp();
DROP SCHEMA demo_clock;
"""
