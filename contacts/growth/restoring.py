"""Days of lists after a deletion was taken back: as if nobody had been gone."""

from collections.abc import Sequence

from django.db import connection

from contacts.growth import folding


def never_gone(contact_ids: Sequence[int], deleted_at: str, lost: Sequence[int]) -> None:
    """Of people whose subscriptions have just been put back as they were. `deleted_at`: ISO, `now()` then.

    Takes off what triggers noted of both acts: that they joined once more, and that they were deleted. The deletion of
    `lost` subscriptions was taken off by a folding meanwhile. Who cannot be reached since then is lost by the next.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OFF, {"ids": list(contact_ids), "at": deleted_at, "lost": list(lost)})
    folding.look_again()


_OFF = """
WITH back AS (
    SELECT id, list_id, state, created_at, changed_at FROM contacts_subscription WHERE contact_id = ANY(%(ids)s)
)
INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
SELECT list_id, date_bin('15 minutes', created_at, 'epoch'), -count(*), 0, 0 FROM back
WHERE state = 'subscribed' OR state = 'unsubscribed' AND changed_at > created_at + interval '1 minute' GROUP BY 1, 2
UNION ALL
SELECT list_id, date_bin('15 minutes', changed_at, 'epoch'), 0, -count(*), 0 FROM back
WHERE state = 'unsubscribed' AND changed_at > created_at + interval '1 minute' GROUP BY 1, 2
UNION ALL
SELECT list_id, date_bin('15 minutes', %(at)s::timestamptz, 'epoch'), 0, 0, -count(*) FROM back
WHERE state = 'subscribed' AND id <> ALL(%(lost)s::bigint[]) GROUP BY 1
"""
