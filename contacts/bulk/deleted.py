"""People who were deleted, kept aside so that Undo brings them back as they were: with lists, consent, notes and tags.

To everything else they are gone: what is kept is one row of JSON a person, with the rows that go with them in every
table of whatever part. Erasing takes it away.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import connection, models

from contacts.bulk.models import DeletedPerson
from contacts.growth import restoring
from contacts.models import ConsentEvent, Contact, LostSubscription, TrackingConsentEvent

_BY_TRIGGER = (ConsentEvent, TrackingConsentEvent)  # go with the person without Django's doing


def keep(change_id: int, contact_ids: Sequence[int]) -> None:
    """Copy them and all that goes with them; they are locked until the transaction of the deletion ends."""
    theirs = [(model._meta.db_table, f"r.{column} = c.id") for model, column in _with_a_person()]
    theirs.append((LostSubscription._meta.db_table, _OF_THEIR_SUBSCRIPTIONS))
    parts = ", ".join(
        f"'{table}', (SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM {table} r WHERE {which})"  # noqa: S608
        for table, which in theirs
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM contacts_contact WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(contact_ids)])
        cursor.execute(
            "INSERT INTO contacts_deletedperson (change_id, contact_id, email, rows)"  # noqa: S608
            " SELECT %s, c.id, lower(c.email),"
            f" jsonb_build_object('contacts_contact', jsonb_build_array(to_jsonb(c)), {parts})"
            " FROM contacts_contact c WHERE c.id = ANY(%s) ORDER BY c.id",
            [change_id, list(contact_ids)],
        )


def bring_back(change_id: int, contact_ids: Sequence[int], *, deleted_at: str) -> list[str]:
    """Their addresses, in lower case. Who is there again, by an import or a form, stays as they are now."""
    kept = DeletedPerson.objects.filter(change_id=change_id, contact_id__in=contact_ids)
    # Locked: whoever is erased meanwhile is erased before this begins, or finds here whom it brought back.
    theirs = list(kept.order_by("contact_id").select_for_update().values_list("contact_id", flat=True))
    with connection.cursor() as cursor:
        back = _put_back(cursor, Contact, change_id, theirs)
        for model, _ in _with_a_person():
            _put_back(cursor, model, change_id, back)
        lost = _put_back(cursor, LostSubscription, change_id, back)
    restoring.never_gone(back, deleted_at, lost)
    found = DeletedPerson.objects.filter(change_id=change_id, contact_id__in=back)
    emails = list(found.values_list("email", flat=True))
    found.delete()
    return emails


def forget(change_ids: Collection[int]) -> None:
    DeletedPerson.objects.filter(change_id__in=change_ids).delete()


def _with_a_person() -> Iterator[tuple[type[models.Model], str]]:
    """Tables of all parts whose rows go when a contact does, each with its column."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        if relation.on_delete is models.CASCADE or relation.related_model in _BY_TRIGGER:
            yield relation.related_model, relation.field.column


def _put_back(cursor: Any, model: type[models.Model], change_id: int, contact_ids: Sequence[int]) -> list[int]:
    """Numbers of the rows that are there again, of these people."""
    values = {"table": model._meta.db_table, "change": change_id, "ids": list(contact_ids)}
    cursor.execute(_COLUMNS, values)
    if known := {name for (name,) in cursor.fetchall()}:
        cursor.execute(_restoring(model, known), values)
        return [number for (number,) in cursor.fetchall()]
    return []


def _restoring(model: type[models.Model], known: Collection[str]) -> str:
    """`known`: its columns when it was kept. What a row names and is gone meanwhile, as a list or a colleague, is left
    empty, or the row is left out.
    """
    columns, values, where = [], [], ["true"]
    for field in model._meta.local_concrete_fields:
        if field.column not in known:
            continue
        columns.append(f'"{field.column}"')
        value = f'r."{field.column}"'
        if (parent := _parent(field)) is not None:
            table, number = parent._meta.db_table, parent._meta.pk.column
            there = f"EXISTS (SELECT FROM {table} p WHERE p.{number} = {value})"
            if field.null:
                value = f"CASE WHEN {there} THEN {value} END"
            else:
                where.append(there)
        values.append(value)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608
        f" FROM contacts_deletedperson d, jsonb_populate_recordset(NULL::{table}, d.rows -> %(table)s) r"
        f" WHERE d.change_id = %(change)s AND d.contact_id = ANY(%(ids)s) AND {' AND '.join(where)}"
        f" ON CONFLICT DO NOTHING RETURNING {model._meta.pk.column}"
    )


def _parent(field: "models.Field[Any, Any]") -> type[models.Model] | None:
    """Whose rows the database wants to be there, by a constraint or by triggers, but for the person, who is."""
    if not isinstance(field, models.ForeignKey) or field.related_model is Contact:
        return None
    is_bound = getattr(field, "db_constraint", True) or field.remote_field.on_delete is models.CASCADE
    return field.related_model if is_bound else None


_OF_THEIR_SUBSCRIPTIONS = "r.subscription_id IN (SELECT s.id FROM contacts_subscription s WHERE s.contact_id = c.id)"
_COLUMNS = """
SELECT jsonb_object_keys(kept.row) FROM (
    SELECT d.rows -> %(table)s -> 0 AS row FROM contacts_deletedperson d
    WHERE d.change_id = %(change)s AND d.contact_id = ANY(%(ids)s) AND d.rows -> %(table)s <> '[]' LIMIT 1
) kept
"""
