"""One slice of an import undone, in the caller's transaction."""

from django.db import connection
from django.utils import timezone

from contacts.importing.plan import Plan
from contacts.importing.undoing import deciding
from contacts.models import Contact, ImportJob, ImportOverwritten, ImportSlice


def restore(found: ImportSlice, job: ImportJob, plan: Plan, *, by: int | None) -> dict[str, int]:
    """Take back what the slice did, as deciding.decide says; returns the same counts."""
    counts = deciding.decide(found, plan)
    parameters = {"text": f"The import of {job.file_name} was undone."[:500], "by": by}
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, parameters)
        cursor.execute("SELECT id FROM undo_people WHERE verdict = 'removed'")
        removed = [contact_id for (contact_id,) in cursor.fetchall()]
    if removed:
        Contact.objects.filter(id__in=removed).delete()  # with whatever hangs on them in any part
    ImportOverwritten.objects.filter(slice_id=found.pk).delete()
    ImportSlice.objects.filter(pk=found.pk).update(undone_at=timezone.now())
    return counts


_EVENT = "INSERT INTO contacts_consentevent (contact_id, list_id, kind, channel, text, by_id, at)"
_NOTE_TAKEN_OFF = f"""{_EVENT}
SELECT contact_id, list_id, 'withdrawn', 'undo', %(text)s, %(by)s::bigint, now()
FROM undo_memberships WHERE state = 'subscribed'
"""  # noqa: S608
_NOTE_PUT_BACK = f"""{_EVENT}
SELECT contact_id, list_id, 'given', 'undo', %(text)s, %(by)s::bigint, now()
FROM undo_endings WHERE state = 'subscribed'
"""  # noqa: S608
_STATEMENTS = (
    # Proofs are only ever added: what the import noted stays, and so does that it was undone.
    _NOTE_TAKEN_OFF,
    _NOTE_PUT_BACK,
    "DELETE FROM contacts_subscription b USING undo_memberships u WHERE b.id = u.id",
    # The growth of a list notes the day of a change: first that it is today's, then the time that was there before.
    """UPDATE contacts_subscription b SET state = u.state, changed_at = now() FROM undo_endings u WHERE b.id = u.id""",
    "UPDATE contacts_subscription b SET changed_at = u.changed_at FROM undo_endings u WHERE b.id = u.id",
    """INSERT INTO contacts_trackingconsentevent (contact_id, part, state, channel, text, by_id, at)
    SELECT c.id, part, state, 'undo', %(text)s, %(by)s::bigint, now()
    FROM undo_fields u JOIN contacts_contact c ON c.id = u.contact_id
    CROSS JOIN LATERAL (VALUES ('opens', c.open_consent, u.open_consent), ('clicks', c.click_consent, u.click_consent))
        AS answer (part, was, state)
    WHERE was <> state""",
    """UPDATE contacts_contact c SET first_name = u.first_name, last_name = u.last_name, language = u.language,
        time_zone = u.time_zone, open_consent = u.open_consent, click_consent = u.click_consent,
        attributes = u.attributes, is_sample = u.is_sample, updated_at = u.updated_at
    FROM undo_fields u WHERE c.id = u.contact_id AND (u.restored > 0 OR u.is_sample)""",
    """UPDATE contacts_suppression p SET reason = u.reason, detail = u.detail
    FROM undo_lifted u WHERE p.id = u.id AND u.reason IS NOT NULL""",
    "DELETE FROM contacts_suppression p USING undo_lifted u WHERE p.id = u.id AND u.reason IS NULL",
)
