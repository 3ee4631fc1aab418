"""What takes effect at once when somebody is erased: nothing can be sent to them. The rest follows in a job."""

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction
from django.db.models.functions import Lower

from accounts import audit
from accounts.audit import Actor
from accounts.database import locks
from accounts.models import User
from contacts import addresses, tasks
from contacts.erasing import own, registry
from contacts.merging import known
from contacts.models import Contact, Erasure


@transaction.atomic
def begin(email: str, *, by: User, request: Actor, reason: str) -> Erasure:
    """From here on nothing more is sent to `email`, whether it is anybody's here or not. The rest follows in a job.

    Addresses that were merged are one person's: the others are erased with it, each with its own certificate.
    """
    with connection.cursor() as cursor:
        locks.share(cursor, locks.Kind.MERGING)
    address = addresses.key(email)
    contact = Contact.objects.annotate(key=Lower("email")).filter(key=address).first()
    merge = known.of_address(address) if contact is None else None
    contact = merge.contact if merge else contact
    theirs = known.numbers(contact) if contact else {address: None}
    ids = [number for number in theirs.values() if number]
    mails = [found for one in theirs for found in registry.mails_of(ids, one)] if len(theirs) > 1 else []
    begun: dict[str, Erasure] = {
        one: Erasure.objects.create(
            address=one,
            contact_id=number,
            message_ids=sorted(set(mails)),
            digest=_keep_away(one),
            reason=reason,
            by=by,
        )
        for one, number in theirs.items()
    }
    if contact:
        begun[address].counts["contacts"] = own.delete(Contact.objects.filter(pk=contact.pk))
        begun[address].save(update_fields=["counts"])
    for erasure in begun.values():
        audit.record(request, "contact.erase", str(erasure), reason=reason)
        transaction.on_commit(partial(tasks.erase.delay, erasure_id=erasure.pk), robust=True)
    return begun[address]


def begin_all(emails: Iterable[str], *, by: User, request: Actor, reason: str) -> list[Erasure]:
    return [begin(email, by=by, request=request, reason=reason) for email in emails]


def _keep_away(address: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_AWAY, {"address": address})
        return str(cursor.fetchone()[0])


# What was known before keeps its reason and its date. Details may name the person, so they go.
_KEEP_AWAY = """
WITH known AS (
    DELETE FROM contacts_suppression WHERE email = %(address)s RETURNING reason, source, created_at
), kept AS (
    INSERT INTO contacts_suppression AS s (email, reason, detail, source, created_at, is_erased)
    SELECT contacts_erased(%(address)s), coalesce((SELECT reason FROM known WHERE reason <> 'held'), 'unsubscribed'),
        '', 'erasing', coalesce((SELECT created_at FROM known), now()), true
    ON CONFLICT (email) DO NOTHING
)
SELECT contacts_erased(%(address)s)
"""
