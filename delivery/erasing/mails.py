"""Mails of somebody erased: their rows stay, so that every number still adds up, and belong to nobody."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Lower

from contacts.erasing import words
from contacts.erasing.registry import Person
from delivery.models import Attempt, Failure, FeedbackEvent, Message, MessageState, Waiting

_UNDER_WAY = (MessageState.PENDING, MessageState.DEFERRED)


def find(contact_ids: Collection[int], address: str) -> list[int]:
    """By contact and by address, each by its index."""
    by_contact = Message.objects.filter(contact_id__in=list(contact_ids)).values_list("id", flat=True)
    keyed = Message.objects.annotate(key=Lower("email")).filter(key=address).values_list("id", flat=True)
    return sorted({*by_contact, *keyed})


def are_on_their_way(person: Person) -> bool:
    """Whatever is not sent yet is skipped when its turn comes; what a server is being given now ends as it ends."""
    unfinished = Message.objects.filter(id__in=person.message_ids, state__in=_UNDER_WAY)
    return unfinished.exclude(batch__finished_at__isnull=False).exists()


def messages(person: Person) -> int:
    """A contact that nobody has: what is still to be sent is skipped as for one who was deleted, and no two rows can be
    told to be of one person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_message SET email = %s, contact_id = -id, reply = NULL WHERE id = ANY(%s)"
            " AND (email <> %s OR reply IS NOT NULL)",
            [person.stand_in, list(person.message_ids), person.stand_in],
        )
        return int(cursor.rowcount)


def replies(person: Person) -> int:
    """What servers said of the mails and at each try."""
    waiting = [Waiting._meta.get_field("reply")]
    tries = [Attempt._meta.get_field("text")]
    ids = list(person.message_ids)
    count = words.replace(person, Waiting._meta.db_table, waiting, "message_id = ANY(%(ids)s)", ids=ids)
    count += words.replace(person, Attempt._meta.db_table, tries, "message_id = ANY(%(ids)s)", ids=ids)
    return count + Failure.objects.filter(email=person.address).delete()[0]


def said_later(person: Person) -> int:
    about_them = Q(message_id__in=person.message_ids) | Q(contact_id__in=person.contact_ids)
    events = FeedbackEvent.objects.filter(about_them).exclude(contact_id=None, recipient="", diagnostic="")
    return events.update(contact_id=None, recipient="", diagnostic="")
