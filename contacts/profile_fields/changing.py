"""Changing a field for everybody: what it would do is counted first, then somebody decides, then it is done.

The long parts run in the background: see working.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from contacts import fields, tasks
from contacts.models import Contact, Field, FieldChange
from contacts.profile_fields import options

Act, State = FieldChange.Act, FieldChange.State


class NotPossible(ValueError):
    """It cannot be done now; the message says why and what helps."""


def begin(field: Field, act: str, *, by: User | None, **details: Any) -> FieldChange:
    """A change of kind and a removal are checked first and wait for `start`; the others run. Raises NotPossible."""
    if current(field.key):
        raise NotPossible(f"{field.label} is being changed already. Wait until that has ended.")
    change = FieldChange(
        field=field, key=field.key, label=field.label, act=act, details=details, created_by=by, alive_at=timezone.now()
    )
    change.until = Contact.objects.aggregate(last=Max("pk"))["last"] or 0
    with transaction.atomic():
        if act == Act.RENAME:
            options.rename(field, details["old"], details["new"])
        if act == Act.DELETE:
            change.field = None
            field.delete()
        change.state = State.CHECKING if act in (Act.KIND, Act.REMOVE) else State.RUNNING
        change.save()
        _enqueue(change)
    return change


def current(key: str) -> FieldChange | None:
    """The one that goes on, or waits for an answer."""
    return FieldChange.objects.filter(key=key, state__in=(State.CHECKING, State.READY, State.RUNNING)).first()


def start(change: FieldChange, **details: Any) -> None:
    """After the check. From here on new values are of the new kind. Raises NotPossible."""
    with transaction.atomic():
        field = Field.objects.select_for_update().filter(pk=change.field_id or 0).first()
        ready = FieldChange.objects.select_for_update().filter(pk=change.pk, state=State.READY).first()
        if field is None or ready is None:
            raise NotPossible("It has been started, cancelled or done already. Look at the field again.")
        ready.details |= details
        if ready.act == Act.KIND:
            _become(field, ready)
        else:
            options.remove(field, ready.details["old"], ready.details.get("new", ""))
        ready.until = Contact.objects.aggregate(last=Max("pk"))["last"] or 0
        ready.after, ready.state, ready.alive_at = 0, State.RUNNING, timezone.now()
        ready.save()
        _enqueue(ready)
    change.refresh_from_db()


def cancel(change: FieldChange) -> bool:
    """Before it is started; once it runs, half of the people would have the one and half the other."""
    waiting = FieldChange.objects.filter(pk=change.pk, state__in=(State.CHECKING, State.READY))
    return bool(waiting.update(state=State.CANCELLED, finished_at=timezone.now()))


def _enqueue(change: FieldChange) -> None:
    """Robust: if the broker is away, the sweep finds it."""
    transaction.on_commit(partial(tasks.change_field.delay, change_id=change.pk), robust=True)


def _become(field: Field, change: FieldChange) -> None:
    counts, details = change.counts, change.details
    if counts.get("problem"):
        raise NotPossible(counts["problem"])
    if details.get("keep") and counts.get("misfits"):
        label = f"{field.label[:100]} (as it was)"
        key = _free_key(label)
        Field.objects.create(key=key, label=label, position=field.position)
        details["keep_key"] = key
    field.kind = details["to"]
    field.options = counts.get("options", []) if field.kind in options.KINDS else []
    field.save(update_fields=["kind", "options"])


def _free_key(label: str) -> str:
    key, number = fields.key_for(label), 1
    free = key
    while Field.objects.filter(key=free).exists():
        number += 1
        free = f"{key[:55]}_{number}"
    return free
