"""Blocks of 64 people whose numbers follow each other, and what is known of each: words, states, tags, lists.

A search or a filter runs through the blocks from the newest and looks closer at the people of those that may hold
somebody. What changed since is noted by triggers (see the migrations `table` and `people_blocks`) and looked at in any
case, until `folding` has taken it in: so a block may be looked at for nothing, and nobody is missed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

BITS = 6
SIZE = 1 << BITS  # people a block

# By the state as contacts.filtering names it: a bit for each of the 64. A pause ends by itself, and so may consent:
# no bit tells these, and whoever waits for the one or had the other is among the reachable.
STATES: Mapping[str, str] = {
    "reachable": "reachable",
    "unsubscribed": "unsubscribed",
    "suppressed": "suppressed",
    "no-list": "on_no_list",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """What somebody must have in common with others of the block."""

    search: str = ""
    state: str = ""
    tag: str = ""
    list_id: int | None = None

    @property
    def says_something(self) -> bool:
        return bool(self.search.split() or self.state in STATES or self.tag or self.list_id)

    @property
    def sql(self) -> tuple[str, list[Any]]:
        """Which blocks: a query of one column without its order."""
        words, of_people = self.search.split(), self._of_people()
        found = [("strpos(words, lower(%s)) > 0", word) for word in words]
        conditions = [text for text, _ in (*found, *of_people)]
        parameters: list[Any] = [value for _, value in (*found, *of_people) if value is not None]
        table = "contacts_peopleblock" if of_people else "contacts_searchblock"
        if words and of_people:
            table = "contacts_searchblock JOIN contacts_peopleblock USING (block)"
        return f"SELECT block FROM {table} WHERE {' AND '.join(conditions) or 'true'}", parameters  # noqa: S608

    def _of_people(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        if self.state in STATES:
            found.append((f"{STATES[self.state]} <> 0", None))
        if self.tag:
            found.append(("tags @> ARRAY[%s]", self.tag))
        if self.list_id:
            found.append(("lists @> ARRAY[%s::bigint]", self.list_id))
        return found


def holding(marks: Marks) -> list[int]:
    """All blocks that may hold somebody, by their number."""
    sql, parameters = marks.sql
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(array_agg(block ORDER BY block), '{}')"  # noqa: S608  # of this module
            f" FROM ({sql} UNION SELECT block FROM contacts_staleblock) found",
            parameters,
        )
        return list(cursor.fetchone()[0])


def among(some: Sequence[int]) -> Q:
    """Whoever is in one of these blocks."""
    numbers = f"SELECT (b << {BITS}) + n FROM unnest(%s::bigint[]) b CROSS JOIN generate_series(0, {SIZE - 1}) n"  # noqa: S608
    return Q(pk__in=RawSQL(numbers, [list(some)]))  # noqa: S611  # values are parameters


def people(state: str) -> tuple[int, bool]:
    """How many are in one of STATES; False while changes wait to be taken in."""
    mark = STATES[state]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(bit_count({mark}::bit(64))), 0)::bigint,"  # noqa: S608  # of this module
            " NOT EXISTS (SELECT FROM contacts_staleblock) FROM contacts_peopleblock"
        )
        number, is_exact = cursor.fetchone()
    return int(number), bool(is_exact)
