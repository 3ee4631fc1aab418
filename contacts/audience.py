"""Who a mail is for: decided in SQL, so that a million people cost one statement and no objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from django.db import connection

from contacts import tracking_consent
from contacts.grounds.models import Basis
from contacts.guessing.languages import FULL, picked_sql
from contacts.models import Contact, FixedAudience, MailingList
from contacts.reachability import is_open, is_paused, is_subscribed, is_suppressed, kept_off_of, suppression_of
from contacts.segments import asking, compiling, rules
from contacts.segments.known import Known
from contacts.segments.predicate import EVERYBODY, NOBODY, Sql, joined, named, negated
from contacts.segments.rules import Group
from contacts.tags import carries_any, carries_none


@dataclass(frozen=True)
class Audience:
    """People on any of `lists` or named in `contacts`, but not subscribed to any of `excluded_lists`.

    With `tags` only those of them who carry one, with `segments` only those who are in one of these rules, and with
    `excluded_tags` and `excluded_segments` none of those: they are no consent, so they narrow lists and never add.
    `on_any_list`: no list was named, and tags or segments say who. Then `lists` are `general_lists()`, looked up
    whenever it is read, and who agreed to none of them gets nothing.
    With `fixed`, a FixedAudience, only its people: all that narrows was asked when it was drawn up.
    """

    lists: tuple[int, ...]
    excluded_lists: tuple[int, ...] = ()
    contacts: tuple[int, ...] | None = None
    tags: tuple[str, ...] = ()
    segments: tuple[Group, ...] = ()
    excluded_segments: tuple[Group, ...] = ()
    excluded_tags: tuple[str, ...] = ()
    fixed: int | None = None
    on_any_list: bool = False
    # Asked of whoever is looked at, and never stored: who gets this one of the languages of a mail, the default first.
    languages: tuple[str, ...] = ()
    reading: str = ""
    about: Known | None = field(default=None, compare=False, repr=False)  # what whoever made it has asked already

    def to_json(self) -> dict[str, Any]:
        contacts = None if self.contacts is None else list(self.contacts)
        named: dict[str, Any] = {"lists": [], "on_any_list": True} if self.on_any_list else {"lists": list(self.lists)}
        return named | {
            "excluded_lists": list(self.excluded_lists),
            "contacts": contacts,
            "tags": list(self.tags),
            "segments": [rules.write(group) for group in self.segments],
            "excluded_segments": [rules.write(group) for group in self.excluded_segments],
            "excluded_tags": list(self.excluded_tags),
            "fixed": self.fixed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        contacts, on_any_list = data.get("contacts"), bool(data.get("on_any_list"))
        return cls(
            general_lists() if on_any_list else tuple(data.get("lists") or ()),
            tuple(data.get("excluded_lists") or ()),
            None if contacts is None else tuple(contacts),
            tuple(data.get("tags") or ()),
            tuple(rules.read(group) for group in data.get("segments") or ()),
            tuple(rules.read(group) for group in data.get("excluded_segments") or ()),
            tuple(data.get("excluded_tags") or ()),
            data.get("fixed"),
            on_any_list,
        )

    @property
    def is_by_rules(self) -> bool:
        return bool(self.segments or self.excluded_segments)


@dataclass(frozen=True)
class Summary:
    """matched - unsubscribed - suppressed - paused - expired - duplicates - gone - agreed_to_none = will_receive, each
    its own count.
    """

    matched: int  # places on the chosen lists, one person on two lists has two; and who is gone or agreed to none
    unsubscribed: int
    suppressed: int  # altogether, or for each of the chosen lists that they are on
    duplicates: int  # further places of people who are counted already
    will_receive: int
    paused: int = 0  # want no mail for a while yet
    expired: int = 0  # what they agreed to held for a time that is over
    gone: int = 0  # of a fixed audience: deleted since, or off its lists
    agreed_to_none: int = 0  # where no list was named: segments or tags hold them, and none of the lists does


_TAGGED = f"""(%(tags)s::text[] = '{{}}' OR {carries_any("c", "%(tags)s::text[]")})
    AND (%(excluded_tags)s::text[] = '{{}}' OR {carries_none("c", "%(excluded_tags)s::text[]")})"""
_AGREED_TO_NONE = f"""
SELECT count(*) FROM contacts_contact c WHERE ({{rules}}) AND {_TAGGED} AND NOT EXISTS (
    SELECT 1 FROM contacts_subscription x WHERE x.contact_id = c.id AND (
        x.list_id = ANY(%(lists)s) AND x.state <> 'unconfirmed'
        OR x.list_id = ANY(%(excluded)s) AND {is_subscribed("x")}
    )
)
"""  # noqa: S608
_KEPT_OFF = "(kept.contact_id IS NOT NULL)"
_PLACES = f"""
SELECT p.contact_id, {is_open("p", _KEPT_OFF)} AS is_open, {is_subscribed("p")} AS is_subscribed,
    {is_subscribed("p")} AND {_KEPT_OFF} AS is_kept_off
