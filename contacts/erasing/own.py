"""What contacts keep of a person."""

from django.db import connection
from django.db.models.functions import Lower
from psycopg import sql

from contacts.erasing import files, words
from contacts.erasing.registry import Part, Person, register
from contacts.models import Contact


def register_parts() -> None:
    register(
        Part("contacts", "The person, with lists, consent, notes and changes", contacts),
        Part("staged rows", "Rows of imports under way", staged_rows),
        files.PART,
        words.part_for("accounts.AuditEntry"),
        words.part_for("contacts.Suppression", "detail"),
        words.part_for("contacts.Segment"),
        words.part_for("contacts.ImportJob", "file_name", "options", "counts", "problem"),
    )


def contacts(person: Person) -> int:
    """Rows, with all that hangs on the contact."""
    found = Contact.objects.annotate(key=Lower("email")).filter(key=person.address)
    return found.delete()[0] + Contact.objects.filter(pk__in=person.contact_ids).delete()[0]


def staged_rows(person: Person) -> int:
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(r"SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^contacts_import_\d+$'")
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DELETE FROM {} WHERE key = %s").format(sql.Identifier(name)), [person.address])
            count += cursor.rowcount
    return count
