"""A person's last campaigns looked up anew in the ledger: where the order changed, or one of them went away."""

from collections.abc import Iterable, Sequence

from django.db import connection

from delivery.models import Batch
from tracking.models import Unfolded
from tracking.recent.counted import COUNTED, MOST, acted


def look_up_again(contact_ids: Iterable[int]) -> None:
    """With the next fold: for whoever merges people, or changes whose a mail is."""
    Unfolded.objects.bulk_create((Unfolded(contact_id=number) for number in contact_ids), batch_size=5_000)


def look_up_people_of(batches: Sequence[Batch]) -> None:
    """The same for everybody whom these were sent to: to be called before they are removed, in that transaction."""
    with connection.cursor() as cursor:
        for batch in batches:
            if not batch.rehearsal and batch.first_id is not None and batch.last_id is not None:
                cursor.execute(_PEOPLE, [batch.first_id, batch.last_id, batch.pk])


_PEOPLE = """
INSERT INTO tracking_unfolded (contact_id)
SELECT contact_id FROM delivery_message
WHERE id BETWEEN %s AND %s AND batch_id = %s AND contact_id IS NOT NULL AND accepted_at IS NOT NULL
"""

FOLD = f"""
WITH taken AS (
    DELETE FROM tracking_unfolded WHERE id IN (
        SELECT id FROM tracking_unfolded WHERE message_id IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING contact_id, opened_at, clicked_at
), person AS (
    SELECT contact_id, max(opened_at) AS opened_at, max(clicked_at) AS clicked_at FROM taken GROUP BY contact_id
), found AS (
    SELECT p.contact_id, p.opened_at, p.clicked_at, coalesce(x.batch_ids, '{{}}') AS batch_ids,
        coalesce(x.opened, 0) AS opened, coalesce(x.clicked, 0) AS clicked
    FROM person p LEFT JOIN LATERAL (
        SELECT array_agg(y.batch_id::int ORDER BY y.bit) AS batch_ids,
            bit_or(1::bigint << y.bit) FILTER (WHERE {acted(1, "ANY(y.ids)")}) AS opened,
            bit_or(1::bigint << y.bit) FILTER (WHERE {acted(2, "ANY(y.ids)")}) AS clicked
        FROM (  -- whoever was merged may have two mails of one campaign
            SELECT m.batch_id, array_agg(m.id) AS ids,
                (row_number() OVER (ORDER BY max(m.accepted_at) DESC, m.batch_id DESC) - 1)::int AS bit
            FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
            WHERE m.contact_id = p.contact_id AND m.accepted_at IS NOT NULL AND {COUNTED}
            GROUP BY m.batch_id ORDER BY bit LIMIT {MOST}) y) x ON true
), remembered AS (
    INSERT INTO tracking_lastmailed (contact_id, batch_ids)
    SELECT f.contact_id, f.batch_ids FROM found f JOIN contacts_contact c ON c.id = f.contact_id
    ON CONFLICT (contact_id) DO UPDATE SET batch_ids = excluded.batch_ids
), folded AS (
    UPDATE contacts_contact c
    SET last_opened_at = greatest(c.last_opened_at, f.opened_at),
        last_clicked_at = greatest(c.last_clicked_at, f.clicked_at),
        recent_mails = cardinality(f.batch_ids), recent_opened = f.opened, recent_clicked = f.clicked
    FROM found f WHERE c.id = f.contact_id
)
SELECT count(*) FROM taken
"""  # noqa: S608
