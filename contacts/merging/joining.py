"""Two contacts become one, all of it or nothing, whatever is being sent, imported or said at that moment."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.database import deadlocks, locks
from accounts.models import User
from contacts import addresses, consent, tracking_consent
from contacts.merging import deciding, own, registry
from contacts.merging.deciding import Place
from contacts.merging.models import Merge
from contacts.merging.registry import Pair
from contacts.models import ConsentEvent, Contact, Subscription, Suppression, TrackingConsentEvent
from contacts.profile import changing
from contacts.suppression import following, of_lists, vacated

CHANNEL = "merge"
THEIR_WORD = (Suppression.Reason.COMPLAINT, Suppression.Reason.UNSUBSCRIBED)
_FOLLOWING = (*THEIR_WORD, Suppression.Reason.MANUAL)


class NotPossible(Exception):
    """Its words are for the user."""


def merge(kept_id: int, gone_id: int, *, values: Mapping[str, int], by: User, request: Actor) -> Merge:
    """`values`: by the name of each value in contacts.merging.deciding whose it shall be.

    Raises NotPossible, and registry.Busy while a mail to one of the two is leaving.
    """
    return deadlocks.retried(lambda: _merge(kept_id, gone_id, values, by, request))


@transaction.atomic
def _merge(kept_id: int, gone_id: int, values: Mapping[str, int], by: User, request: Actor) -> Merge:
    with connection.cursor() as cursor:
        locks.hold(cursor, locks.Kind.MERGING)
        for kind in registry.locks_first():
            locks.hold(cursor, kind)
    kept, gone = _both(kept_id, gone_id)
    pair = Pair(kept.pk, kept.email, gone.pk, gone.email)
    was: dict[str, Any] = {"kept": rows("contacts_contact", "id", kept.pk)[0]}
    was["gone"] = rows("contacts_contact", "id", gone.pk)[0]
    was["parts"] = registry.move(pair)
    was["lists"] = _unite_lists(kept, gone, by)
    was["suppression"] = _unite_suppressions(kept, gone)
    before = changing.values(kept)
    united = deciding.united(kept, gone, values)
    tell_counting(kept, united, channel=CHANNEL, text=f"The stricter of what was said as {gone.email} too", by=by)
    Contact.objects.filter(pk=kept.pk).update(**united, updated_at=timezone.now())
    was["after"] = rows("contacts_contact", "id", kept.pk)[0]
    Merge.objects.filter(contact=kept).update(was={})  # of each before, and of those of the other one, which moved
    gone.delete()
    kept.refresh_from_db()
    changing.record(kept, before, by=by)
    audit.record(request, "contact.merge", kept.email, merged=pair.gone_email)
    return Merge.objects.create(
        contact=kept,
        gone_id=pair.gone_id,
        email=pair.gone_email,
        consent_ids=was["parts"][own.CONSENT],
        tracking_ids=was["parts"][own.TRACKING],
        was=was,
        by=by,
    )


def _both(kept_id: int, gone_id: int) -> tuple[Contact, Contact]:
    """Locked, so that whoever unsubscribes or is changed now does so before or afterwards."""
    found = Contact.objects.select_for_update().filter(pk__in=(kept_id, gone_id)).order_by("pk")
    people = {contact.pk: contact for contact in found}
    if kept_id == gone_id or len(people) < 2:
        raise NotPossible("One of the two is not there any more. Nothing was changed.")
    kept, gone = people[kept_id], people[gone_id]
    if kept.is_sample != gone.is_sample:
        raise NotPossible("One of the two is made up for trying things out. Nothing was changed.")
    return kept, gone


def _unite_lists(kept: Contact, gone: Contact, by: User) -> dict[str, Any]:
    """What Undo needs: both as they were, and the rows of the kept one as they are now."""
    was = {"kept": rows("contacts_subscription", "contact_id", kept.pk)}
    was["gone"] = rows("contacts_subscription", "contact_id", gone.pk)
    mine = {one.list_id: one for one in kept.subscriptions.select_for_update()}
    for other in gone.subscriptions.select_for_update():
        known = mine.get(other.list_id)
        if known is None:
            Subscription.objects.filter(pk=other.pk).update(contact=kept)
        else:
            _unite(known, other, gone.email, by)
            other.delete()
    return was | {"after": rows("contacts_subscription", "contact_id", kept.pk)}


def _unite(known: Subscription, other: Subscription, email: str, by: User) -> None:
    place = deciding.placed(_place(known), _place(other))
    if place.state != known.state:
        text = f"Said as {email}, which was merged into this address"
        ConsentEvent.objects.create(
            contact_id=known.contact_id,
            list_id=known.list_id,
            kind=ConsentEvent.Kind.WITHDRAWN,
            channel=CHANNEL,
            text=text,
            by=by,
        )
        known.state = place.state
        known.save(update_fields=["state", "changed_at"])
    known.is_express, known.expires_at = place.is_express, place.expires_at
    known.created_at = min(known.created_at, other.created_at)
    known.save(update_fields=["is_express", "expires_at", "created_at"])


def _place(subscription: Subscription) -> Place:
    return Place(subscription.state, subscription.is_express, subscription.expires_at)


def _unite_suppressions(kept: Contact, gone: Contact) -> dict[str, Any]:
    """What was said against mail holds for the kept address; that the other mailbox was out of reach does not."""
    key = addresses.key(kept.email)
    was: dict[str, Any] = {"before": rows("contacts_suppression", "email", key)}
    lists_before = [one.pk for one in of_lists.of(key)]
    said = Suppression.objects.filter(email=addresses.key(gone.email), reason__in=_FOLLOWING)
    against = said.exclude(source__in=vacated.SOURCES).first()
    if against:
        if against.reason in THEIR_WORD:  # outlasts a bounce, which may be lifted
            Suppression.objects.filter(email=key).exclude(reason__in=THEIR_WORD).delete()
        detail = f"Said as {gone.email}. {against.detail}".strip()
        consent.suppress(kept.email, against.reason, source=against.source, detail=detail)
    following.follow(gone.email, kept.email)
    detail = "Merged with another address of the same person"
    consent.suppress(gone.email, Suppression.Reason.MANUAL, source=vacated.MERGED, detail=detail)
    was["of_lists"] = [one.pk for one in of_lists.of(key) if one.pk not in lists_before]
    return was | {"after": rows("contacts_suppression", "email", key)}


def tell_counting(contact: Contact, becomes: Mapping[str, Any], *, channel: str, text: str, by: User) -> None:
    """The log's last word is what holds from now on."""
    TrackingConsentEvent.objects.bulk_create(
        TrackingConsentEvent(contact=contact, part=part, state=becomes[column], channel=channel, text=text, by=by)
        for part, column in tracking_consent.COLUMNS.items()
        if becomes.get(column, getattr(contact, column)) != getattr(contact, column)
    )


def rows(table: str, column: str, value: int | str) -> list[dict[str, Any]]:
    """As PostgreSQL writes them, so that they can be put back to the microsecond."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {column} = %s ORDER BY id", [value])  # noqa: S608
        return [json.loads(row) for (row,) in cursor.fetchall()]
