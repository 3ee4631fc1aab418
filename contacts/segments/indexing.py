"""Indexes of the fields and tags that saved segments ask about, made and dropped in the background.

Made CONCURRENTLY, so that nobody waits for them, and only where there are people enough for it to matter. Each costs
imports and changed fields a little, so their number is bounded, and what nothing asks about for a month goes again.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from psycopg import sql

from accounts.database import locks
from contacts.models import Field, FieldIndex, Segment
from contacts.segments import comparing, rules
from contacts.segments.rules import BadRules, Rule

MOST = 10
_WORTH_PEOPLE = 20_000
_KEPT = timedelta(days=30)
_TAGS = "segment_tags"
_KINDS = {
    Field.Kind.TEXT: "text",
    Field.Kind.URL: "text",
    Field.Kind.CHOICE: "text",
    Field.Kind.CHOICES: "choices",
    Field.Kind.NUMBER: "number",
    Field.Kind.DATE: "day",
}
_COMPARISONS = {
    "text": frozenset({"is", "one-of"}),
    "choices": frozenset({"is", "one-of", "every"}),
    "number": frozenset({"equals", "less", "most", "more", "least", "between"}),
    "day": frozenset({"last", "longer", "next", "on", "before", "after", "between"}),
}


def keep(*, worth_people: int = _WORTH_PEOPLE) -> None:
    """Make what is missing and drop what was long not asked for. Safe to run twice, also at the same time."""
    with locks.alone(locks.Kind.SEGMENTS, "indexes") as is_alone:
        if not is_alone:
            return
        wanted = _wanted() if _people() >= worth_people else {}
        now = timezone.now()
        for name in wanted:
            FieldIndex.objects.update_or_create(name=name, defaults={"wanted_at": now})
        kept = list(FieldIndex.objects.order_by("-wanted_at", "pk"))
        for place, index in enumerate(kept):
            if place >= MOST or index.wanted_at < now - _KEPT:
                _drop(index.name)
                index.delete()
        there = _there()
        missing = [index.name for index in kept[:MOST] if index.name in wanted and not there.get(index.name)]
        for name in missing:
            if name in there:  # its making was broken off
                _drop(name)
            _run(wanted[name])
        if missing:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE contacts_contact")  # the planner learns what the indexes hold


def _wanted() -> dict[str, sql.Composed]:
    """By name how it is made; of those that most segments ask for."""
    fields = {field.key: field for field in Field.objects.all()}
    asked: Counter[str] = Counter()
    made: dict[str, sql.SQL] = {}
    for rule in _rules():
        if rule.condition == "tag":
            name, how = _TAGS, sql.SQL("USING gin ((attributes -> 'tags'))")
        else:
            field = fields.get(rule.values.get("field", "").removeprefix("field:"))
            kind = _KINDS.get(Field.Kind(field.kind)) if field else None
            if field is None or kind is None or rule.values.get("how") not in _COMPARISONS[kind]:
                continue
            name, how = f"segment_{kind}_{field.pk}", _index_of(field, kind)
        asked[name] += 1
        made[name] = how
    return {name: _create(name, made[name]) for name, _ in asked.most_common(MOST)}


def _rules() -> Iterator[Rule]:
    for stored in Segment.objects.values_list("rules", flat=True):
        try:
            rows = list(rules.read(stored).rows())
        except BadRules:
            continue
        yield from (row for row in rows if row.condition in ("tag", "profile"))


def _index_of(field: Field, kind: str) -> sql.SQL:
    """The very words of the comparisons: else the planner does not know it for the same."""
    text = sql.SQL("(attributes ->> {})").format(sql.Literal(field.key)).as_string()
    match kind:
        case "choices":
            words = f"USING gin (({text.replace('->>', '->', 1)}))"
        case "number":
            words = f"(({comparing.as_number(text)}))"
        case "day":
            words = f"(({comparing.as_day(text)}))"
        case _:
            words = f"(({comparing.lowered(text)})) WHERE {comparing.is_short(text)}"
    return sql.SQL(words)  # a field's key stands in it as a literal


def _create(name: str, how: sql.SQL) -> sql.Composed:
    return sql.SQL("CREATE INDEX {when} {name} ON contacts_contact {how}").format(
        when=_concurrently(), name=sql.Identifier(name), how=how
    )


def _drop(name: str) -> None:
    _run(sql.SQL("DROP INDEX {} IF EXISTS {}").format(_concurrently(), sql.Identifier(name)))


def _concurrently() -> sql.SQL:
    """Within a transaction PostgreSQL refuses it."""
    return sql.SQL("" if connection.in_atomic_block else "CONCURRENTLY")


def _run(statement: sql.Composed) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _there() -> dict[str, bool]:
    """By name, whether it is whole."""
    with connection.cursor() as cursor:
        cursor.execute(_THERE)
        return dict(cursor.fetchall())


def _people() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'contacts_contact'::regclass")
        (rows,) = cursor.fetchone() or (0,)
    return int(rows)


_THERE = """
SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'contacts_contact'::regclass AND c.relname LIKE 'segment\\_%'
"""
