"""The line that adds up: to send = accepted + waiting + refused + uncertain + skipped."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from delivery.ledger import counters
from delivery.models import Batch

TERMS = ("accepted", "waiting", "refused", "uncertain", "skipped")


@dataclass(frozen=True, slots=True)
class Tally:
    """Each term is counted for itself and none is a remainder, so what does not add up shows as unaccounted."""

    total: int
    accepted: int = 0
    waiting: int = 0
    refused: int = 0
    uncertain: int = 0
    skipped: int = 0
    deferred: int = 0  # of the waiting: those that were tried and are tried again

    @property
    def settled(self) -> int:
        return self.accepted + self.refused + self.uncertain + self.skipped

    @property
    def unaccounted(self) -> int:
        return self.total - self.settled - self.waiting

    @property
    def is_complete(self) -> bool:
        return not self.waiting and not self.unaccounted

    @property
    def words(self) -> str:
        """ "12,014 = 11,960 + 41 + 9 + 0 + 4", in the order of TERMS; what is missing is said."""
        terms = " + ".join(f"{getattr(self, term):,}" for term in TERMS)
        missing = f" + {self.unaccounted:,} unaccounted for" if self.unaccounted else ""
        return f"{self.total:,} = {terms}{missing}"


def tally(batch: Batch) -> Tally:
    """Where a batch's messages are now, from one snapshot; costs the same at any size."""
    return tallies([batch]).get(batch.pk, Tally(0))


def tallies(batches: Iterable[Batch]) -> dict[int, Tally]:
    """The tallies of many batches by id, in one query."""
    with connection.cursor() as cursor:
        return read(cursor, [batch.pk for batch in batches])


def read(cursor: Any, batch_ids: list[int]) -> dict[int, Tally]:
    """The same by any connection to the database."""
    cursor.execute(_TALLIES, [batch_ids])
    return {row[0]: _tally(row[1], json.loads(row[2]), *row[3:]) for row in cursor.fetchall()}


def _tally(total: int, audit: dict[str, int], *counted: int) -> Tally:
    terms = {name: n - audit.get(name, 0) for name, n in zip(counters.STATES, counted, strict=True)}
    return Tally(total, waiting=terms.pop("pending") + terms["deferred"], **terms)


SUMS = ", ".join(f"(b.{name} + coalesce(c.{name}, 0))::bigint" for name in counters.STATES)
LIVE = f"""LEFT JOIN LATERAL (
    SELECT {counters.summed(counters.STATES)} FROM delivery_chunk WHERE batch_id = b.id AND NOT is_done) c ON true"""  # noqa: S608
_TALLIES = f"SELECT b.id, b.total, b.audit::text, {SUMS} FROM delivery_batch b {LIVE} WHERE b.id = ANY(%s)"  # noqa: S608
