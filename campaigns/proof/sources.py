"""Where the consent of a batch's people came from: counted in slices, because it looks at each of them once."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from delivery.models import Batch

LABELS: Mapping[str, str] = {
    "import": "Imported, with the consent that the file tells of",
    "hand": "Entered by hand",
    "form": "Signed up by a form",
    "page": "By a page of their own mail",
    "setup": "Set up with the installation",
    "none": "No record of consent",
    "erased": "Erased since, with their records",
}


def label(source: str) -> str:
    return LABELS.get(source, source)


def count(batch: Batch, first: int, last: int) -> dict[str, int]:
    """People by the channel of the last consent they had given to one of its lists before it was launched."""
    values: dict[str, Any] = {
        "batch": batch.pk,
        "lists": batch.lists,
        "at": batch.created_at,
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return {str(source): int(people) for source, people in cursor.fetchall()}


_COUNT = """
SELECT CASE WHEN c.id IS NULL THEN 'erased' ELSE coalesce(nullif(e.channel, ''), 'none') END, count(*)
FROM delivery_message m
LEFT JOIN contacts_contact c ON c.id = m.contact_id
LEFT JOIN LATERAL (
    SELECT channel FROM contacts_consentevent
    WHERE contact_id = m.contact_id AND kind = 'given' AND at <= %(at)s
    AND (list_id IS NULL OR list_id = ANY(%(lists)s))
    ORDER BY at DESC, id DESC LIMIT 1) e ON true
WHERE m.batch_id = %(batch)s AND m.id BETWEEN %(first)s AND %(last)s
GROUP BY 1
"""