FROM contacts_subscription p LEFT JOIN {kept_off_of("p")}
WHERE p.list_id = ANY(%(lists)s) AND p.state <> 'unconfirmed'
"""  # noqa: S608
_NAMED = "UNION ALL SELECT id, true, true, false FROM contacts_contact WHERE id = ANY(%(contacts)s)"
_ONCE = """
SELECT contact_id, count(*) AS places, bool_or(is_open) AS is_open, bool_or(is_subscribed) AS is_subscribed,
    bool_or(is_kept_off) AND NOT bool_or(is_open) AS is_kept_off
FROM place GROUP BY contact_id
"""
_NOT_EXCLUDED = f"""NOT EXISTS (
    SELECT 1 FROM contacts_subscription x
    WHERE x.contact_id = c.id AND x.list_id = ANY({{excluded}}) AND {is_subscribed("x")})"""  # noqa: S608
_COUNTS = f"""
WITH place AS ({{places}}), person AS ({{people}}), judged AS (
    SELECT places, is_open, is_subscribed, is_kept_off, s.reason, {is_paused("c")} AS is_paused FROM person
    JOIN contacts_contact c ON c.id = person.contact_id
    LEFT JOIN {suppression_of("c.email")}
    WHERE ({{rules}}) AND {_TAGGED} AND {{not_excluded}}
)
SELECT coalesce(sum(places), 0)::bigint,
       count(*) FILTER (WHERE reason = 'unsubscribed' OR (reason IS NULL AND NOT is_subscribed)),
       count(*) FILTER (WHERE reason <> 'unsubscribed' OR (reason IS NULL AND is_kept_off)),
       coalesce(sum(places - 1), 0)::bigint,
       count(*) FILTER (WHERE reason IS NULL AND is_open AND NOT is_paused),
       count(*) FILTER (WHERE reason IS NULL AND is_open AND is_paused),
       count(*) FILTER (WHERE reason IS NULL AND is_subscribed AND NOT is_open AND NOT is_kept_off),
       coalesce((SELECT people FROM contacts_fixedaudience WHERE id = %(fixed)s) - count(*), 0)::bigint,
       {{agreed_to_none}}
