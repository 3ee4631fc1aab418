"""How many are in a segment, and whom each row took away: exact where that is quick, else from a sample first."""

import json
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

from contacts import reachability
from contacts.segments import compiling, everybody, nesting
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.rules import Group, Match, Rule

AT_ONCE_MS = 150  # of a page: for exact numbers, then once more for an estimate of the others
PAGE_MS = 5_000  # of a page that has nothing to show without the answer
PATIENT_MS = 20_000
_FEW = 20_000  # people; as many are counted without planning it
_AT_ONCE_COST = 20_000  # as the planner has it: what costs more takes longer than a blink
_SAMPLE_ROWS = 5_000  # looked at for an estimate
_LEAST_MS = 10


class TooSlow(Exception):
    """It takes longer than was given."""


@dataclass(frozen=True, slots=True)
class Measured:
    """People after each of the outermost rows, in their order; `everybody` before the first, always exact.

    `people` may be exact where the others are an estimate.
    """

    everybody: int
    after: Sequence[int]
    people: int
    reachable: int
    is_exact: bool
    steps_are_exact: bool = True


def measure(group: Group, about: Known, *, patience_ms: int) -> Measured:
    """Exact as far as `patience_ms` reach, the rest from a sample of the table, for which as long may be taken again.

    What would not be counted in time is not begun: an estimate is there the sooner. Raises NotComplete, TooSlow.
    """
    inside = compiling.where(group, about)
    budget = _Budget(patience_ms, everybody.count())
    people = None
    try:
        people = _people(group, about, budget)
        after = [*_steps(group, about, budget), people] if group.parts else []
        return Measured(budget.everybody, after, people, _reachable(inside, budget), is_exact=True)
    except TooSlow:
        return _estimated(people, group, about, _Budget(min(patience_ms, PATIENT_MS), budget.everybody))


def within_groups(group: Group, about: Known, *, patience_ms: int) -> tuple[dict[nesting.Place, list[int]], bool]:
    """Of each group within another, by its place: who is left when its turn comes, and who of them after each of its
    rows; and whether that is exact. As patient as `measure`. Raises NotComplete, TooSlow.
    """
    asked = nesting.questions(group, about)
    if not asked.counts:
        return {}, True
    counts = [text for texts in asked.counts.values() for text in texts]
    budget = _Budget(patience_ms, everybody.count())
    try:
        whole = _look(asked.rows, counts)
        if budget.everybody > _FEW:
            budget.affords(_costs(whole, budget))
        (_, *found), is_exact = _asked(whole, budget.until), True
    except TooSlow:
        budget = _Budget(min(patience_ms, PATIENT_MS), budget.everybody)
        sampled, is_exact = _sample(budget)
        looked_at, *found = _asked(_look(asked.rows, counts, sampled), budget.until)
        found = [round(number * (1 if is_exact else budget.everybody / (looked_at or 1))) for number in found]
    numbers = iter(found)
    return {place: [next(numbers) for _ in texts] for place, texts in asked.counts.items()}, is_exact


def people(group: Group, about: Known) -> int:
    """Exactly, however long it takes, up to `PATIENT_MS`."""
    return _people(group, about, _Budget(PATIENT_MS, everybody.count()))


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


class _Budget:
    """What may still be spent."""

    def __init__(self, patience_ms: int, everybody: int) -> None:
        self.until = time.monotonic() + patience_ms / 1000
        self.most = math.inf if patience_ms >= PATIENT_MS else _AT_ONCE_COST
        self.everybody = everybody

    def affords(self, costs: float) -> None:
        if costs > self.most:
            raise TooSlow


def _people(group: Group, about: Known, budget: _Budget) -> int:
    costs, question = _way(group, about, budget)
    budget.affords(costs)
    return _asked(question, budget.until)[0]


def _way(group: Group, about: Known, budget: _Budget) -> tuple[float, Sql]:
    """To count them or, where that is cheaper, everybody but the others; first what it costs."""
    inside = compiling.where(group, about)
    counted = Sql(f"SELECT count(*) FROM contacts_contact c WHERE {inside.text}", inside.parameters)  # noqa: S608
    if budget.everybody <= _FEW:
        return 0, counted
    ways = [counted]
    others = compiling.opposite(group)
    if others:
        outside = compiling.where(others, about)
        left = f"SELECT {everybody.TOTAL} - count(*) FROM contacts_contact c WHERE {outside.text}"  # noqa: S608
        ways.append(Sql(left, outside.parameters))
    return min(((_costs(way, budget), way) for way in ways), key=lambda one: one[0])


