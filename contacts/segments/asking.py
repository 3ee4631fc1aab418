"""Segments asked of the database: how many, who, and why somebody is in or not. Bounded in time, never writing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from contacts import reachability, tags
from contacts.models import Contact, Field, MailingList, Segment
from contacts.segments import compiling, registry, rules
from contacts.segments.compiling import NotComplete
from contacts.segments.known import Kind, Known, KnownField, KnownSegment
from contacts.segments.predicate import NOBODY, Sql
from contacts.segments.rules import BadRules, Group, Match, Rule

AT_ONCE_MS = 300
PATIENT_MS = 20_000
SAMPLE_ROWS = 30_000  # looked at for an estimate
_KINDS = {Field.Kind(kind.value): kind for kind in Kind}


class TooSlow(Exception):
    """It takes longer than was given."""


@dataclass(frozen=True, slots=True)
class Measured:
    """People after each of the outermost rows, in their order; `everybody` before the first."""

    everybody: int
    after: Sequence[int]
    people: int
    reachable: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """How one row decided about one person."""

    words: str
    fits: bool
    value: str
    depth: int
    missing: str = ""


def known(*, without: int | None = None) -> Known:
    """`without`: a segment that is being written, which may not name itself."""
    more: dict[str, Any] = {}
    for condition in registry.every():
        more.update(condition.known())
    return Known(
        now=timezone.localtime(),
        fields=[_field(one) for one in Field.objects.all()],
        lists=dict(MailingList.objects.values_list("id", "name")),
        tags=tags.known(),
        segments=dict(_segments(without)),
        more=more,
    )


def _field(field: Field) -> KnownField:
    kind = _KINDS.get(Field.Kind(field.kind), Kind.TEXT)
    return KnownField(field.key, field.label, kind, tuple(map(str, field.options)))


def _segments(without: int | None) -> Iterator[tuple[int, KnownSegment]]:
    for segment in Segment.objects.exclude(pk=without or 0).order_by("name"):
        try:
            yield segment.pk, KnownSegment(segment.name, rules.read(segment.rules))
        except BadRules:
            continue


def measure(group: Group, about: Known, *, patience_ms: int = AT_ONCE_MS) -> Measured:
    """Exact when that takes no longer than `patience_ms`, else from a sample of the table. Raises NotComplete."""
    parts = [_part(part, about) for part in group.parts]
    try:
        return _measure(group, parts, patience_ms, share=None)
    except TooSlow:
        return _measure(group, parts, PATIENT_MS, share=_share())


def is_in(segment_id: int) -> Q:
    """For querysets of contacts. Nobody is in a segment that is gone or cannot be asked any more."""
    about = known()
    found = about.segments.get(segment_id)
    try:
        inside = compiling.predicate(found.rules, about) if found else NOBODY
    except NotComplete:
        inside = NOBODY
    sql = f"SELECT c.id FROM contacts_contact c WHERE {inside.text}"  # noqa: S608
    return Q(pk__in=RawSQL(sql, inside.parameters))  # noqa: S611  # values are parameters


def sample(group: Group, about: Known, most: int = 6) -> list[Contact]:
    """Some of those who are in, the latest first; none when it takes too long to find any."""
    found = compiling.predicate(group, about)
    sql = f"SELECT c.* FROM contacts_contact c WHERE {found.text} ORDER BY c.id DESC LIMIT %s"  # noqa: S608
    try:
        with _within(PATIENT_MS // 10):
            return list(Contact.objects.raw(sql, [*found.parameters, most]))
    except TooSlow:
        return []


def why(group: Group, about: Known, contact: Contact) -> tuple[bool, list[Reason]]:
    """Whether this person is in, and row by row the value that decided."""
    reasons = [_reason(rule, depth, about, contact.pk) for rule, depth in _rows(group, 0)]
    return _ask(compiling.predicate(group, about), contact.pk)[0], reasons


def _rows(group: Group, depth: int) -> Iterator[tuple[Rule, int]]:
    for part in group.parts:
        if isinstance(part, Rule):
            yield part, depth
        else:
            yield from _rows(part, depth + 1)


def _reason(rule: Rule, depth: int, about: Known, contact_id: int) -> Reason:
    condition = registry.find(rule.condition)
    if condition is None or compiling.problem_of(rule, about):
        return Reason(compiling.problem_of(rule, about), False, "", depth)
    (fits,) = _ask(compiling.row(rule, about), contact_id)
    (value,) = _ask(condition.shown(rule.values, about), contact_id)
    return Reason(condition.words(rule.values, about), bool(fits), str(value or "")[:300], depth, condition.missing)


def _ask(part: Sql, contact_id: int) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        sql = f"SELECT ({part.text}) FROM contacts_contact c WHERE c.id = %s"  # noqa: S608
        cursor.execute(sql, [*part.parameters, contact_id])
        return tuple(cursor.fetchone() or (None,))


def _part(part: Rule | Group, about: Known) -> Sql:
    return compiling.row(part, about) if isinstance(part, Rule) else compiling.predicate(part, about)


_SO_FAR = {
    Match.ALL: lambda names: " AND ".join(names),
    Match.ANY: lambda names: " OR ".join(names),
    Match.NONE: lambda names: f"NOT ({' OR '.join(names)})",
}


def _measure(group: Group, parts: Sequence[Sql], patience_ms: int, share: float | None) -> Measured:
    names = [f"p{number}" for number in range(len(parts))]
    columns = ", ".join(f"({part.text}) AS {name}" for part, name in zip(parts, names, strict=True))
    so_far = [_SO_FAR[group.match](names[: number + 1]) for number in range(len(names))]
    inside = so_far[-1] if so_far else "true"
    counts = ["count(*)", *(f"count(*) FILTER (WHERE {each})" for each in so_far)]
    reachable = (
        f"c.id IN (SELECT x.contact_id FROM contacts_subscription x WHERE {reachability.is_open('x')})"  # noqa: S608
        f" AND NOT {reachability.is_suppressed('c.email')}"
    )
    sampled = f"TABLESAMPLE SYSTEM ({share:.6f}) REPEATABLE (7)" if share else ""
    counts += [f"count(*) FILTER (WHERE {inside})", f"count(*) FILTER (WHERE ({inside}) AND reachable)"]
    columns += ", " if columns else ""
    asked = f"SELECT {columns}{reachable} AS reachable FROM contacts_contact c {sampled}"  # noqa: S608
    sql = f"SELECT {', '.join(counts)} FROM ({asked}) asked"  # noqa: S608
    with _within(patience_ms), connection.cursor() as cursor:
        cursor.execute(sql, [parameter for part in parts for parameter in part.parameters])
        row = [int(number) for number in cursor.fetchone()]
    if share:
        row = [round(number * 100 / share) for number in row]
    return Measured(row[0], row[1:-2], row[-2], row[-1], is_exact=share is None)


def _share() -> float:
    """Percent of the table that hold about SAMPLE_ROWS people."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'contacts_contact'::regclass")
        (rows,) = cursor.fetchone() or (0,)
    return min(100.0, 100.0 * SAMPLE_ROWS / max(float(rows), 1.0))


@contextmanager
def _within(milliseconds: int) -> Iterator[None]:
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
