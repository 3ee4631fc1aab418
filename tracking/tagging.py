"""The people behind a number get a tag, by which the next campaign can be sent to them; and lose it again by Undo.

A segment of them, which goes on being asked, is tracking.segmenting's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import audit
from accounts.database import locks
from accounts.models import User
from contacts import tags
from contacts.merging import known
from delivery.models import Batch
from tracking.models import TaggedSlice, Tagging
from tracking.reports import people
from tracking.reports.narrowing import Narrow

MANY = 5_000  # above it the number is typed as confirmation
_SLICE = 1_000
_SILENT = timedelta(minutes=2)
_COUNTED = 50_000


class NotPossible(Exception):
    """Nobody is tagged; its words say why."""


@dataclass(frozen=True, slots=True)
class Counted:
    people: int
    is_all: bool  # else there are more


def count(batch: Batch, term: str, narrow: Narrow) -> Counted:
    """How many people a list has, looked through one by one as far as a page may."""
    found = sum(1 for _ in islice(people.everyone(batch, term, **narrow), _COUNTED + 1))
    return Counted(min(found, _COUNTED), found <= _COUNTED)


def begin(batch: Batch, term: str, narrow: Narrow, *, query: str, tag: str, by: User) -> Tagging:
    """Raises NotPossible."""
    if batch.rehearsal:
        raise NotPossible("A rehearsal reached nobody, so it changes nobody’s record.")
    made = Tagging.objects.create(
        batch=batch, term=term, narrow=_as_json(narrow), query=query[:1000], tag=tag, created_by=by
    )
    audit.record(by, "people.tagged", tag, batch=batch.pk, filters=made.query, tagging=made.pk)
    return made


def undo(tagging: Tagging, *, by: User) -> None:
    """Exactly those who got the tag by this lose it. Raises NotPossible."""
    if not Tagging.objects.filter(pk=tagging.pk, state=Tagging.State.DONE).update(state=Tagging.State.UNDOING):
        raise NotPossible("Only what has been done can be undone.")
    audit.record(by, "people.untagged", tagging.tag, batch=tagging.batch_id, tagging=tagging.pk)


def work(tagging_id: int) -> None:
    """To its end; safe to run twice and to begin again, since a slice and its place change in one transaction."""
    while _next(tagging_id):
        pass


def abandoned() -> list[int]:
    under_way = Tagging.objects.filter(state__in=(Tagging.State.RUNNING, Tagging.State.UNDOING))
    return list(under_way.filter(alive_at__lt=timezone.now() - _SILENT).values_list("pk", flat=True))


@transaction.atomic
def _next(tagging_id: int) -> bool:
    """False when nothing is left to do."""
    with connection.cursor() as cursor:
        locks.share(cursor, locks.Kind.MERGING)  # nobody found here is merged before it is done
    found = Tagging.objects.select_for_update(of=("self",)).select_related("batch").filter(pk=tagging_id).first()
    if found is None:
        return False
    found.alive_at = timezone.now()
    if found.state == Tagging.State.RUNNING:
        return _tag_slice(found)
    if found.state == Tagging.State.UNDOING:
        return _untag_slice(found)
    return False


def _tag_slice(tagging: Tagging) -> bool:
    page = people.people(tagging.batch, tagging.term, after=tagging.after, limit=_SLICE, **_from_json(tagging.narrow))
    if page:
        fresh = tags.add(tagging.tag, [person.contact_id for person in page if person.contact_id])
        if fresh:
            TaggedSlice.objects.create(tagging=tagging, contact_ids=fresh)
        tagging.after = page[-1].message_id
        tagging.seen += len(page)
        tagging.tagged += len(fresh)
    else:
        tagging.state = Tagging.State.DONE
    tagging.save(update_fields=["after", "seen", "tagged", "state", "alive_at"])
    return bool(page)


def _untag_slice(tagging: Tagging) -> bool:
    last = tagging.slices.order_by("-pk").first()
    if last:
        tags.remove(tagging.tag, known.numbers_now(last.contact_ids))
        tagging.tagged -= len(last.contact_ids)
        last.delete()
    else:
        tagging.state = Tagging.State.UNDONE
    tagging.save(update_fields=["tagged", "state", "alive_at"])
    return last is not None


def _as_json(narrow: Narrow) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in narrow.items()}


def _from_json(kept: dict[str, Any]) -> Narrow:
    """What _as_json made of one."""
    moments = {name: parse_datetime(kept[name]) for name in ("since", "until") if kept.get(name)}
    return cast("Narrow", kept | moments)
