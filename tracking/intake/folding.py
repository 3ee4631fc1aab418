"""Contacts' own columns, kept up with what the ledger and the intake know: segments read these, never events.

And the rows of the organisation's sums, of which many become one.
"""

from django.db import connection, transaction

from contacts.tracking_consent import Part, measured
from tracking.intake import hourly

_ROWS_AT_ONCE = 20_000
_CHUNKS_AT_ONCE = 100


def fold() -> None:
    """Carry over all there is, in steps of short transactions. Safe to run twice, also at the same time."""
    while _step(_SEEN, _ROWS_AT_ONCE):
        pass
    while _step(_SENT, _CHUNKS_AT_ONCE):
        pass
    while _step(hourly.FOLD, _ROWS_AT_ONCE):
        pass


def _step(sql: str, limit: int) -> bool:
    """Whether there may be more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {"limit": limit})
        (taken,) = cursor.fetchone() or (0,)
    return bool(taken >= limit)


_SEEN = """
WITH taken AS (
    DELETE FROM tracking_unfolded WHERE id IN (
        SELECT id FROM tracking_unfolded ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING contact_id, opened_at, clicked_at
), latest AS (
    SELECT contact_id, max(opened_at) AS opened_at, max(clicked_at) AS clicked_at FROM taken GROUP BY contact_id
), folded AS (
    UPDATE contacts_contact c
    SET last_opened_at = greatest(c.last_opened_at, l.opened_at),
        last_clicked_at = greatest(c.last_clicked_at, l.clicked_at)
    FROM latest l WHERE c.id = l.contact_id
)
SELECT count(*) FROM taken
"""

# A finished chunk never changes again, so each is carried over once. Rehearsals are taken note of and change nobody.
_SENT = f"""
WITH taken AS (
    INSERT INTO tracking_foldedchunk (chunk_id)
    SELECT c.id FROM delivery_chunk c
    WHERE c.is_done AND NOT EXISTS (SELECT 1 FROM tracking_foldedchunk f WHERE f.chunk_id = c.id)
    ORDER BY c.id LIMIT %(limit)s
    ON CONFLICT (chunk_id) DO NOTHING
    RETURNING chunk_id
), mail AS (
    SELECT m.batch_id, m.contact_id, m.accepted_at
    FROM taken t JOIN delivery_chunk c ON c.id = t.chunk_id
    JOIN delivery_message m ON m.id BETWEEN c.first_id AND c.last_id
    WHERE m.batch_id = c.batch_id AND m.accepted_at IS NOT NULL
    UNION ALL
    SELECT m.batch_id, m.contact_id, m.accepted_at
    FROM taken t JOIN delivery_chunk c ON c.id = t.chunk_id JOIN delivery_message m ON m.id = ANY(c.ids)
    WHERE m.batch_id = c.batch_id AND m.accepted_at IS NOT NULL
), latest AS (
    SELECT mail.contact_id, max(mail.accepted_at) AS at
    FROM mail JOIN delivery_batch b ON b.id = mail.batch_id
    WHERE NOT b.rehearsal GROUP BY mail.contact_id
), folded AS (
    UPDATE contacts_contact c SET last_sent_at = greatest(c.last_sent_at, l.at)
    FROM latest l WHERE c.id = l.contact_id
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
