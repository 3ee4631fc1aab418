"""Values of one field, some thousand people at a time: read, and written back where nobody changed them meanwhile."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Written:
    """`new` None: the value goes. `also`: further values by their keys."""

    contact_id: int
    old: Any
    new: Any
    also: Mapping[str, Any] = field(default_factory=dict)


def read(key: str, after: int, most: int, until: int) -> list[tuple[int, Any]]:
    """(contact's id, value) of those who have one, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [key, key, after, until, most])
        return [(contact_id, json.loads(value)) for contact_id, value in cursor.fetchall()]


def write(key: str, rows: Sequence[Written]) -> int:
    """How many it changed."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "key": key,
                "ids": [row.contact_id for row in rows],
                "olds": [json.dumps(row.old) for row in rows],
                "news": [None if row.new is None else json.dumps(row.new) for row in rows],
                "also": [json.dumps(dict(row.also)) for row in rows],
            },
        )
        return int(cursor.rowcount)


_READ = """
SELECT id, (attributes -> %s)::text FROM contacts_contact
WHERE jsonb_exists(attributes, %s) AND id > %s AND id <= %s ORDER BY id LIMIT %s
"""
# What everybody's value is called or kept as is no change of a person: `updated_at`, by which the Undo of an import
# knows whom somebody changed since, stays.
_WRITE = """
UPDATE contacts_contact c SET attributes = v.also::jsonb || CASE WHEN v.new IS NULL
    THEN c.attributes - %(key)s ELSE jsonb_set(c.attributes, ARRAY[%(key)s], v.new::jsonb) END
FROM unnest(%(ids)s::bigint[], %(olds)s::text[], %(news)s::text[], %(also)s::text[]) AS v(id, old, new, also)
WHERE c.id = v.id AND c.attributes -> %(key)s = v.old::jsonb
"""
