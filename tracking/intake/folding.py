"""Contacts' own columns, kept up with what the ledger and the intake know: segments read these, never events.

And the rows of the organisation's sums, of which many become one.
"""

from django.db import connection, transaction

from accounts.database import locks
from contacts.tracking_consent import Part, measured
from tracking.intake import hourly
from tracking.recent import anew
from tracking.recent.counted import BITS, COUNTED, MOST, acted

_ROWS_AT_ONCE = 20_000
_PEOPLE_AT_ONCE = 2_000
_CHUNKS_AT_ONCE = 100


def fold() -> None:
    """Carry over all there is, in steps of short transactions. Safe to run twice: the second leaves it to the first."""
    while _step(_SENT, _CHUNKS_AT_ONCE):
        pass
    while _step(_SEEN, _ROWS_AT_ONCE) == _ROWS_AT_ONCE:
        pass
    while _step(anew.FOLD, _PEOPLE_AT_ONCE) == _PEOPLE_AT_ONCE:
        pass
    while _step(hourly.FOLD, _ROWS_AT_ONCE) == _ROWS_AT_ONCE:
        pass


def _step(sql: str, limit: int) -> int:
    """How many were taken. One at a time: what a bit stands for must not change while others look it up."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not locks.try_hold(cursor, locks.Kind.FOLDING):
            return 0
        cursor.execute(sql, {"limit": limit})
        (taken,) = cursor.fetchone() or (0,)
    return int(taken)


# The person may have been merged since the act.
_WHOSE = "coalesce(m.contact_id, a.contact_id)"
# Bits are looked up, not counted up: an act that came twice, or that turned out to be a program's, is right anyway.
_SEEN = f"""
WITH taken AS (
    DELETE FROM tracking_unfolded WHERE id IN (
        SELECT id FROM tracking_unfolded WHERE message_id IS NOT NULL ORDER BY id LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED)
    RETURNING contact_id, message_id, opened_at, clicked_at
), act AS (
    SELECT contact_id, message_id, max(opened_at) AS opened_at, max(clicked_at) AS clicked_at FROM taken GROUP BY 1, 2
), mail AS (
    SELECT {_WHOSE} AS contact_id, a.opened_at, a.clicked_at, m.batch_id, m.accepted_at, r.batch_ids,
        b.id IS NOT NULL AS counts,
        CASE WHEN b.id IS NOT NULL THEN array_position(r.batch_ids, m.batch_id::int) - 1 END AS bit,
        {acted(1, "m.id")} AS opened, {acted(2, "m.id")} AS clicked
    FROM act a LEFT JOIN delivery_message m ON m.id = a.message_id
    LEFT JOIN delivery_batch b ON b.id = m.batch_id AND {COUNTED}
    LEFT JOIN tracking_lastmailed r ON r.contact_id = {_WHOSE}
), unknown AS (  -- such as one that was uncertain until it was opened: it goes where it belongs
    INSERT INTO tracking_unfolded (contact_id)
    SELECT DISTINCT contact_id FROM mail WHERE counts AND bit IS NULL AND accepted_at IS NOT NULL
    AND (batch_ids IS NULL OR cardinality(batch_ids) < {MOST} OR batch_id > batch_ids[{MOST}])
), person AS (
    SELECT contact_id, max(opened_at) AS opened_at, max(clicked_at) AS clicked_at,
        coalesce(bit_or(1::bigint << bit), 0) AS looked_up,
        coalesce(bit_or(1::bigint << bit) FILTER (WHERE opened), 0) AS opened,
        coalesce(bit_or(1::bigint << bit) FILTER (WHERE clicked), 0) AS clicked
    FROM mail GROUP BY 1
), folded AS (
    UPDATE contacts_contact c
    SET last_opened_at = greatest(c.last_opened_at, p.opened_at),
        last_clicked_at = greatest(c.last_clicked_at, p.clicked_at),
        recent_opened = c.recent_opened & ~p.looked_up | p.opened,
        recent_clicked = c.recent_clicked & ~p.looked_up | p.clicked
    FROM person p WHERE c.id = p.contact_id
)
SELECT count(*) FROM taken
"""  # noqa: S608

# Looked up in a table of hashes, not joined: where a partition is too young to have been analysed, PostgreSQL takes the
# people of a step for two hundred, and joins each with each.
_IS_NEW = "p.contact_id IN (SELECT contact_id FROM remembered)"

# A finished chunk never changes again, so each is carried over once, those of one batch at a time: nobody is in a batch
# twice. Rehearsals are taken note of and change nobody.
_SENT = f"""
WITH taken AS (
    INSERT INTO tracking_foldedchunk (chunk_id)
    SELECT c.id FROM delivery_chunk c
    WHERE c.is_done AND NOT EXISTS (SELECT 1 FROM tracking_foldedchunk f WHERE f.chunk_id = c.id)
    AND c.batch_id = (
        SELECT o.batch_id FROM delivery_chunk o
        WHERE o.is_done AND NOT EXISTS (SELECT 1 FROM tracking_foldedchunk f WHERE f.chunk_id = o.id)
        ORDER BY o.id LIMIT 1)
    ORDER BY c.id LIMIT %(limit)s
    ON CONFLICT (chunk_id) DO NOTHING
    RETURNING chunk_id
), mail AS (
    SELECT m.id, m.batch_id, m.contact_id, m.accepted_at
    FROM taken t JOIN delivery_chunk c ON c.id = t.chunk_id
    JOIN delivery_message m ON m.id BETWEEN c.first_id AND c.last_id
    WHERE m.batch_id = c.batch_id AND m.accepted_at IS NOT NULL
    UNION ALL
    SELECT m.id, m.batch_id, m.contact_id, m.accepted_at
    FROM taken t JOIN delivery_chunk c ON c.id = t.chunk_id JOIN delivery_message m ON m.id = ANY(c.ids)
    WHERE m.batch_id = c.batch_id AND m.accepted_at IS NOT NULL
), person AS (  -- a message that was tried again is in two chunks
    SELECT mail.contact_id, min(mail.batch_id)::int AS batch_id, max(mail.accepted_at) AS at,
        bool_or({COUNTED}) AS counts,
        bool_or({acted(1, "mail.id")})::int AS opened, bool_or({acted(2, "mail.id")})::int AS clicked
    FROM mail JOIN delivery_batch b ON b.id = mail.batch_id JOIN contacts_contact c ON c.id = mail.contact_id
    WHERE NOT b.rehearsal GROUP BY 1
), remembered AS (
    INSERT INTO tracking_lastmailed AS r (contact_id, batch_ids)
    SELECT contact_id, ARRAY[batch_id] FROM person WHERE counts
    ON CONFLICT (contact_id) DO UPDATE SET batch_ids = (excluded.batch_ids || r.batch_ids)[:{MOST}]
    WHERE NOT r.batch_ids @> excluded.batch_ids
    RETURNING contact_id
), folded AS (
    UPDATE contacts_contact c SET last_sent_at = greatest(c.last_sent_at, p.at),
        recent_mails = CASE WHEN {_IS_NEW} THEN least({MOST}, c.recent_mails + 1) ELSE c.recent_mails END,
        recent_opened = CASE WHEN {_IS_NEW} THEN (c.recent_opened << 1 | p.opened) & {BITS} ELSE c.recent_opened END,
        recent_clicked = CASE WHEN {_IS_NEW} THEN (c.recent_clicked << 1 | p.clicked) & {BITS} ELSE c.recent_clicked END
    FROM person p WHERE c.id = p.contact_id
), unmeasured AS (
    INSERT INTO tracking_breakdown AS b (batch_id, kind, by, value, is_machine, total, people)
    SELECT mail.batch_id, 0, 'consent', part.name, false, count(*), count(*)
    FROM mail JOIN delivery_batch b ON b.id = mail.batch_id JOIN contacts_contact c ON c.id = mail.contact_id,
    LATERAL (VALUES ('opens', {measured(Part.OPENS, "c")}, c.open_consent),
        ('clicks', {measured(Part.CLICKS, "c")}, c.click_consent))
        AS part (name, is_measured, state)
    WHERE b.tracking = 'individual' AND NOT part.is_measured OR b.tracking = 'anonymous' AND part.state = 'refused'
    GROUP BY mail.batch_id, part.name
    ON CONFLICT (batch_id, kind, by, value, is_machine)
    DO UPDATE SET total = b.total + excluded.total, people = b.people + excluded.people
)
SELECT count(*) FROM taken
"""  # noqa: S608
