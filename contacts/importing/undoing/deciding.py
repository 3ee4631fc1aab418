"""What undoing a slice of an import would do, as temporary tables: the forecast counts them, the undoing goes by them.

The rule: what an import wrote is taken back unless somebody changed it since. Whoever is in a later import that stands
stays as that one left them; whoever got mail, agreed or left since, or was changed stays as a person, but not on lists
by this import alone.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from contacts import tags
from contacts.importing.plan import Mode, Plan, Target
from contacts.importing.undoing import mailed
from contacts.models import ImportSlice

OWN = "e.channel NOT IN ('import', 'undo')"  # what somebody said, not what a file said of them

_TABLES = ("later", "people", "memberships", "endings", "fields", "lifted")


def decide(found: ImportSlice, plan: Plan) -> dict[str, int]:
    """Fill the tables `undo_…`, which last until the end of the transaction, and count what is in them."""
    parameters: dict[str, Any] = {
        "slice": found.pk,
        "job": found.job_id,
        "at": found.at,
        "added": found.added,
        "mailed": list(mailed.among(found.added)),
        "overwrites": found.mode == Mode.OVERWRITE,
        "any_source": any(column.target == Target.SOURCE for column in plan.columns),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL random_page_cost = 1.1")
        cursor.execute("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.undo_{name}" for name in _TABLES))
        for name, query in zip(_TABLES, _QUERIES, strict=True):
            cursor.execute(f"CREATE TEMPORARY TABLE undo_{name} ON COMMIT DROP AS {query}", parameters)
            cursor.execute(f"ANALYZE undo_{name}")
        cursor.execute(_COUNTS, parameters)
        names = [column[0] for column in cursor.description or ()]
        return {name: int(number) for name, number in zip(names, cursor.fetchone(), strict=True)}


# Later imports that stand, with the lists that they put these people on.
_LATER = """
SELECT contact_id, array_agg(DISTINCT list_id) FILTER (WHERE list_id IS NOT NULL) AS lists
FROM contacts_importslice o CROSS JOIN LATERAL unnest(o.found) contact_id
LEFT JOIN LATERAL unnest(o.lists) list_id ON true
WHERE o.at > %(at)s AND o.job_id <> %(job)s AND o.undone_at IS NULL AND (
    contact_id = ANY(%(added)s) OR contact_id IN (
        SELECT unnest(found) FROM contacts_importslice WHERE id = %(slice)s))
GROUP BY 1
"""
_SAID_SINCE = f"""EXISTS (
    SELECT 1 FROM contacts_consentevent e WHERE e.contact_id = c.id AND e.at > %(at)s AND {OWN})
OR EXISTS (
    SELECT 1 FROM contacts_trackingconsentevent e WHERE e.contact_id = c.id AND e.at > %(at)s AND {OWN})
OR later.contact_id IS NULL AND EXISTS (
    SELECT 1 FROM contacts_subscription b WHERE b.contact_id = c.id AND b.changed_at > %(at)s)"""  # noqa: S608  # parts of our own
_PEOPLE = f"""
SELECT c.id, CASE
    WHEN c.id = ANY(%(mailed)s) OR c.last_sent_at IS NOT NULL THEN 'mailed'
    WHEN {_SAID_SINCE} THEN 'said'
    WHEN later.contact_id IS NOT NULL THEN 'later'
    WHEN c.updated_at > %(at)s OR EXISTS (SELECT 1 FROM contacts_note n WHERE n.contact_id = c.id) THEN 'changed'
    ELSE 'removed' END AS verdict
FROM unnest(%(added)s::bigint[]) added (id) JOIN contacts_contact c ON c.id = added.id
LEFT JOIN undo_later later ON later.contact_id = c.id
"""  # noqa: S608
# Of those who are removed, everything goes with them.
_MEMBERSHIPS = """
SELECT b.id, b.contact_id, b.list_id, b.state
FROM contacts_importslice s CROSS JOIN LATERAL unnest(s.joined) joined (id)
JOIN contacts_subscription b ON b.id = joined.id
LEFT JOIN undo_later later ON later.contact_id = b.contact_id
LEFT JOIN undo_people person ON person.id = b.contact_id
WHERE s.id = %(slice)s AND b.changed_at = %(at)s AND coalesce(b.list_id <> ALL(later.lists), true)
    AND person.verdict IS DISTINCT FROM 'removed'
