"""Changes of subscriptions and suppressions, and consent that ends, become days. Costs by what changed, and by how many
are suppressed or have ended where that changed, never by how many people there are.
"""

from django.db import connection, transaction
from django.utils import timezone

from accounts.database import locks
from accounts.models import Organisation
from contacts.growth.models import ListChange


def fold() -> None:
    """Carry over all there is. Safe to run twice: what another one is folding is left to it."""
    _note_ended()
    if not _has_changes():
        return
    zone = Organisation.zone()
    with transaction.atomic(), connection.cursor() as cursor:
        if locks.try_hold(cursor, locks.Kind.GROWTH):
            cursor.execute(_FOLD, {"zone": zone})


def look_again() -> None:
    """The next folding looks at everybody who may be subscribed without being reachable."""
    ListChange.objects.create(list_id=None, at=timezone.now())


def _note_ended() -> None:
    """Consent ends by itself, without a statement that a trigger could note."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_ENDED)


def _has_changes() -> bool:
    """Else nothing would come of the statement below, which takes longer to plan than most minutes bring changes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM contacts_listchange)")
        return bool(cursor.fetchone() == (True,))


# Of whom it ended before, while nothing ran, the next look at the suppressed finds out.
_NOTE_ENDED = """
INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
SELECT NULL, now(), 0, 0, 0 WHERE EXISTS (
    SELECT FROM contacts_subscription s
    WHERE s.expires_at > now() - interval '7 days' AND s.expires_at <= now() AND s.state = 'subscribed'
        AND NOT EXISTS (SELECT FROM contacts_lostsubscription l WHERE l.subscription_id = s.id))
"""

# One statement sees one state of all tables: who left in between is in the changes and in the subscriptions, or in
# neither. Somebody lost who then leaves or is deleted counted before: that act takes nobody more off the list.
_FOLD = """
WITH taken AS (
    DELETE FROM contacts_listchange RETURNING list_id, at, joined, unsubscribed, deleted
), wanted AS MATERIALIZED (
    SELECT id, list_id, min(at) AS at FROM (
        SELECT s.id, s.list_id, greatest(p.created_at, s.created_at) AS at
        FROM contacts_suppression p JOIN contacts_contact c ON lower(c.email) = p.email
        JOIN contacts_subscription s ON s.contact_id = c.id
        WHERE s.state = 'subscribed' AND EXISTS (SELECT 1 FROM taken WHERE list_id IS NULL)
        UNION ALL
        SELECT id, list_id, greatest(expires_at, changed_at) FROM contacts_subscription
        WHERE expires_at <= now() AND state = 'subscribed' AND EXISTS (SELECT 1 FROM taken WHERE list_id IS NULL)
        UNION ALL  -- always: a list for which one is suppressed can be joined
        SELECT s.id, s.list_id, greatest(k.created_at, s.changed_at)
        FROM contacts_listsuppression k JOIN contacts_contact c ON lower(c.email) = k.email
        JOIN contacts_subscription s ON s.contact_id = c.id AND s.list_id = k.list_id
        WHERE s.state = 'subscribed'
    ) unreachable GROUP BY 1, 2
), lost AS (
    INSERT INTO contacts_lostsubscription (subscription_id, list_id) SELECT id, list_id FROM wanted
    ON CONFLICT (subscription_id) DO NOTHING RETURNING subscription_id
), found AS (
    DELETE FROM contacts_lostsubscription l
    WHERE EXISTS (SELECT 1 FROM taken WHERE list_id IS NULL)
        AND NOT EXISTS (SELECT 1 FROM wanted WHERE wanted.id = l.subscription_id)
    RETURNING subscription_id, list_id
), change AS (
    SELECT list_id, at, joined, 0 AS back, unsubscribed, deleted, 0 AS lost FROM taken WHERE list_id IS NOT NULL
    UNION ALL
    SELECT wanted.list_id, wanted.at, 0, 0, 0, 0, 1 FROM lost JOIN wanted ON wanted.id = lost.subscription_id
    UNION ALL
    SELECT f.list_id, CASE WHEN s.state = 'unsubscribed' THEN s.changed_at ELSE now() END, 0,
        (s.state = 'subscribed')::int, -(s.state = 'unsubscribed')::int, -(s.id IS NULL)::int, 0
    FROM found f LEFT JOIN contacts_subscription s ON s.id = f.subscription_id
)
INSERT INTO contacts_listday AS d (list_id, "on", joined, back, unsubscribed, deleted, lost)
SELECT l.id, (at AT TIME ZONE %(zone)s)::date, coalesce(sum(joined), 0), coalesce(sum(back), 0),
    coalesce(sum(unsubscribed), 0), coalesce(sum(deleted), 0), coalesce(sum(lost), 0)
FROM change JOIN contacts_mailinglist l ON l.id = change.list_id GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (list_id, "on") DO UPDATE SET joined = d.joined + excluded.joined, back = d.back + excluded.back,
    unsubscribed = d.unsubscribed + excluded.unsubscribed, deleted = d.deleted + excluded.deleted,
    lost = d.lost + excluded.lost
"""
