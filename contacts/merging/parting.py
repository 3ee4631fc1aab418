"""A merge taken back: the two are as they were, but for what was said, changed or sent since.

Whoever asked for less mail since then did so for both.
"""

import json
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.database import deadlocks, locks
from accounts.models import User
from contacts import addresses, consent
from contacts.merging import registry
from contacts.merging.joining import THEIR_WORD, NotPossible, rows, tell_counting
from contacts.merging.models import Merge
from contacts.merging.registry import Pair
from contacts.models import ConsentEvent, Contact, ListSuppression, Subscription, Suppression, TrackingConsent
from contacts.profile import changing
from contacts.suppression import holding, vacated

UNDONE_FOR = timedelta(days=7)
_UNDONE = "The merge with another contact was undone"
_KEPT_COLUMNS = (  # what a merge may have changed
    *("first_name", "last_name", "language", "time_zone", "open_consent", "click_consent", "paused_until"),
    *("created_at", "last_sent_at", "last_opened_at", "last_clicked_at", "guessed_language", "guessed_language_from"),
    *("guessed_time_zone", "guessed_time_zone_from"),
)


def may_undo(merge: Merge) -> bool:
    return bool(merge.was) and merge.at > timezone.now() - UNDONE_FOR


def undo(merge_id: int, *, by: User, request: Actor) -> Contact:
    """Returns the one who is back. Raises NotPossible and registry.Busy."""
    return deadlocks.retried(lambda: _undo(merge_id, by, request))


def forget() -> None:
    """What can no longer be undone, or whose person was deleted, needs no copy of who was there before."""
    is_over = Q(at__lt=timezone.now() - UNDONE_FOR) | ~Exists(Contact.objects.filter(pk=OuterRef("contact_id")))
    Merge.objects.filter(is_over).exclude(was={}).update(was={})


@transaction.atomic
def _undo(merge_id: int, by: User, request: Actor) -> Contact:
    with connection.cursor() as cursor:
        locks.hold(cursor, locks.Kind.MERGING)
        for kind in registry.locks_first():
            locks.hold(cursor, kind)
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None or not may_undo(merge):
        raise NotPossible("This cannot be undone any more.")
    key = addresses.key(merge.email)
    if Contact.objects.annotate(key=Lower("email")).filter(key=key).exists():
        raise NotPossible(f"Somebody has the address {merge.email} again. Merge or delete them first.")
    kept = Contact.objects.select_for_update().get(pk=merge.contact_id)
    before = changing.values(kept)
    pair, was = Pair(kept.pk, kept.email, merge.gone_id, merge.email), merge.was
    _insert("contacts_contact", [was["gone"]])
    registry.restore(pair, was["parts"])
    _part_values(kept, was, by)
    _part_lists(kept, merge, by)
    _part_suppressions(kept, merge)
    merge.delete()
    kept.refresh_from_db()
    changing.record(kept, before, by=by)
    audit.record(request, "contact.merge-undo", pair.kept_email, back=pair.gone_email)
    return Contact.objects.get(pk=pair.gone_id)


def _part_values(kept: Contact, was: dict[str, Any], by: User) -> None:
    """Each value goes back unless it was changed since. Who refused to be counted since refuses as both."""
    (now,) = rows("contacts_contact", "id", kept.pk)
    after, before = was["after"], was["kept"]
    back = {name: before[name] for name in _KEPT_COLUMNS if now[name] == after[name]}
    attributes = {key: _attribute(key, now, after, before) for key in {**now["attributes"], **before["attributes"]}}
    back["attributes"] = {key: value for key, value in attributes.items() if value is not None}
    tell_counting(kept, back, channel="undo", text=_UNDONE, by=by)
    Contact.objects.filter(pk=kept.pk).update(**back, updated_at=timezone.now())
    for column in ("open_consent", "click_consent"):
        if now[column] == TrackingConsent.REFUSED and after[column] != TrackingConsent.REFUSED:
            Contact.objects.filter(pk=was["gone"]["id"]).update(**{column: TrackingConsent.REFUSED})


def _attribute(key: str, *rows_of: dict[str, Any]) -> Any:
    now, after, before = (row["attributes"].get(key) for row in rows_of)
    return before if now == after else now


def _part_lists(kept: Contact, merge: Merge, by: User) -> None:
    was = merge.was["lists"]
    after = {row["list_id"]: row for row in was["after"]}
    now = {row["list_id"]: row for row in rows("contacts_subscription", "contact_id", kept.pk)}
    mine = {row["list_id"]: row for row in was["kept"]}
    untouched = [list_id for list_id, row in now.items() if row == after.get(list_id)]
    Subscription.objects.filter(contact=kept, list_id__in=untouched).delete()
    _insert("contacts_subscription", [mine[list_id] for list_id in untouched if list_id in mine])
    taken = {row["id"] for list_id, row in now.items() if list_id not in untouched}
    for row in was["gone"]:
        since = now.get(row["list_id"])
        left = since is not None and since["state"] == "unsubscribed" and row["list_id"] not in untouched
        gone_too = {"state": "unsubscribed", "changed_at": since["changed_at"]} if left and since else {}
        _insert("contacts_subscription", [row | gone_too], renumber=row["id"] in taken)
    for list_id in untouched:
        if list_id in mine and mine[list_id]["state"] == "subscribed" != after[list_id]["state"]:
            ConsentEvent.objects.create(
                contact=kept,
                list_id=list_id,
                kind=ConsentEvent.Kind.GIVEN,
                channel="undo",
                text=_UNDONE,
                by=by,
            )


def _part_suppressions(kept: Contact, merge: Merge) -> None:
    key, was = addresses.key(kept.email), merge.was["suppression"]
    vacated.take_again(merge.email, vacated.MERGED)
    holding.follow(kept.email, merge.email)
    ListSuppression.objects.filter(email=key, pk__in=was.get("of_lists", ())).delete()
    now = rows("contacts_suppression", "email", key)
    if now == was["after"] != was["before"]:
        Suppression.objects.filter(email=key).delete()
        _insert("contacts_suppression", was["before"])
    elif now != was["after"] and now and now[0]["reason"] in THEIR_WORD:
        consent.suppress(merge.email, now[0]["reason"], source=now[0]["source"], detail=f"Said as {kept.email}")


def _insert(table: str, found: list[dict[str, Any]], *, renumber: bool = False) -> None:
    """Rows as `joining.rows` gave them. `renumber`: their number is somebody else's now."""
    with connection.cursor() as cursor:
        for row in found:
            if renumber:
                cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
                row = row | {"id": cursor.fetchone()[0]}
            cursor.execute(
                f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb)",  # noqa: S608
                [json.dumps(row)],
            )
