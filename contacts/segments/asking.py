"""Segments asked of the database: who, and why somebody is in or not. Bounded in time, never writing."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, cast

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from contacts import tags
from contacts.models import Contact, Field, MailingList, Segment
from contacts.segments import compiling, measuring, registry, rules
from contacts.segments.compiling import NotComplete
from contacts.segments.known import Kind, Known, KnownField, KnownSegment
from contacts.segments.measuring import PATIENT_MS, TooSlow, within
from contacts.segments.predicate import NOBODY, Sql
from contacts.segments.rules import BadRules, Group, Rule

Ask: TypeAlias = Callable[[Sql], tuple[Any, ...]]

_KINDS = {Field.Kind(kind.value): kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Reason:
    """How one row, or a group of them, decided about one person."""

    words: str
    fits: bool
    value: str
    depth: int
    missing: str = ""
    is_group: bool = False


def known(*, without: int | None = None) -> Known:
    """`without`: a segment that is being written, which may not name itself. Ask once for all of a page or task."""
    more: dict[str, Any] = {}
    for condition in registry.every():
        more.update(condition.known())
    return Known(
        now=timezone.localtime(),
        fields=[_field(one) for one in Field.objects.all()],
        lists=dict(MailingList.objects.values_list("id", "name")),
        tags=cast("Sequence[str]", SimpleLazyObject(tags.known)),  # the builder alone looks at them
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


def is_in(segment_id: int) -> Q:
    """For querysets of contacts. Nobody is in a segment that is gone or cannot be asked any more."""
    about = known()
    found = about.segments.get(segment_id)
    try:
        inside = compiling.where(found.rules, about) if found else NOBODY
    except NotComplete:
        inside = NOBODY
    sql = f"SELECT c.id FROM contacts_contact c WHERE {inside.text}"  # noqa: S608
    return Q(pk__in=RawSQL(sql, inside.parameters))  # noqa: S611  # values are parameters


def sample(group: Group, about: Known, *, patience_ms: int, most: int = 6) -> list[Contact]:
    """Some of those who are in, the latest first; none when it takes too long to find any."""
    found = compiling.where(group, about)
    sql = f"SELECT c.* FROM contacts_contact c WHERE {found.text} ORDER BY c.id DESC LIMIT %s"  # noqa: S608
    try:
        with within(min(patience_ms, PATIENT_MS // 10)):
            return list(Contact.objects.raw(sql, [*found.parameters, most]))
    except TooSlow:
        return []


def why(group: Group, about: Known, contact: Contact) -> tuple[bool, list[Reason]]:
    """Whether this person is in, and row by row the value that decided; a group stands before its rows.

    Raises NotComplete, TooSlow.
    """
    ask = partial(_ask, contact.pk, time.monotonic() + measuring.PAGE_MS / 1000)
    reasons = list(_reasons(group, 0, about, ask))
    return ask(compiling.predicate(group, about))[0], reasons


def _reasons(group: Group, depth: int, about: Known, ask: Ask) -> Iterator[Reason]:
    for part in group.parts:
        if isinstance(part, Rule):
            yield _reason(part, depth, about, ask)
        else:
            (fits,) = ask(compiling.predicate(part, about))
            yield Reason(rules.MATCH_WORDS[part.match], bool(fits), "", depth, is_group=True)
            yield from _reasons(part, depth + 1, about, ask)


def _reason(rule: Rule, depth: int, about: Known, ask: Ask) -> Reason:
    condition = registry.find(rule.condition)
    if condition is None or compiling.problem_of(rule, about):
        return Reason(compiling.problem_of(rule, about), False, "", depth)
    (fits,) = ask(compiling.row(rule, about))
    (value,) = ask(condition.shown(rule.values, about))
    return Reason(condition.words(rule.values, about), bool(fits), str(value or "")[:300], depth, condition.missing)


def _ask(contact_id: int, until: float, part: Sql) -> tuple[Any, ...]:
    with within(measuring.left(until)), connection.cursor() as cursor:
        sql = f"SELECT ({part.text}) FROM contacts_contact c WHERE c.id = %s"  # noqa: S608
        cursor.execute(sql, [*part.parameters, contact_id])
        return tuple(cursor.fetchone() or (None,))
