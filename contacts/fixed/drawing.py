"""An audience that is fixed is drawn up by one statement, however large it is."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.database import locks
from contacts import audience as audiences
from contacts.audience import Audience
from contacts.fixed.models import FixedAudience, FixedMember

_MANY = 20_000
_SILENT_AFTER = timedelta(minutes=2)


def draw_up(fixed_id: int) -> None:
    """Safe to run twice, also at the same time."""
    with locks.alone(locks.Kind.FIXING, fixed_id) as is_alone:
        fixed = FixedAudience.objects.filter(pk=fixed_id, people=None).first()
        if not is_alone or fixed is None:
            return
        select, parameters = audiences.select(Audience.from_json(fixed.chosen))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '96MB'")
            cursor.execute(f"{_INSERT} FROM ({select}) people ORDER BY contact_id", [fixed_id, *parameters])
            people = cursor.rowcount
            if people > _MANY:
                cursor.execute("ANALYZE contacts_fixedmember")
            if not FixedAudience.objects.filter(pk=fixed_id).update(people=people, at=timezone.now()):
                transaction.set_rollback(True)  # superseded meanwhile


def give_up(fixed_id: int) -> None:
    """Another takes its place: it is not drawn up any more, unless it is already. The caller lets go of it."""
    with connection.cursor() as cursor:  # without Django's look at who refers to it: that is about to be saved
        cursor.execute("DELETE FROM contacts_fixedaudience WHERE id = %s AND people IS NULL", [fixed_id])


def abandoned() -> list[int]:
    """Those that should have been drawn up by now."""
    silent = FixedAudience.objects.filter(people=None, asked_at__lt=timezone.now() - _SILENT_AFTER)
    return list(silent.values_list("pk", flat=True))


def forget(fixed_ids: Iterable[int]) -> None:
    ids = list(fixed_ids)
    with transaction.atomic():
        forget_members(ids)
        FixedAudience.objects.filter(pk__in=ids).delete()


def forget_members(fixed_ids: Iterable[int]) -> None:
    """When it was, and how many they were, stays known."""
    FixedMember.objects.filter(audience_id__in=list(fixed_ids)).delete()


_INSERT = "INSERT INTO contacts_fixedmember (audience_id, contact_id) SELECT %s, contact_id"
