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


def known(also: Sequence[str] = ()) -> list[str]:
    """Tags to choose from: those of the latest hundred thousand people who carry any, and `also` those."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [_LOOKED_AT])
        found = {str(tag) for (tag,) in cursor.fetchall()}
    return sorted(found | set(also), key=lambda tag: (tag.casefold(), tag))


def carries_any(contact: str, tags: str = "%s") -> str:
    """SQL: the row `contact` carries one of `tags`, by default a parameter that is a list of them."""
    return f"{contact}.attributes -> 'tags' ?| {tags}"
