"""Who a mail is for: decided in SQL, so that a million people cost one statement and no objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db import connection

from contacts.models import Contact, MailingList
from contacts.reachability import is_open, is_suppressed, suppression_of
from contacts.tags import carries_any


@dataclass(frozen=True)
class Audience:
    """People on any of `lists` or named in `contacts`, but not subscribed to any of `excluded_lists`.

    With `tags` only those of them who carry one: a tag is no consent, so it narrows lists and never adds to them.
    """

    lists: tuple[int, ...]
    excluded_lists: tuple[int, ...] = ()
    contacts: tuple[int, ...] | None = None
    tags: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        contacts = None if self.contacts is None else list(self.contacts)
        return {
            "lists": list(self.lists),
            "excluded_lists": list(self.excluded_lists),
            "contacts": contacts,
            "tags": list(self.tags),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        contacts = data.get("contacts")
        return cls(
            tuple(data.get("lists") or ()),
            tuple(data.get("excluded_lists") or ()),
            None if contacts is None else tuple(contacts),
            tuple(data.get("tags") or ()),
        )


@dataclass(frozen=True)
class Summary:
    """matched - unsubscribed - suppressed - duplicates = will_receive; each is counted for itself."""

    matched: int  # places on the chosen lists; one person on two lists has two
    unsubscribed: int
    suppressed: int
    duplicates: int  # further places of people who are counted already
    will_receive: int


_COUNTS = f"""
WITH place AS (
    SELECT contact_id, {is_open("contacts_subscription")} AS is_open FROM contacts_subscription
    WHERE list_id = ANY(%(lists)s) AND state <> 'unconfirmed'
    UNION ALL
    SELECT id, true FROM contacts_contact WHERE id = ANY(%(contacts)s)
), person AS (
    SELECT contact_id, count(*) AS places, bool_or(is_open) AS is_open FROM place
    WHERE NOT EXISTS (
        SELECT 1 FROM contacts_subscription x
        WHERE x.contact_id = place.contact_id AND x.list_id = ANY(%(excluded)s) AND {is_open("x")}
    )
    GROUP BY contact_id
), judged AS (
    SELECT places, is_open, s.reason FROM person
    JOIN contacts_contact c ON c.id = person.contact_id
    LEFT JOIN {suppression_of("c.email")}
    WHERE %(tags)s::text[] = '{{}}' OR {carries_any("c", "%(tags)s::text[]")}
)
SELECT coalesce(sum(places), 0)::bigint,
       count(*) FILTER (WHERE reason = 'unsubscribed' OR (reason IS NULL AND NOT is_open)),
       count(*) FILTER (WHERE reason <> 'unsubscribed'),
       coalesce(sum(places - 1), 0)::bigint,
       count(*) FILTER (WHERE reason IS NULL AND is_open)
FROM judged
"""  # noqa: S608

_SELECT = f"""
SELECT c.id AS contact_id, c.email AS email FROM contacts_contact c
WHERE c.id IN (
        SELECT unnest(%s::bigint[])
        UNION ALL  -- an OR would keep the planner from hashing: hours at a million
        SELECT x.contact_id FROM contacts_subscription x WHERE x.list_id = ANY(%s) AND {is_open("x")})
AND NOT EXISTS (
        SELECT 1 FROM contacts_subscription x
        WHERE x.contact_id = c.id AND x.list_id = ANY(%s) AND {is_open("x")})
AND NOT {is_suppressed("c.email")}
"""  # noqa: S608


def summary(audience: Audience) -> Summary:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {
                "lists": list(audience.lists),
                "contacts": list(audience.contacts or ()),
                "excluded": list(audience.excluded_lists),
                "tags": list(audience.tags),
            },
        )
        return Summary(*cursor.fetchone())


def has_samples(audience: Audience) -> bool:
    """Whether people who were made up for trying things out would receive it."""
    sql, parameters = select(audience)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM contacts_contact p WHERE p.is_sample AND EXISTS ({sql} AND c.id = p.id))",  # noqa: S608
            parameters,
        )
        return bool(cursor.fetchone()[0])


def missing_lists(audience: Audience) -> int:
    """How many of its lists, chosen or excluded, were deleted since: it would not mean the same people any more."""
    lists = {*audience.lists, *audience.excluded_lists}
    return len(lists) - MailingList.objects.filter(pk__in=lists).count()


def select(audience: Audience) -> tuple[str, list[Any]]:
    """SQL and its parameters for `(contact_id, email)` of everyone who will receive, each once, in no order."""
    sql = _SELECT.strip()
    parameters: list[Any] = [list(audience.contacts or ()), list(audience.lists), list(audience.excluded_lists)]
    if audience.tags:
        return f"{sql} AND {carries_any('c')}", [*parameters, list(audience.tags)]
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
