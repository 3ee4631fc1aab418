"""Indexes over what segments ask."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Contact, Field, FieldIndex, Segment
from contacts.segments import asking, compiling, indexing
from contacts.segments.rules import Group, Match, Rule, write
from tests.contacts.segments.asked import inside

pytestmark = pytest.mark.django_db


def test_an_index_answers_for_what_segments_ask_and_goes_when_none_does(townspeople: None) -> None:
    """Each comparison says the words of its index; nobody gains by one that the planner does not recognise."""
    asked = {
        "segment_text": Rule("profile", {"field": "field:city", "how": "is", "value": "Paris"}),
        "segment_number": Rule("profile", {"field": "field:orders", "how": "more", "value": "19"}),
        "segment_day": Rule("profile", {"field": "field:born", "how": "before", "value": "1990-01-01"}),
        "segment_choices": Rule("profile", {"field": "field:likes", "how": "one-of", "value": "tea, coffee"}),
        "segment_tags": Rule("tag", {"how": "has", "tag": "vip"}),
    }
    Field.objects.create(key="likes", label="Likes", kind=Field.Kind.CHOICES)
    for name, rule in asked.items():
        Segment.objects.create(name=name, rules=write(Group(Match.ALL, (rule,))))
    indexing.keep()
    assert not FieldIndex.objects.exists()  # for a handful of people it is not worth it
    indexing.keep(worth_people=-1)
    indexing.keep(worth_people=-1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for name, rule in asked.items():
            found = compiling.where(Group(Match.ALL, (rule,)), asking.known())
            cursor.execute(
                f"EXPLAIN SELECT count(*) FROM contacts_contact c WHERE {found.text}",  # noqa: S608
                list(found.parameters),
            )
            assert name in " ".join(line for (line,) in cursor.fetchall())
        assert inside(Group(Match.ALL, (asked["segment_number"],))) == {"paris", "lyon"}
        Contact.objects.filter(email__startswith="odd").update(attributes={"city": "x" * 5_000})  # longer than a page
        Segment.objects.all().delete()
        FieldIndex.objects.exclude(name="segment_tags").update(wanted_at=timezone.now() - timedelta(days=31))
        indexing.keep(worth_people=-1)
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'segment\\_%'")
        assert cursor.fetchall() == [("segment_tags",)]