FROM judged
"""  # noqa: S608

_ON_LISTS = f"""EXISTS (
    SELECT 1 FROM contacts_subscription x
    WHERE x.contact_id = c.id AND x.list_id = ANY(%s) AND {is_open("x")})"""  # noqa: S608
_NAMED_OR_ON_LISTS = f"""c.id IN (
    SELECT unnest(%s::bigint[])
    UNION ALL  -- an OR would keep the planner from hashing: hours at a million
    SELECT x.contact_id FROM contacts_subscription x WHERE x.list_id = ANY(%s) AND {is_open("x")})"""  # noqa: S608
_MAY_GET_MAIL = f"NOT {is_suppressed('c.email')} AND NOT {is_paused('c')}"


def counts(audience: Audience, groups: Sequence[Group]) -> tuple[int, list[int]]:
    """How many will receive it, and how many of them are in by each of these rules, all in one statement."""
    sql, parameters = select(audience)
    columns, joins = ["count(*)"], list[str]()
    about = _about(audience) if groups else Known()
    for place, group in enumerate(groups):
        where = _where(group, about)
        columns.append(f"count(s{place}.id)")
        joins.append(
            f"LEFT JOIN (SELECT c.id FROM contacts_contact c WHERE {where.text}) s{place} ON s{place}.id = a.contact_id"  # noqa: S608
        )
        parameters = [*parameters, *where.parameters]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM ({sql}) a {' '.join(joins)}", parameters)  # noqa: S608
        everybody, *inside = map(int, cursor.fetchone())
    return everybody, inside


def members(written: object, contact_id: int | None = None) -> tuple[str, list[Any]]:
    """SQL and its parameters for the ids of all contacts who are in by these rules, or of one of them."""
    where = _where(rules.read(written), asking.known())
    one, parameters = ("", []) if contact_id is None else (" AND c.id = %s", [contact_id])
    return f"SELECT c.id FROM contacts_contact c WHERE ({where.text}){one}", [*where.parameters, *parameters]  # noqa: S608


def problem_of_rules(written: object) -> str:
    """Why these rules cannot be asked any more; "" when they can."""
    return next(compiling.problems(rules.read(written), asking.known()), "")


def by_language(audience: Audience, offered: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many of those who will receive it get which of these languages, "" for none of them, by what they read, as it
    is stored but in lower case; "" for who is not known to read any."""
    sql, parameters = select(audience)
    picked, of_picked = picked_sql("c", offered)
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce({picked}, ''), {FULL.format(contact='c')}, count(*)"  # noqa: S608
            f" FROM ({sql}) a JOIN contacts_contact c ON c.id = a.contact_id GROUP BY 1, 2",
            [*of_picked, *parameters],
        )
        for code, read, people in cursor.fetchall():
            found.setdefault(code, {})[read] = people
    return found


def asleep(audience: Audience, since: datetime) -> tuple[int, int]:
    """How many will receive it, and how many of them opened and clicked nothing since then, though they were there and
    got mail: of those who may be counted."""
    sql, parameters = select(audience)
    read = " AND ".join(f"coalesce(c.{name} < %s, true)" for name in ("last_opened_at", "last_clicked_at"))
    counted = tracking_consent.measured(tracking_consent.Part.OPENS, "c")
    asleep = f"c.created_at < %s AND c.last_sent_at IS NOT NULL AND {counted} AND {read}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {asleep}) FROM ({sql}) a"  # noqa: S608
            " JOIN contacts_contact c ON c.id = a.contact_id",
            [since, since, since, *parameters],
        )
        everybody, found = cursor.fetchone()
    return int(everybody), int(found)


def summary(audience: Audience) -> Summary:
    by_rules, parameters = named(_narrowed(audience), "rule")
    # Of a fixed audience, whoever is on no list any more counts as gone.
    others = f"({_AGREED_TO_NONE})" if audience.on_any_list and audience.fixed is None else "0"
    # What is not asked is left out, and on one list nobody is twice: then the planner knows a million when it sees one.
    parts = {
        "{places}": f"{_PLACES} {_NAMED}" if audience.contacts else _PLACES,
        "{people}": _ONCE if audience.contacts or audience.lists[1:] else "SELECT *, 1 AS places FROM place",
        "{not_excluded}": _NOT_EXCLUDED.format(excluded="%(excluded)s") if audience.excluded_lists else "true",
        "{agreed_to_none}": others,
        "{rules}": by_rules,
    }
    sql = _COUNTS
    for name, text in parts.items():
        sql = sql.replace(name, text)
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "lists": list(audience.lists),
                "contacts": list(audience.contacts or ()),
                "excluded": list(audience.excluded_lists),
                "tags": list(audience.tags),
                "excluded_tags": list(audience.excluded_tags),
                "fixed": audience.fixed,
                **parameters,
            },
        )
        found = Summary(*cursor.fetchone())
    return replace(found, matched=found.matched + found.gone + found.agreed_to_none)


def has_samples(audience: Audience) -> bool:
    """Whether people who were made up for trying things out would receive it."""
    sql, parameters = select(audience)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM contacts_contact p WHERE p.is_sample AND EXISTS ({sql} AND c.id = p.id))",  # noqa: S608
            parameters,
        )
        return bool(cursor.fetchone()[0])


