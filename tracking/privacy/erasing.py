"""What tracking keeps of somebody who is erased. That a mail was opened stays, as one of nobody's."""

from django.db import connection
from django.db.models import Case, CharField, Q, Value, When
from django.db.models.functions import Cast, Concat

from contacts.erasing import registry, words
from contacts.erasing.registry import Part, Person
from tracking.conversions.models import Conversion
from tracking.models import Event, MailedMonth, Unfolded


def register() -> None:
    registry.register(
        Part("acts", "Opens and clicks, without internet address and program", _acts, "acts"),
        Part("folded acts", "Opens and clicks about to be shown with the person", _of_contact),
        Part("tagged", "Entries of tags given to a report’s people", _tagged),
        Part("conversions", "Orders and other goals reached, which belong to nobody now", _conversions, "conversions"),
        words.part_for("tracking.Tagging", "Tags of a report’s people"),
    )


def _acts(person: Person) -> int:
    events = Event.objects.filter(message_id__in=person.message_ids).exclude(ip=None, user_agent="")
    return events.update(ip=None, user_agent="")


def _of_contact(person: Person) -> int:
    count = Unfolded.objects.filter(contact_id__in=person.contact_ids).delete()[0]
    return count + MailedMonth.objects.filter(contact_id__in=person.contact_ids).delete()[0]


def _tagged(person: Person) -> int:
    count = 0
    with connection.cursor() as cursor:
        for contact_id in person.contact_ids:
            cursor.execute(
                "UPDATE tracking_taggedslice SET contact_ids = array_remove(contact_ids, %s)"
                " WHERE contact_ids @> ARRAY[%s]::bigint[]",
                [contact_id, contact_id],
            )
            count += cursor.rowcount
    return count


def _conversions(person: Person) -> int:
    """The site's own number of an order says there who it was: another one stands for it."""
    theirs = Conversion.objects.filter(Q(message_id__in=person.message_ids) | Q(contact_id__in=person.contact_ids))
    number = Concat(Value("erased "), Cast("pk", CharField()))
    kept = Case(When(order="", then=Value("")), default=number, output_field=CharField())
    return theirs.exclude(contact_id=None).update(contact_id=None, order=kept)
