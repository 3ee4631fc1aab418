"""How many people there are at all."""

import pytest
from django.db import connection

from contacts.models import Contact, Headcount
from contacts.segments import everybody

pytestmark = pytest.mark.django_db


def test_it_is_known_how_many_there_are_however_they_came_and_went(townspeople: None) -> None:
    Contact.objects.bulk_create([Contact(email=f"{n}@example.com") for n in range(3)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_contact SET first_name = 'Ana'")
        cursor.execute("DELETE FROM contacts_contact WHERE email LIKE '0@%%' OR email LIKE 'odd@%%'", [])
    assert everybody.count() == Contact.objects.count() == 6
    Headcount.objects.bulk_create(Headcount(people=0) for _ in range(600))
    everybody.fold()
    assert [note.people for note in Headcount.objects.all()] == [6]
    Headcount.objects.update(people=2)  # as a backup may leave it that was read back without triggers
    everybody.mend()
    everybody.mend()
    assert everybody.count() == 6
