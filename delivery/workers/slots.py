"""How many connections a process may have to a provider: session locks of PostgreSQL, shared by all workers and hosts.

A lock dies with its holder, needs no Redis and cannot leak. Everybody in a turn also holds a shared lock that makes
him visible, so that each takes his part and gives back what is too much when another comes.
"""

from dataclasses import dataclass
from typing import Any

from delivery.models import Batch, Provider

_MARKETING_PRESENT = 1_000_001
_TRANSACTIONAL_PRESENT = 1_000_002
_PEERS = """
    SELECT count(DISTINCT pid) FILTER (WHERE objid = %(bulk)s),
           count(DISTINCT pid) FILTER (WHERE objid = %(bulk)s AND pid < pg_backend_pid()),
           count(DISTINCT pid) FILTER (WHERE objid = %(single)s)
    FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = %(provider)s AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_PRESENT = """
    SELECT classid::bigint, objid::bigint, count(DISTINCT pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objid::bigint = ANY(%s) AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Share:
    """How many connections are ours, among all who send through this provider now."""

    connections: int


def enter(cursor: Any, provider: Provider, stream: str) -> None:
    cursor.execute("SELECT pg_advisory_lock_shared(%s, %s)", [provider.pk, _presence(stream)])


def leave(cursor: Any, provider_id: int, stream: str) -> None:
    cursor.execute("SELECT pg_advisory_unlock_shared(%s, %s)", [provider_id, _presence(stream)])


def present(cursor: Any) -> dict[tuple[int, str], int]:
    """How many are in a turn now, by provider and stream."""
    cursor.execute(_PRESENT, [[_MARKETING_PRESENT, _TRANSACTIONAL_PRESENT]])
    streams = {_MARKETING_PRESENT: Batch.Stream.MARKETING, _TRANSACTIONAL_PRESENT: Batch.Stream.TRANSACTIONAL}
    return {(provider_id, str(streams[presence])): count for provider_id, presence, count in cursor.fetchall()}


def share(cursor: Any, provider: Provider, stream: str) -> Share:
    """Transactional mail always finds a connection: bulk leaves it one, even the only one."""
    who = {"bulk": _MARKETING_PRESENT, "single": _TRANSACTIONAL_PRESENT, "provider": provider.pk}
    marketing, before, transactional = cursor.execute(_PEERS, who).fetchone()
    allowed = max(1, provider.connections_now)
    if stream == Batch.Stream.TRANSACTIONAL:
        return Share(1 if marketing else allowed)
    left = max(0, allowed - transactional)
    each, over = divmod(left, max(1, marketing))
    return Share(each + (before < over))


def take(cursor: Any, provider: Provider, held: set[int], wanted: int) -> list[int]:
    """Up to `wanted` slots beside those held."""
    taken: list[int] = []
    for slot in range(max(1, provider.connections_now)):
        if len(taken) >= wanted:
            break
        if slot not in held:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [provider.pk, slot])
            if cursor.fetchone()[0]:
                taken.append(slot)
    return taken


def keep(cursor: Any, provider_id: int, held: set[int]) -> list[int]:
    """Those of the slots held before that nobody else has taken meanwhile: they are ours again."""
    kept = []
    for slot in held:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [provider_id, slot])
        if cursor.fetchone()[0]:
            kept.append(slot)
    return kept


def give_back(cursor: Any, provider_id: int, slots: list[int]) -> None:
    for slot in slots:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [provider_id, slot])


def _presence(stream: str) -> int:
    return _TRANSACTIONAL_PRESENT if stream == Batch.Stream.TRANSACTIONAL else _MARKETING_PRESENT
