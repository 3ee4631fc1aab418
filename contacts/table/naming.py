"""The order of the table by name, kept beside the contacts and not by an index on them.

An index on names costs an import that changes them more than anything else: every change of a person, of whatever
column, has to enter all indexes anew. So names in their order stand in a table of their own, which the fold that takes
changes into the search keeps (see folding.fold). Whose block waits for the fold is sorted in from the contacts.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import BooleanField, F, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Lower, Trim

from contacts.models import ContactQuerySet

MOST_WAITING = 250  # blocks whose people can be sorted in at once

NOW = Lower(Trim(Concat(F("last_name"), Value(" "), F("first_name"))))


def waiting() -> Sequence[int] | None:
    """Blocks that the fold has not taken in; None: too many of them to be sorted in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT block FROM contacts_staleblock LIMIT %s", [MOST_WAITING + 1])
        blocks = [block for (block,) in cursor.fetchall()]
    return blocks if len(blocks) <= MOST_WAITING else None


def placed(found: ContactQuerySet, *, but: Sequence[int]) -> ContactQuerySet:
    """With `by_name` as the last fold left it; without the people of some blocks."""
    found = found.filter(name_place__isnull=False).alias(by_name=F("name_place__name"))
    if not but:
        return found
    is_elsewhere = RawSQL(
        "(contacts_contact.id >> 6) <> ALL(%s::bigint[])",  # values are parameters
        [list(but)],
        output_field=BooleanField(),
    )
    return found.filter(is_elsewhere)


def among(found: ContactQuerySet, blocks: Sequence[int]) -> ContactQuerySet:
    """The people of some blocks, with `by_name` as it is now."""
    ids = RawSQL(
        "SELECT (block << 6) + number FROM unnest(%s::bigint[]) block, generate_series(0, 63) number",
        [list(blocks)],  # values are parameters
    )
    return now(found.filter(pk__in=ids))


def now(found: ContactQuerySet) -> ContactQuerySet:
    return found.alias(by_name=NOW)


def place(blocks: Sequence[int]) -> None:
    """Keep the names of everybody in these blocks, as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, {"blocks": list(blocks)})


_PLACE = """
WITH person AS MATERIALIZED (
    SELECT c.id, lower(btrim(c.last_name || ' ' || c.first_name)) AS name
    FROM unnest(%(blocks)s::bigint[]) block
    JOIN contacts_contact c ON c.id >= block << 6 AND c.id < (block + 1) << 6
), gone AS (
    DELETE FROM contacts_nameplace p USING unnest(%(blocks)s::bigint[]) block
    WHERE p.contact_id >= block << 6 AND p.contact_id < (block + 1) << 6
        AND NOT EXISTS (SELECT FROM contacts_contact c WHERE c.id = p.contact_id)
)
INSERT INTO contacts_nameplace AS p (contact_id, name)
SELECT person.id, person.name FROM person LEFT JOIN contacts_nameplace known ON known.contact_id = person.id
WHERE known.name IS DISTINCT FROM person.name ORDER BY person.id
ON CONFLICT (contact_id) DO UPDATE SET name = excluded.name
"""