def general_lists() -> tuple[int, ...]:
    """Those in use whose ground covers mail that no list was named for, in order: a contract covers its own alone."""
    found = MailingList.objects.not_archived().exclude(basis__basis=Basis.CONTRACT)
    return tuple(found.order_by("pk").values_list("pk", flat=True))


def missing_lists(audience: Audience) -> int:
    """How many of its lists, chosen or excluded, were deleted since: it would not mean the same people any more."""
    lists = {*audience.lists, *audience.excluded_lists}
    return len(lists) - MailingList.objects.filter(pk__in=lists).count()


def archived_lists(audience: Audience) -> bool:
    """Whether it goes to a list that is out of use. One that only excludes people still does that."""
    return MailingList.objects.filter(pk__in=audience.lists).exclude(archived_at=None).exists()


def problem(audience: Audience) -> str:
    """Why it cannot be asked any more, because what it names is gone; "" when it can."""
    if audience.fixed is not None and not FixedAudience.objects.filter(pk=audience.fixed).exists():
        return "The people that were decided on are not known any more."
    about = _about(audience) if audience.is_by_rules else Known()
    groups = (*audience.segments, *audience.excluded_segments)
    return next((said for group in groups for said in compiling.problems(group, about)), "")


def _narrowed(audience: Audience) -> Sql:
    if not audience.languages:
        return _chosen(audience)
    picked, parameters = picked_sql("c", audience.languages)
    theirs = Sql(f"coalesce({picked}, %s) = %s", [*parameters, audience.languages[0], audience.reading])
    return joined([_chosen(audience), theirs], "AND")


def _where(group: Group, about: Known) -> Sql:
    try:
        return compiling.where(group, about)
    except compiling.NotComplete:
        return NOBODY


def _chosen(audience: Audience) -> Sql:
    """Nobody, where rules cannot be asked: rather that than people who were not meant."""
    if audience.fixed is not None:
        return Sql("c.id IN (SELECT contact_id FROM contacts_fixedmember WHERE audience_id = %s)", [audience.fixed])
    if not audience.is_by_rules:
        return EVERYBODY
    about = _about(audience)
    try:
        within = [compiling.where(group, about) for group in audience.segments]
        without = [negated(compiling.predicate(group, about)) for group in audience.excluded_segments]
    except compiling.NotComplete:
        return NOBODY
    return joined([*([joined(within, "OR")] if within else []), *without], "AND")


def _about(audience: Audience) -> Known:
    return audience.about or asking.known()


def select(audience: Audience) -> tuple[str, list[Any]]:
    """SQL and its parameters for `(contact_id, email)` of everyone who will receive, each once, in no order."""
    where: str = _ON_LISTS
    parameters: list[Any] = [list(audience.lists)]
    if audience.contacts:
        where, parameters = _NAMED_OR_ON_LISTS, [list(audience.contacts), *parameters]
    if audience.excluded_lists:
        where = f"{where} AND {_NOT_EXCLUDED.format(excluded='%s')}"
        parameters = [*parameters, list(audience.excluded_lists)]
    sql = f"SELECT c.id AS contact_id, c.email AS email FROM contacts_contact c WHERE {where} AND {_MAY_GET_MAIL}"  # noqa: S608
    if audience.tags:
        sql, parameters = f"{sql} AND {carries_any('c')}", [*parameters, list(audience.tags)]
    if audience.excluded_tags:
        sql, parameters = f"{sql} AND {carries_none('c')}", [*parameters, list(audience.excluded_tags)]
    narrowed = _narrowed(audience)
    if narrowed is not EVERYBODY:
        sql, parameters = f"{sql} AND ({narrowed.text})", [*parameters, *narrowed.parameters]
    return sql, parameters


def sample(audience: Audience, n: int) -> list[Contact]:
    """Up to `n` of those who will receive, the latest first."""
    sql, parameters = select(audience)
    return list(
        Contact.objects.raw(
            f"SELECT c.* FROM contacts_contact c JOIN ({sql}) a ON a.contact_id = c.id "  # noqa: S608
            "ORDER BY c.id DESC LIMIT %s",
            [*parameters, n],
        )
    )