def _costs(question: Sql, budget: _Budget) -> float:
    with within(left(budget.until)), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {question.text}", question.parameters)
        (plan,) = cursor.fetchone() or ("[]",)
    return float((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]["Total Cost"])


def _reachable(inside: Sql, budget: _Budget) -> int:
    sql = f"SELECT count(*) FROM contacts_contact c WHERE ({inside.text}) AND {_REACHABLE}"  # noqa: S608
    question = Sql(sql, inside.parameters)
    if budget.everybody > _FEW:
        budget.affords(_costs(question, budget))
    return _asked(question, budget.until)[0]


def _steps(group: Group, about: Known, budget: _Budget) -> Sequence[int]:
    """After each row but the last, which leaves who is in it: one by one where that is cheap, else in one scan."""
    if len(group.parts) < 2:
        return []
    whole = _scan(group, [_part(part, about) for part in group.parts[:-1]])
    if budget.everybody <= _FEW:
        return _asked(whole, budget.until)[1:]
    ways = [_way(Group(group.match, group.parts[:number]), about, budget) for number in range(1, len(group.parts))]
    together, apart = _costs(whole, budget), sum(costs for costs, _ in ways)
    budget.affords(min(together, apart))
    if together < apart:
        return _asked(whole, budget.until)[1:]
    return [_asked(question, budget.until)[0] for _, question in ways]


def _scan(group: Group, parts: Sequence[Sql], also: str = "", source: str = "") -> Sql:
    """Everybody, then those after each of the parts, then those of them who are `also`, in one look at the table."""
    names = [f"p{number}" for number in range(len(parts))]
    so_far = [nesting.together(group.match, names[: number + 1]) for number in range(len(names))]
    last = [f"{so_far[-1] if so_far else 'true'} AND {also}"] if also else []
    return _look(parts, [*so_far, *last], source)


def _look(rows: Sequence[Sql], counts: Sequence[str], source: str = "") -> Sql:
    """Everybody, then each of `counts`, which speak of the rows as p0, p1 …"""
    named = (f"({row.text}) AS p{number}" for number, row in enumerate(rows))
    asked = f"SELECT {', '.join(('c.id, c.email, c.paused_until', *named))} FROM contacts_contact c {source}"  # noqa: S608
    counted = ", ".join(("count(*)", *(f"count(*) FILTER (WHERE {each})" for each in counts)))
    # OFFSET 0: each row is decided once a person, also where two counts need it.
    return Sql(f"SELECT {counted} FROM ({asked} OFFSET 0) c", [one for row in rows for one in row.parameters])  # noqa: S608


def _estimated(people: int | None, group: Group, about: Known, budget: _Budget) -> Measured:
    """As a sample of the table says, except for `people` where they are known; of a small table it is exact."""
    parts = [_part(part, about) for part in group.parts]
    sampled, is_all = _sample(budget)
    looked_at = _asked(_scan(group, parts, _REACHABLE, sampled), budget.until)
    scale = budget.everybody / looked_at[0] if looked_at[0] and not is_all else 1.0
    after, reachable = [round(number * scale) for number in looked_at[1:-1]], round(looked_at[-1] * scale)
    known = people if people is not None else (after[-1] if after else budget.everybody)
    if people is not None and after:
        # A row is never said to leave fewer than all of them leave, or to bring more.
        bound = min if group.match == Match.ANY else max
        after = [*(bound(number, people) for number in after[:-1]), people]
    return Measured(budget.everybody, after, known, min(reachable, known), people is not None or is_all, is_all)


def _sample(budget: _Budget) -> tuple[str, bool]:
    """SQL behind the table's name, and whether that is all of it."""
    share = min(100.0, 100.0 * _SAMPLE_ROWS / max(budget.everybody, 1))  # percent
    return f"TABLESAMPLE SYSTEM ({share:.6f}) REPEATABLE (7)", share >= 100


def _asked(question: Sql, until: float) -> list[int]:
    with within(left(until)), connection.cursor() as cursor:
        cursor.execute(question.text, question.parameters)
        return [int(number) for number in cursor.fetchone() or ()]


def left(until: float) -> int:
    """Milliseconds to that moment of the monotonic clock. Raises TooSlow."""
    milliseconds = round((until - time.monotonic()) * 1000)
    if milliseconds < _LEAST_MS:
        raise TooSlow
    return milliseconds


def _part(part: Rule | Group, about: Known) -> Sql:
    return compiling.row(part, about) if isinstance(part, Rule) else compiling.predicate(part, about)