"""
# Whoever left by themselves meanwhile stays away, whatever the file said first; and nobody comes back to a list on
# which an import that is undone itself had put them.
_ENDINGS = f"""
SELECT b.id, b.contact_id, b.list_id, ended.state, ended.changed_at
FROM contacts_importslice s
CROSS JOIN LATERAL unnest(s."left", s.left_state, s.left_changed_at) ended (id, state, changed_at)
JOIN contacts_subscription b ON b.id = ended.id
WHERE s.id = %(slice)s AND b.state = 'unsubscribed' AND b.changed_at = %(at)s
    AND b.contact_id NOT IN (SELECT contact_id FROM undo_later)
    AND b.id NOT IN (
        SELECT unnest(o.joined) FROM contacts_importslice o WHERE o.at < %(at)s AND o.undone_at IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM contacts_consentevent e
        WHERE e.contact_id = b.contact_id AND e.at > %(at)s AND e.kind = 'withdrawn' AND {OWN})
"""  # noqa: S608


def _text(name: str) -> Sequence[str]:
    return (
        f"CASE WHEN c.{name} = w.{name} AND w.was_{name} IS NOT NULL THEN w.was_{name} ELSE c.{name} END AS {name}",
        f"(c.{name} = w.{name} AND w.was_{name} IS NOT NULL)::int",
        f"coalesce(w.was_{name} <> w.{name} AND c.{name} <> w.{name} AND c.{name} <> w.was_{name}, false)::int",
    )


def _consent(name: str, part: str) -> Sequence[str]:
    quiet = f"""w.was_{name} IS NOT NULL AND c.{name} = w.{name} AND NOT EXISTS (
        SELECT 1 FROM contacts_trackingconsentevent e
        WHERE e.contact_id = c.id AND e.part = '{part}' AND e.at > %(at)s AND {OWN})"""  # noqa: S608
    return (
        f"CASE WHEN {quiet} THEN w.was_{name} ELSE c.{name} END AS {name}",
        f"({quiet})::int",
        f"(w.was_{name} IS NOT NULL AND NOT ({quiet}))::int",
    )


_PARTS = [
    *map(_text, ("first_name", "last_name", "language", "time_zone")),
    _consent("open_consent", "opens"),
    _consent("click_consent", "clicks"),
]
_NO_TAGS = "'[]'::jsonb"
_FIELDS = f"""
SELECT c.id AS contact_id, {", ".join(part[0] for part in _PARTS)},
    w.was_sample AS is_sample, CASE WHEN c.updated_at = %(at)s THEN w.was_updated_at ELSE now() END AS updated_at,
    c.attributes - 'tags' - coalesce(told.dropped, '{{}}') || coalesce(told.back, '{{}}')
        || CASE WHEN jsonb_array_length(tags.stay) > 0 THEN jsonb_build_object('tags', tags.stay)
            ELSE '{{}}'::jsonb END AS attributes,
    {" + ".join(part[1] for part in _PARTS)} + coalesce(told.restored, 0) + tags.taken AS restored,
    {" + ".join(part[2] for part in _PARTS)} + coalesce(told.kept, 0) AS kept
