"""Tags: words that a contact carries in `Contact.attributes["tags"]`, by which people are found and written to."""

from collections.abc import Sequence

from django.db import connection

KEY = "tags"
MOST = 50  # of one person
LONGEST = 100
_LOOKED_AT = 100_000

_KNOWN = """
SELECT DISTINCT tag FROM (
    SELECT attributes -> 'tags' AS tags FROM contacts_contact WHERE attributes ? 'tags' ORDER BY id DESC LIMIT %s
) tagged CROSS JOIN LATERAL jsonb_array_elements_text(CASE jsonb_typeof(tags) WHEN 'array' THEN tags ELSE '[]' END) tag
"""


def known(also: Sequence[str] = (), among: int = _LOOKED_AT) -> list[str]:
    """Tags to choose from: those of the latest hundred thousand people who carry any, and `also` those.

    A page that is looked at often asks `among` fewer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [among])
        found = {str(tag) for (tag,) in cursor.fetchall()}
    return sorted(found | set(also), key=lambda tag: (tag.casefold(), tag))


def carries_any(contact: str, tags: str = "%s") -> str:
    """SQL: the row `contact` carries one of `tags`, by default a parameter that is a list of them."""
    return f"{contact}.attributes -> 'tags' ?| {tags}"


def carries_none(contact: str, tags: str = "%s") -> str:
    """SQL: it carries none of them, as whoever carries no tags at all."""
    return f"NOT coalesce({carries_any(contact, tags)}, false)"


def carried(contact: str) -> str:
    """SQL: the tags of the row `contact` as a JSON list, whatever stands there."""
    tags = f"{contact}.attributes -> 'tags'"
    return f"CASE jsonb_typeof({tags}) WHEN 'array' THEN {tags} ELSE '[]'::jsonb END"


def add(tag: str, contact_ids: Sequence[int]) -> list[int]:
    """Who of them carries the tag now and did not before; those who carry the most already are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"tag": tag, "ids": list(contact_ids), "most": MOST})
        return [contact_id for (contact_id,) in cursor.fetchall()]


def remove(tag: str, contact_ids: Sequence[int]) -> list[int]:
    """Who of them carried it until now."""
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE, {"tag": tag, "ids": list(contact_ids)})
        return [contact_id for (contact_id,) in cursor.fetchall()]


_CARRIED = carried("contacts_contact")
_ADD = f"""
UPDATE contacts_contact SET attributes = jsonb_set(attributes, '{{tags}}', {_CARRIED} || to_jsonb(%(tag)s::text)),
    updated_at = now()
WHERE id = ANY(%(ids)s) AND NOT {_CARRIED} ? %(tag)s AND jsonb_array_length({_CARRIED}) < %(most)s
RETURNING id
"""  # noqa: S608
# Nobody keeps an empty list: its key is what the index of the tagged goes by.
_REMOVE = f"""
UPDATE contacts_contact SET updated_at = now(), attributes = CASE WHEN {_CARRIED} - %(tag)s::text = '[]'::jsonb
    THEN attributes - 'tags' ELSE jsonb_set(attributes, '{{tags}}', {_CARRIED} - %(tag)s::text) END
WHERE id = ANY(%(ids)s) AND {_CARRIED} ? %(tag)s
RETURNING id
"""  # noqa: S608
