"""PostgreSQL's advisory locks, all kinds in one place so that no two mean the same key.

Held to the end of the transaction (`hold`, `share`, `try_hold`) or of a block (`alone`, `in_turn`), and gone with the
connection of whoever held them: a killed worker leaves nothing locked, nor does a machine that is gone
(`missed_soon`). The connection slots of delivery.workers.slots are counted by their own keys, (provider, slot): a
kind's number is larger than any provider's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection

_KEYS = "%s, hashtext(%s)"
# Seconds, but for the last. By itself a kernel asks for the first time after two hours.
_MISSED = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "20s",
}


class Kind(IntEnum):
    """What is locked; the number beside it says which one of these."""

    IMPORT = 734_000_001
    TICK = 734_000_002
    BUILDING = 734_000_003
    OPEN_BATCH = 734_000_004
    RETRIES = 734_000_005
    QUOTA = 734_000_006
    FEEDBACK = 734_000_007
    GROWTH = 734_000_008
    COHORTS = 734_000_009
    AUDIENCE = 734_000_010
    SEGMENTS = 734_000_011
    SIGNUP = 734_000_021
    ERASING = 734_000_041
    FOLDING = 734_000_012
    FIELDS = 734_000_031
    GUESSING = 734_000_032
    SEARCH = 734_000_013
    EXPORT = 734_000_014
    MERGING = 734_000_051
    FIXING = 734_000_061
    SIGN_IN = 734_000_071


def missed_soon(session: "psycopg.Connection[Any]") -> None:
    """Have PostgreSQL end this session, and give back what it locked, some 20 s after the network lost its machine."""
    session.execute(
        "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) one (name, value)",
        [list(_MISSED), list(_MISSED.values())],
    )


def hold(cursor: Any, kind: Kind, which: object = "") -> None:
    """Wait for it, and keep it until the transaction ends. `cursor` is Django's or psycopg's."""
    cursor.execute(f"SELECT pg_advisory_xact_lock({_KEYS})", [int(kind), str(which)])


def share(cursor: Any, kind: Kind, which: object = "") -> None:
    """Wait until nobody holds it, and keep others from it, not from sharing it, until the transaction ends."""
    cursor.execute(f"SELECT pg_advisory_xact_lock_shared({_KEYS})", [int(kind), str(which)])


def try_hold(cursor: Any, kind: Kind, which: object = "") -> bool:
    """The same without waiting: False if somebody else holds it."""
    cursor.execute(f"SELECT pg_try_advisory_xact_lock({_KEYS})", [int(kind), str(which)])
    return bool(cursor.fetchone()[0])


@contextmanager
def alone(kind: Kind, which: object = "") -> Iterator[bool]:
    """Over several transactions; yields False if somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_KEYS})", [int(kind), str(which)])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            _give_back(kind, which)


@contextmanager
def in_turn(kind: Kind, which: object = "") -> Iterator[None]:
    """Over several transactions; waits for whoever is at it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({_KEYS})", [int(kind), str(which)])
    try:
        yield
    finally:
        _give_back(kind, which)


def _give_back(kind: Kind, which: object) -> None:
    if connection.closed_in_transaction:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({_KEYS})", [int(kind), str(which)])
    except (OperationalError, InterfaceError):
        connection.close()