FROM contacts_importoverwritten w JOIN contacts_contact c ON c.id = w.contact_id
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(given.key, w.was_attributes -> given.key)
            FILTER (WHERE is_same AND w.was_attributes ? given.key) AS back,
        array_agg(given.key) FILTER (WHERE is_same AND NOT w.was_attributes ? given.key) AS dropped,
        count(*) FILTER (WHERE is_same) AS restored, count(*) FILTER (WHERE NOT is_same AND NOT is_as_before) AS kept
    FROM jsonb_each(w.attributes) given CROSS JOIN LATERAL (
        SELECT c.attributes -> given.key IS NOT DISTINCT FROM given.value AS is_same,
            c.attributes -> given.key IS NOT DISTINCT FROM w.was_attributes -> given.key AS is_as_before) now_it
    WHERE given.key <> 'tags' AND CASE WHEN %(overwrites)s
        THEN w.was_attributes -> given.key IS DISTINCT FROM given.value ELSE NOT w.was_attributes ? given.key END
) told
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(tag ORDER BY n) FILTER (WHERE NOT is_ours), {_NO_TAGS}) AS stay,
        count(*) FILTER (WHERE is_ours) AS taken
    FROM jsonb_array_elements({tags.carried("c")}) WITH ORDINALITY carried (tag, n)
    CROSS JOIN LATERAL (SELECT coalesce(w.attributes -> 'tags', {_NO_TAGS}) @> tag
        AND NOT coalesce(w.was_attributes -> 'tags', {_NO_TAGS}) @> tag AS is_ours) whose
) tags
WHERE w.slice_id = %(slice)s AND w.contact_id NOT IN (SELECT contact_id FROM undo_later)
"""  # noqa: S608
_LIFTED = f"""
SELECT p.id, NULL::text AS reason, NULL::text AS detail
FROM contacts_importslice s CROSS JOIN LATERAL unnest(s.suppressed) made (id)
JOIN contacts_suppression p ON p.id = made.id
LEFT JOIN contacts_contact c ON lower(c.email) = p.email
WHERE s.id = %(slice)s AND p.message_id IS NULL AND p.created_at <= %(at)s AND (%(any_source)s OR p.source = 'import')
    AND NOT EXISTS (SELECT 1 FROM contacts_importgraver g JOIN contacts_importslice o ON o.id = g.slice_id
        WHERE g.suppression_id = p.id AND o.undone_at IS NULL)
    AND p.id NOT IN (SELECT unnest(o.also_suppressed) FROM contacts_importslice o
        WHERE o.at > %(at)s AND o.job_id <> %(job)s AND o.undone_at IS NULL AND o.also_suppressed <> '{{}}')
    AND NOT EXISTS (SELECT 1 FROM contacts_consentevent e
        WHERE e.contact_id = c.id AND e.at > %(at)s AND e.kind = 'withdrawn' AND {OWN})
UNION ALL
SELECT p.id, g.was_reason, g.was_detail
FROM contacts_importgraver g JOIN contacts_suppression p ON p.id = g.suppression_id
WHERE g.slice_id = %(slice)s AND p.reason = g.reason AND p.created_at <= %(at)s
"""  # noqa: S608
_QUERIES = (_LATER, _PEOPLE, _MEMBERSHIPS, _ENDINGS, _FIELDS, _LIFTED)
_COUNTS = """
SELECT (SELECT count(*) FROM undo_people WHERE verdict = 'removed') AS removed,
    (SELECT count(*) FROM undo_people WHERE verdict = 'mailed') AS mailed,
    (SELECT count(*) FROM undo_people WHERE verdict = 'said') AS said,
    (SELECT count(*) FROM undo_people WHERE verdict = 'changed') AS changed,
    (SELECT count(*) FROM undo_people WHERE verdict = 'later')
        + (SELECT count(*) FROM undo_later WHERE contact_id <> ALL(%(added)s)) AS later,
    cardinality(%(added)s::bigint[]) - (SELECT count(*) FROM undo_people) AS gone,
    (SELECT count(*) FROM undo_fields WHERE restored > 0) AS restored,
    (SELECT count(*) FROM undo_fields WHERE kept > 0) AS partly,
    (SELECT count(*) FROM undo_memberships) AS taken_off,
    (SELECT count(*) FROM undo_endings) AS put_back,
    (SELECT count(*) FROM undo_lifted) AS lifted
"""
