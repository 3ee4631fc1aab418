"""Who of some contacts got mail: what was sent to them is why they are kept."""

from collections.abc import Sequence

from django.db import connection

from delivery.models import MessageState

# By the index on (contact_id, batch_id). A rehearsal is no mail, and what was skipped never was.
_MAILED = f"""
SELECT given.id FROM unnest(%s::bigint[]) given (id) WHERE EXISTS (
    SELECT 1 FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
    WHERE m.contact_id = given.id AND m.state <> {MessageState.SKIPPED} AND NOT b.rehearsal)
"""  # noqa: S608  # a number of an enum


def among(contact_ids: Sequence[int]) -> set[int]:
    """Those to whom real mail went, or waits to go."""
    with connection.cursor() as cursor:
        cursor.execute(_MAILED, [list(contact_ids)])
        return {contact_id for (contact_id,) in cursor.fetchall()}
