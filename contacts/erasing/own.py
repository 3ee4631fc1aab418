"""What contacts keep of a person."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from psycopg import sql

from accounts.database import locks
from contacts.erasing import files, words
from contacts.erasing.registry import Part, Person, register
from contacts.models import (
    BulkSlice,
    ConsentEvent,
    Contact,
    DeletedPerson,
    FixedMember,
    ImportJob,
    ImportOverwritten,
    ListSuppression,
    SignupLetter,
    SignupRequest,
    TrackingConsentEvent,
)
from contacts.table.blocks import BITS
from contacts.table.models import NamePlace, PeopleBlock, SearchBlock, StaleBlock


def register_parts() -> None:
    register(
        # Before the contacts: each part is a transaction of its own, and an Undo between the two would bring them back.
        Part("deleted people", "What was kept of them after they were deleted", deleted_people, "before"),
        # So do those of imports under way, which would make them anew; the file first: rows are staged from it again.
        files.PART,
        Part("staged rows", "Rows of imports under way", staged_rows),
        Part("contacts", "The person, with lists, consent, notes and changes", contacts, "person"),
        words.part_for("accounts.AuditEntry", "Audit trail", told="log"),
        words.part_for("contacts.Suppression", "Suppressed addresses", "detail"),
        Part("list suppressions", "For which lists they were suppressed", list_suppressions, "suppression"),
        words.part_for("contacts.Segment", "Segments"),
        Part("sign-ups", "What they typed into forms, and mails about that", signups, "sign_ups"),
        Part("search", "Where words are searched for", search),
        Part("overwritten values", "Values that an import overwrote", overwritten, "before"),
        Part("bulk changes", "What changes of many people would take back", bulk_changes, "before"),
        Part("fixed audiences", "Audiences of campaigns that were decided beforehand", fixed_audiences, "audiences"),
        words.part_for("contacts.FixedAudience", "What these were decided by", "chosen"),
        words.part_for("contacts.ListBasis", "Grounds of lists", "note"),
        words.part_for("contacts.Merge", "Merged contacts", told="merged"),
        words.part_for("contacts.BulkChange", "Changes of many people"),
        words.part_for("contacts.BulkSlice", "What they would take back", "was"),
        words.part_for("contacts.FieldChange", "Changes of fields"),
        words.part_for("contacts.ExportJob", "Exports", "query", "problem"),
        words.part_for("contacts.ImportGraver", "Suppressions that an import changed", "was_detail"),
        words.part_for("contacts.ImportJob", "Imports", "file_name", "options", "counts", "problem"),
    )


def contacts(person: Person) -> int:
    """Rows, with all that hangs on the contact."""
    found = Contact.objects.annotate(key=Lower("email")).filter(key=person.address)
    return delete(found) + delete(Contact.objects.filter(pk__in=person.contact_ids))


def delete(found: QuerySet[Contact]) -> int:
    """How many rows go, with those that the database takes away itself: see contacts.grounds.history."""
    logs = sum(log.objects.filter(contact__in=found).count() for log in (ConsentEvent, TrackingConsentEvent))
    return logs + found.delete()[0]


def list_suppressions(person: Person) -> int:
    """The hash that keeps them away closes every list."""
    return ListSuppression.objects.filter(email=person.address).delete()[0]


def staged_rows(person: Person) -> int:
    """Once the slices at hand are in place: what those made of the person is there to be erased then."""
    count = 0
    with connection.cursor() as cursor:
        locks.hold(cursor, locks.Kind.MERGING)
        cursor.execute(r"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^contacts_import_\d+$'")
        for (name,) in cursor.fetchall():
            statement = sql.SQL("DELETE FROM {} WHERE key = %s RETURNING seq, duplicate_of IS NULL")
            cursor.execute(statement.format(sql.Identifier(name)), [person.address])
            rows = cursor.fetchall()
            _tell_import(int(name.rpartition("_")[2]), [seq for seq, is_counted in rows if is_counted])
            count += len(rows)
    return count


def _tell_import(job_id: int, rows: Sequence[int]) -> None:
    """How many of those that it has not put into place yet will be missing from its sums."""
    states = (ImportJob.State.READY, ImportJob.State.RUNNING)
    job = ImportJob.objects.select_for_update().filter(pk=job_id, state__in=states).first()
    if job is None:
        return
    in_place = job.rows_done if job.state == ImportJob.State.RUNNING else 0
    if missing := sum(seq > in_place for seq in rows):
        job.counts["erased"] = job.counts.get("erased", 0) + missing
        job.save(update_fields=["counts"])


def search(person: Person) -> int:
    """The block is looked through without its words until they are gathered again."""
    blocks = {contact_id >> BITS for contact_id in person.contact_ids}
    gone = SearchBlock.objects.filter(pk__in=blocks).delete()[0]
    gone += PeopleBlock.objects.filter(pk__in=blocks).delete()[0]
    gone += NamePlace.objects.filter(pk__in=person.contact_ids).delete()[0]
    StaleBlock.objects.bulk_create(StaleBlock(block=block) for block in blocks)
    return gone


def overwritten(person: Person) -> int:
    return ImportOverwritten.objects.filter(contact_id__in=person.contact_ids).delete()[0]


def deleted_people(person: Person) -> int:
    theirs = Q(email=person.address) | Q(contact_id__in=person.contact_ids)
    return DeletedPerson.objects.filter(theirs).delete()[0]


def fixed_audiences(person: Person) -> int:
    return FixedMember.objects.of_people(person.contact_ids).delete()[0]


def bulk_changes(person: Person) -> int:
    """Their place in each list stays, so that what belongs to others is found; nobody's number stands in it."""
    count = 0
    for contact_id in person.contact_ids:
        for piece in BulkSlice.objects.filter(was__ids__contains=[contact_id]):
            was = piece.was or {}
            at = was["ids"].index(contact_id)
            was["ids"][at] = -1
            if "values" in was:
                was["values"][at] = None
            piece.save(update_fields=["was"])
            count += 1
    return count


def signups(person: Person) -> int:
    letters = SignupLetter.objects.filter(key=person.address).delete()[0]
    return letters + SignupRequest.objects.filter(key=person.address).delete()[0]
