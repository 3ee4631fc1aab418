"""The job that erases what `beginning` left, and may be repeated."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.database import locks
from contacts.erasing import registry
from contacts.erasing.registry import Person
from contacts.models import Erasure

_AGAIN_AFTER = timedelta(minutes=5)
State = Erasure.State


def work(erasure_id: int) -> None:
    """All parts, each in a transaction of its own. Safe to run twice, also at the same time."""
    with locks.alone(locks.Kind.ERASING, erasure_id) as is_alone:
        erasure = Erasure.objects.filter(pk=erasure_id).exclude(state=State.DONE).first()
        if not is_alone or erasure is None:
            return
        contact_ids = (erasure.contact_id,) if erasure.contact_id else ()
        found = set(registry.mails_of(contact_ids, erasure.address)) | set(erasure.message_ids)
        erasure.message_ids, erasure.worked_at = sorted(found), timezone.now()
        erasure.save(update_fields=["message_ids", "worked_at"])
        person = Person(erasure.pk, erasure.address, contact_ids, tuple(erasure.message_ids))
        for part in registry.parts():
            with transaction.atomic():
                count(erasure, part.name, part.erase(person))
                erasure.save(update_fields=["counts"])
        _conclude(erasure, person)


def sweep() -> list[int]:
    """Those to be taken up: a job got lost, or mails that were on their way may have arrived by now."""
    registry.clear_later()
    before = timezone.now() - _AGAIN_AFTER
    found = Erasure.objects.exclude(state=State.DONE).exclude(worked_at__gt=before).exclude(at__gt=before)
    return list(found.order_by("id").values_list("pk", flat=True)[:1000])


def _conclude(erasure: Erasure, person: Person) -> None:
    if registry.are_on_their_way(person):
        Erasure.objects.filter(pk=erasure.pk).update(state=State.SETTLING)
        return
    Erasure.objects.filter(pk=erasure.pk).update(
        state=State.DONE, address="", contact_id=None, message_ids=[], finished_at=timezone.now()
    )


def count(erasure: Erasure, name: str, more: int) -> None:
    erasure.counts[name] = erasure.counts.get(name, 0) + more
