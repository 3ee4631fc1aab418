"""How many are in a segment, and whom each row took away: exact where that is quick, else from a sample first."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction

from contacts import reachability
from contacts.segments import compiling
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.rules import Group, Match, Rule

AT_ONCE_MS = 150  # of a page: for exact numbers, then once more for an estimate of the others
PATIENT_MS = 20_000
_SAMPLE_ROWS = 12_000  # looked at for an estimate
_LEAST_MS = 10


class TooSlow(Exception):
    """It takes longer than was given."""


@dataclass(frozen=True, slots=True)
class Measured:
    """People after each of the outermost rows, in their order; `everybody` before the first.

    `people` may be exact where the others are an estimate: for these everybody is looked at.
    """

    everybody: int
    after: Sequence[int]
    people: int
    reachable: int
    is_exact: bool
    steps_are_exact: bool = True


def measure(group: Group, about: Known, *, patience_ms: int = AT_ONCE_MS) -> Measured:
    """Exact as far as `patience_ms` reach, the rest from a sample of the table, for which as long may be taken again.

    Raises NotComplete, TooSlow.
    """
    inside = compiling.where(group, about)
    parts = [_part(part, about) for part in group.parts]
    until = time.monotonic() + patience_ms / 1000
    people = None
    try:
        people = _people(inside, until)
        return _counted(people, group, parts, _reachable(inside, until), _steps(group, parts, until))
    except TooSlow:
        return _estimated(people, group, inside, parts, min(patience_ms, PATIENT_MS))


@contextmanager
def within(milliseconds: int) -> Iterator[None]:
    """A statement that takes longer is stopped: TooSlow."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{milliseconds}ms"])
            yield
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as problem:
        if "statement timeout" in str(problem):
            raise TooSlow from problem
        raise


_REACHABLE = (
    "EXISTS (SELECT 1 FROM contacts_subscription x"  # noqa: S608
    f" WHERE x.contact_id = c.id AND {reachability.is_open('x')}) AND NOT {reachability.is_suppressed('c.email')}"
    f" AND NOT {reachability.is_paused('c')}"
)


def _people(inside: Sql, until: float) -> int:
    return _asked(f"SELECT count(*) FROM contacts_contact c WHERE {inside.text}", inside.parameters, until)[0]  # noqa: S608


def _reachable(inside: Sql, until: float) -> int:
    sql = f"SELECT count(*) FROM contacts_contact c WHERE ({inside.text}) AND {_REACHABLE}"  # noqa: S608
    return _asked(sql, inside.parameters, until)[0]


def _steps(group: Group, parts: Sequence[Sql], until: float) -> Sequence[int]:
    """Everybody, then after each row but the last, which is known."""
    if len(parts) < 2:
        return _asked("SELECT count(*) FROM contacts_contact", [], until)
    return _asked(*_scan(group, parts[:-1], ""), until)


_SO_FAR = {
    Match.ALL: lambda names: " AND ".join(names),
    Match.ANY: lambda names: " OR ".join(names),
    Match.NONE: lambda names: f"NOT ({' OR '.join(names)})",
}


def _scan(group: Group, parts: Sequence[Sql], also: str, source: str = "") -> tuple[str, Sequence[Any]]:
    """Everybody, then those after each of the parts, in one look at the table."""
    names = [f"p{number}" for number in range(len(parts))]
    columns = [f"({part.text}) AS {name}" for part, name in zip(parts, names, strict=True)]
    so_far = [_SO_FAR[group.match](names[: number + 1]) for number in range(len(names))]
    counts = ["count(*)", *(f"count(*) FILTER (WHERE {each})" for each in so_far)]
    if also:
        columns.append(f"({also}) AS also")
        counts.append(f"count(*) FILTER (WHERE ({so_far[-1] if so_far else 'true'}) AND also)")
    asked = f"SELECT {', '.join(columns) or '1'} FROM contacts_contact c {source}"  # noqa: S608
    # OFFSET 0: each part is decided once a row, also where two counts need it.
    sql = f"SELECT {', '.join(counts)} FROM ({asked} OFFSET 0) asked"  # noqa: S608
    return sql, [parameter for part in parts for parameter in part.parameters]


def _counted(people: int, group: Group, parts: Sequence[Sql], reachable: int, steps: Sequence[int]) -> Measured:
    after = [*steps[1:], people] if parts else []
    return Measured(steps[0], after, people, reachable, is_exact=True)


def _estimated(people: int | None, group: Group, inside: Sql, parts: Sequence[Sql], patience_ms: int) -> Measured:
    """As a sample of the table says, except for `people` where they are known."""
    rows = _rows()
    share = min(100.0, 100.0 * _SAMPLE_ROWS / max(rows, 1))  # percent
    sampled = f"TABLESAMPLE SYSTEM ({share:.6f}) REPEATABLE (7)"
    looked_at = _asked(*_scan(group, parts, _REACHABLE, sampled), time.monotonic() + patience_ms / 1000)
    scale = rows / looked_at[0] if share < 100 and looked_at[0] else 1.0
    found = [round(number * scale) for number in looked_at]
    everybody, after, reachable = found[0], found[1:-1], found[-1]
    known = people if people is not None else (after[-1] if after else everybody)
    if people is not None and after:
        # A row is never said to leave fewer than all of them leave, or to bring more.
        bound = min if group.match == Match.ANY else max
        after = [*(bound(number, people) for number in after[:-1]), people]
    return Measured(everybody, after, known, min(reachable, known), people is not None, steps_are_exact=False)


def _rows() -> int:
    """As the planner believes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'contacts_contact'::regclass")
        (rows,) = cursor.fetchone() or (0,)
    return round(max(float(rows), 0))


def _asked(sql: str, parameters: Sequence[Any], until: float) -> list[int]:
    left = round((until - time.monotonic()) * 1000)
    if left < _LEAST_MS:
        raise TooSlow
    with within(left), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [int(number) for number in cursor.fetchone() or ()]


def _part(part: Rule | Group, about: Known) -> Sql:
    return compiling.row(part, about) if isinstance(part, Rule) else compiling.predicate(part, about)
