"""Who came or changed is taken into the blocks by which the table is searched and filtered."""

from django.db import connection, transaction

from accounts.database import locks
from contacts.reachability import is_subscribed, suppression_of
from contacts.table import naming
from contacts.table.blocks import BITS

_AT_ONCE = 1_000


def fold() -> None:
    """Take in who came or changed. Safe to run twice: what another one folds is left to it."""
    while _fold_some():
        pass


@transaction.atomic
def _fold_some() -> bool:
    with connection.cursor() as cursor:
        if not locks.try_hold(cursor, locks.Kind.SEARCH):
            return False
        # What this transaction noted itself is taken, so it would have to note it again: see the migration.
        cursor.execute("SELECT set_config('contacts.noted_block', '', true)")
        cursor.execute(_FOLD, {"most": _AT_ONCE, "bits": BITS})
        (taken,) = cursor.fetchone()
    naming.place(taken or ())
    return bool(taken)


# A note that is not committed yet is not taken, and neither is the person it is about: both come with the next fold.
_FOLD = f"""
WITH noted AS MATERIALIZED (
    SELECT DISTINCT block FROM (SELECT block FROM contacts_staleblock ORDER BY id LIMIT %(most)s) marks
), taken AS (
    DELETE FROM contacts_staleblock WHERE block IN (SELECT block FROM noted) RETURNING block
), person AS MATERIALIZED (
    SELECT noted.block, c.email, c.first_name, c.last_name, c.attributes, 1::bigint << (c.id & 63)::int AS mark,
        s.reason, x.is_in, x.has_left, x.lists
    FROM noted JOIN contacts_contact c ON c.id >= noted.block << %(bits)s AND c.id < (noted.block + 1) << %(bits)s
    LEFT JOIN {suppression_of("c.email")}
    LEFT JOIN LATERAL (
        SELECT bool_or({is_subscribed("x")}) AS is_in, bool_or(x.state = 'unsubscribed') AS has_left,
            array_agg(x.list_id) AS lists
        FROM contacts_subscription x WHERE x.contact_id = c.id
    ) x ON true
), words AS (
    SELECT block, string_agg(lower(email || ' ' || first_name || ' ' || last_name), E'\\n') AS words,
        bit_or(mark) FILTER (WHERE is_in AND reason IS NULL) AS reachable,
        bit_or(mark) FILTER (WHERE has_left AND NOT is_in OR reason = 'unsubscribed') AS unsubscribed,
        bit_or(mark) FILTER (WHERE reason IS NOT NULL) AS suppressed,
        bit_or(mark) FILTER (WHERE lists IS NULL) AS on_no_list
    FROM person GROUP BY 1
), tagged AS (
    SELECT block, array_agg(DISTINCT tag) AS tags FROM person CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(attributes -> 'tags') WHEN 'array' THEN attributes -> 'tags' ELSE '[]' END) tag GROUP BY 1
), listed AS (
    SELECT block, array_agg(DISTINCT list_id) AS lists FROM person CROSS JOIN LATERAL unnest(lists) list_id GROUP BY 1
), put AS (
    INSERT INTO contacts_searchblock (block, words)
    SELECT block, coalesce(words, '') FROM noted LEFT JOIN words USING (block) ORDER BY block
    ON CONFLICT (block) DO UPDATE SET words = excluded.words
), marked AS (
    INSERT INTO contacts_peopleblock (block, reachable, unsubscribed, suppressed, on_no_list, tags, lists)
    SELECT block, coalesce(reachable, 0), coalesce(unsubscribed, 0), coalesce(suppressed, 0),
        coalesce(on_no_list, 0), coalesce(tags, '{{}}'), coalesce(lists, '{{}}')
    FROM noted LEFT JOIN words USING (block) LEFT JOIN tagged USING (block) LEFT JOIN listed USING (block)
    ORDER BY block
    ON CONFLICT (block) DO UPDATE SET reachable = excluded.reachable,
        unsubscribed = excluded.unsubscribed, suppressed = excluded.suppressed, on_no_list = excluded.on_no_list,
        tags = excluded.tags, lists = excluded.lists
)
SELECT array_agg(DISTINCT block) FROM taken
"""  # noqa: S608
